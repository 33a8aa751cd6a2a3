package export

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// assemble makes one unit of each account from the parts of a directory,
// which stand in the order of their paths.
func assemble(dir string, parts []*part) ([]*model.Unit, []source.Diagnostic) {
	accounts := accountsOf(parts)
	fallback, region := placeOf(dir)
	if len(accounts) == 1 {
		fallback = accounts[0]
	}
	var diags []source.Diagnostic
	byAccount := map[string][]*part{}
	for _, p := range parts {
		account := p.unit.Account
		switch {
		case account != "":
		case len(accounts) > 1 && !p.empty():
			diags = append(diags, source.Warningf(p.file.Range(0, 0),
				"the file does not say which account it is of, and the directory holds several: %s", strings.Join(accounts, ", ")))
		default:
			account = fallback
		}
		byAccount[account] = append(byAccount[account], p)
	}
	var units []*model.Unit
	for _, account := range append(accounts, strangers(accounts, fallback)...) {
		if len(byAccount[account]) == 0 {
			continue
		}
		m := merge(dir, account, region, byAccount[account])
		diags = append(diags, m.diagnostics...)
		if account != "" || slices.ContainsFunc(m.parts, func(p *part) bool { return !p.empty() }) {
			units = append(units, m.unit)
		}
	}
	return units, diags
}

func accountsOf(parts []*part) []string {
	var out []string
	for _, p := range parts {
		if p.unit.Account != "" {
			out = append(out, p.unit.Account)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// strangers are the accounts that no ARN names: the directory's, and none.
func strangers(accounts []string, fallback string) []string {
	out := []string{""}
	if fallback != "" && !slices.Contains(accounts, fallback) {
		out = append(out, fallback)
	}
	return out
}

// placeOf reads account and region from a directory such as
// aws/111122223333/eu-west-1, for files without any ARN.
func placeOf(dir string) (account, region string) {
	for _, name := range strings.Split(path.Clean(dir), "/") {
		switch {
		case iam.IsAccountID(name):
			account = name
		case isRegion(name):
			region = name
		}
	}
	return account, region
}

// isRegion reports whether a name is like eu-west-1 or us-gov-east-1.
func isRegion(s string) bool {
	f := strings.Split(s, "-")
	if len(f) < 3 || len(f) > 4 || len(f[0]) != 2 {
		return false
	}
	for _, word := range f[:len(f)-1] {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	last := f[len(f)-1]
	return len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}

// empty reports whether a part holds nothing that belongs to an account.
func (p *part) empty() bool {
	u := &p.unit
	return len(p.keyUses) == 0 && len(p.profileOf) == 0 && len(p.sinkNames) == 0 && len(u.Identities) == 0 && p.size() == 0 &&
		len(u.AccessKeys) == 0 && len(u.Instances) == 0 && len(u.AgentAlarms) == 0 && len(u.Providers) == 0 && len(u.ResourcePolicies) == 0 &&
		len(u.LogGroups) == 0 && len(u.CredentialReports) == 0 && len(u.Summaries) == 0
}

// size is how much a part says about identities.
func (p *part) size() int {
	return len(p.unit.Identities) + len(p.unit.Policies) + len(p.unit.Profiles) + len(p.unit.Attachments)
}

// A merger puts the parts of one account together. Equal copies count once;
// of two that differ, the one in the larger file counts, or in the file that
// comes first by path.
type merger struct {
	unit        *model.Unit
	parts       []*part // in order of path
	diagnostics []source.Diagnostic
}

func merge(dir, account, region string, parts []*part) *merger {
	m := &merger{parts: parts, unit: &model.Unit{Input: model.Export, Name: dir, Account: account}}
	for _, p := range parts {
		if m.unit.Partition == "" {
			m.unit.Partition = p.unit.Partition
		}
	}
	m.region(region)
	m.identities()
	m.resources()
	m.machines()
	m.keys()
	m.evidence()
	m.pages()
	m.prune()
	m.gaps()
	return m
}

func (m *merger) warn(r source.Range, format string, args ...any) {
	m.diagnostics = append(m.diagnostics, source.Warningf(r, format, args...))
}

// region is the unit's if all ARNs agree, else that of the directory.
func (m *merger) region(fallback string) {
	var all []string
	for _, p := range m.parts {
		all = append(all, p.regions...)
	}
	slices.Sort(all)
	switch all = slices.Compact(all); {
	case len(all) == 1:
		m.unit.Region = all[0]
	case len(all) == 0:
		m.unit.Region = fallback
	}
}

// bySize are the parts with the one that holds the most in front, and behind
// all others those that hold a role without its policies.
func (m *merger) bySize() []*part {
	out := slices.Clone(m.parts)
	rank := func(p *part) int {
		if p.is == roleDetail {
			return -1
		}
		return p.size()
	}
	slices.SortStableFunc(out, func(a, b *part) int { return rank(b) - rank(a) })
	return out
}

// identities joins identities, managed policies and instance profiles of all
// copies and pages of the authorization details.
func (m *merger) identities() {
	identities := newUnion(m, "identity", identityKey, sameIdentity, func(i *model.Identity) model.Entity { return i.Entity })
	policies := newUnion(m, "policy", policyKey, samePolicy, func(p *model.Policy) model.Entity { return p.Entity })
	profiles := newUnion(m, "instance profile", profileKey, sameProfile, func(p *model.InstanceProfile) model.Entity { return p.Entity })
	for _, p := range m.bySize() {
		if p.is == roleDetail {
			p.unit.Identities = slices.DeleteFunc(p.unit.Identities, identities.has)
		}
		identities.add(p, p.unit.Identities)
		policies.add(p, p.unit.Policies)
		profiles.add(p, p.unit.Profiles)
	}
	m.unit.Identities, m.unit.Policies, m.unit.Profiles = identities.all, policies.all, profiles.all
	m.attachments()
}

// A union collects things without repeats.
type union[T any] struct {
	merger *merger
	word   string
	key    func(T) string
	same   func(a, b T) bool
	entity func(T) model.Entity
	seen   map[string]T
	all    []T
}

func newUnion[T any](m *merger, word string, key func(T) string, same func(a, b T) bool, entity func(T) model.Entity) *union[T] {
	return &union[T]{merger: m, word: word, key: key, same: same, entity: entity, seen: map[string]T{}}
}

// has reports whether a thing, or another copy of it, is there.
func (u *union[T]) has(t T) bool {
	_, ok := u.seen[u.key(t)]
	return ok
}

// add takes what is new. What differs from what is there gives one warning a
// file.
func (u *union[T]) add(p *part, things []T) {
	var first T
	differ := 0
	for _, t := range things {
		k := u.key(t)
		if k == "" {
			u.all = append(u.all, t)
			continue
		}
		have, ok := u.seen[k]
		if !ok {
			u.seen[k] = t
			u.all = append(u.all, t)
			continue
		}
		if u.same(have, t) {
			continue
		}
		if differ == 0 {
			first = t
		}
		differ++
	}
	if differ == 0 {
		return
	}
	e, kept := u.entity(first), u.entity(u.seen[u.key(first)])
	u.merger.warn(e.Range, "%s %s differs from its copy in %s, which counts (%d such in %s)",
		u.word, e.Name.Show(), kept.Range.Path(), differ, p.file.Path)
}

// evidence keeps every summary and credential report but equal ones.
func (m *merger) evidence() {
	logins := map[string]bool{}
	for _, p := range m.parts {
		for _, s := range p.unit.Summaries {
			if !slices.ContainsFunc(m.unit.Summaries, func(o *model.AccountSummary) bool { return sameSummary(s, o) }) {
				m.unit.Summaries = append(m.unit.Summaries, s)
			}
		}
		for _, r := range p.unit.CredentialReports {
			m.report(r)
			for _, row := range r.Rows {
				logins[row.ARN.Value] = logins[row.ARN.Value] || row.PasswordEnabled.Is("true")
			}
		}
	}
	m.needRoot()
	for _, id := range m.unit.Identities {
		id.HasLogin = id.Kind == model.User && logins[id.Address]
	}
}

// needRoot warns when no credential report has the root user's row, which may
// also be what stands behind a fault.
func (m *merger) needRoot() {
	all := m.unit.CredentialReports
	broken := func(p *part) bool {
		return len(p.unit.CredentialReports) > 0 && slices.ContainsFunc(p.diagnostics, func(d source.Diagnostic) bool { return !d.Warning })
	}
	if len(all) > 0 && !slices.ContainsFunc(all, hasRoot) && !slices.ContainsFunc(m.parts, broken) {
		m.warn(all[0].Range.Source.Range(0, 0), "the credential report has no row %s: the rules about the root user could not run on it", rootUser)
	}
}

// report adds a credential report. Of two equal ones the one whose rows have
// places of their own stays, with the time that either of them gives.
func (m *merger) report(r *model.CredentialReport) {
	for i, have := range m.unit.CredentialReports {
		if !sameReport(have, r) {
			continue
		}
		keep, other := have, r
		if len(r.Rows) > 0 && r.Rows[0].Range != r.Range && have.Rows[0].Range == have.Range {
			keep, other = r, have
		}
		if keep.Generated.IsZero() {
			keep.Generated = other.Generated
		}
		m.unit.CredentialReports[i] = keep
		return
	}
	m.unit.CredentialReports = append(m.unit.CredentialReports, r)
}

// pages reports answers that go on in a page which is not here.
func (m *merger) pages() {
	for _, p := range m.parts {
		if !p.more.IsZero() && !slices.ContainsFunc(m.parts, p.continues) {
			m.diagnostics = append(m.diagnostics, source.Errorf(p.more, "the answer goes on in a page that is not here"))
		}
	}
}

// continues reports whether q can be the last page behind p, or holds all of
// p besides. Pages do not say which page they follow.
func (p *part) continues(q *part) bool {
	if p == q || p.is != q.is || !q.more.IsZero() || !slices.Equal(p.regions, q.regions) && len(q.regions) > 0 && len(p.regions) > 0 {
		return false
	}
	if p.is != authorizationDetails || q.last {
		return true
	}
	held := map[string]bool{}
	for _, id := range q.unit.Identities {
		held[identityKey(id)] = true
	}
	return !slices.ContainsFunc(p.unit.Identities, func(id *model.Identity) bool { return !held[identityKey(id)] })
}

// prune drops AWS managed policies that nobody holds: an answer may list all
// of them, and they say nothing about the account.
func (m *merger) prune() {
	used := map[string]bool{}
	for _, id := range m.unit.Identities {
		for _, a := range id.Managed {
			used[a.Policy.Value.Value] = true
		}
		if id.Boundary != nil {
			used[id.Boundary.Policy.Value.Value] = true
		}
	}
	m.unit.Policies = slices.DeleteFunc(m.unit.Policies, func(p *model.Policy) bool {
		return p.Kind == model.AWSManaged && !used[p.ARN.Value]
	})
}

// gaps marks identities whose groups or customer managed policies are not in
// the export, as happens when it was filtered: what those grant is unknown.
func (m *merger) gaps() {
	held := map[string]bool{}
	for _, p := range m.unit.Policies {
		held[p.ARN.Value] = true
	}
	for _, id := range m.unit.Identities {
		if id.Kind == model.Group {
			held["group "+id.Name.Value] = true
		}
	}
	var first *model.Identity
	gaps := 0
	for _, id := range m.unit.Identities {
		missing := gap(id, held)
		if missing == "" {
			continue
		}
		id.Incomplete = missing + " is not in the export"
		if gaps++; first == nil {
			first = id
		}
	}
	if gaps > 0 {
		others := ""
		if gaps > 1 {
			others = fmt.Sprintf(" (%d identities have such gaps)", gaps)
		}
		m.warn(first.Range, "%s %s: %s%s", first.Kind, first.Name.Show(), first.Incomplete, others)
	}
}

// gap names what an identity holds and the export does not. The documents of
// AWS managed policies are known without it.
func gap(id *model.Identity, held map[string]bool) string {
	for _, g := range id.Groups {
		if !held["group "+g.Value.Value] {
			return "group " + g.Value.Show()
		}
	}
	for _, a := range id.Managed {
		arn := a.Policy.Value.Value
		if of, _ := iam.ParseARN(arn); of.Account != "aws" && !held[arn] {
			return "policy " + a.Policy.Value.Show()
		}
	}
	return ""
}
