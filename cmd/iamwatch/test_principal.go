package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/parsers/cases"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// assemble joins each case with the policies that bear on it: those it has, or
// those of its principal in the scanned input.
func assemble(list []*cases.Case, world *scanner.Loaded) ([]trial, []source.Diagnostic) {
	out := make([]trial, 0, len(list))
	var faults []source.Diagnostic
	for _, c := range list {
		t := trial{test: c, policies: c.Policies, request: c.Request}
		if err := t.complete(world); err != nil {
			faults = append(faults, *err)
			continue
		}
		out = append(out, t)
	}
	return out, faults
}

// complete makes ARNs of the names that a trial has for principals of the
// scanned input, and takes from there the policies that it lacks.
func (t *trial) complete(world *scanner.Loaded) *source.Diagnostic {
	if world == nil && !t.test.HasPolicies {
		d := source.Errorf(t.test.ID.Range, "the case has no policies; --in PATH says where its principal is")
		return &d
	}
	if err := t.target(world); err != nil {
		return err
	}
	if t.test.HasPolicies && isCaller(t.request.Principal) {
		return nil
	}
	if world == nil {
		return fault(t.test.Principal, "%q is no caller: an ARN of a user, role, session, root user or identity provider, a service, or *; "+
			"--in PATH says where the principal of a name is", t.request.Principal)
	}
	ids, err := principal(world.Model, t.test.Principal)
	if err != nil {
		return err
	}
	for _, id := range ids[1:] {
		if t.test.HasPolicies {
			break
		}
		o := *t
		o.others = nil
		o.as(world, id)
		t.others = append(t.others, o)
	}
	t.as(world, ids[0])
	return nil
}

// as makes an identity of the input the caller, with its policies unless the
// case has some.
func (t *trial) as(world *scanner.Loaded, id *model.Identity) {
	t.unit = id.Unit
	t.call(world, id)
	if t.test.HasPolicies {
		return
	}
	t.policies, t.request = world.Graph.Bearing(id, t.request)
	if source.HasMark(t.request.ResourceAccount) {
		t.request.ResourceAccount = ""
	}
}

// target settles the resource: an ARN, or the name of a role to be assumed.
func (t *trial) target(world *scanner.Loaded) *source.Diagnostic {
	r := &t.request
	switch {
	case strings.HasPrefix(r.Resource, "arn:"), strings.Trim(r.Resource, "*") == "":
		return nil
	case world == nil || !access.AsksForRole(r.Action):
		return fault(t.test.Resource, "%q is no resource: an ARN, or * for an action without resource types", r.Resource)
	}
	roles, err := principal(world.Model, t.test.Resource)
	if err != nil {
		return err
	}
	r.Resource = t.settle(world.Graph.ARN(roles[0]))
	return nil
}

// call makes an identity of the input the caller.
func (t *trial) call(world *scanner.Loaded, id *model.Identity) {
	r := &t.request
	if !strings.HasPrefix(r.Principal, "arn:") || r.Principal == id.Address {
		r.Principal = t.settle(world.Graph.ARN(id))
	}
	if r.RolePath == "" {
		r.RolePath = model.PathOf(id.Entity)
	}
	if r.PrincipalID == "" {
		r.PrincipalID = id.UniqueID
	}
}

// isCaller reports whether a text is what a request can name as its principal
// ("AWS JSON policy elements: Principal").
func isCaller(s string) bool {
	if a, ok := iam.ParseARN(s); ok {
		kind, name, _ := strings.Cut(a.Resource, "/")
		kinds := []string{"user", "role", "oidc-provider", "saml-provider"}
		if a.Service == "sts" {
			kinds = []string{"assumed-role", "federated-user"}
		}
		return a.Resource == "root" || name != "" && slices.Contains(kinds, kind)
	}
	if s == "*" || strings.EqualFold(s, "anonymous") || iam.IsAccountID(s) {
		return true
	}
	host := strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
	return host && strings.Contains(s, ".")
}

// settle fills the account of an ARN where the input does not say it. A case
// without resource_account is about a resource of the caller's account, so that
// an account in the resource's ARN is the caller's.
func (t *trial) settle(arn string) string {
	a, ok := iam.ParseARN(t.request.Resource)
	if !ok || t.request.ResourceAccount != "" || !iam.IsAccountID(a.Account) {
		return arn
	}
	return source.ReplaceMarks(arn, func(kind source.HoleKind, label string) string {
		if kind == source.HoleSelf {
			return a.Account
		}
		return source.Hole(kind, label)
	})
}

// principal is the one user or role that a text names: an ARN, kind/name, or
// the address that it has in code. Of a stack that has alternatives it is that
// of each.
func principal(m *model.Model, name source.String) ([]*model.Identity, *source.Diagnostic) {
	found, group := match(m, name.Value)
	switch {
	case len(found) > 0 && access.OneThing(found):
		return found, nil
	case len(found) > 1:
		return nil, fault(name, "%q names %d principals of the input: %s", name.Value, len(found), places(found))
	case group:
		return nil, fault(name, "%q is a group, which makes no requests", name.Value)
	}
	return nil, fault(name, "the input has no principal %q%s", name.Value, like(m, name.Value))
}

func fault(at source.String, format string, args ...any) *source.Diagnostic {
	d := source.Errorf(at.Range, format, args...)
	return &d
}

// match are the principals that answer to a name, and whether a group does.
func match(m *model.Model, name string) (found []*model.Identity, group bool) {
	for _, u := range m.Units {
		for _, id := range u.Identities {
			if !answers(id, name) {
				continue
			}
			if id.Kind == model.Group {
				group = true
				continue
			}
			found = append(found, id)
		}
	}
	return found, group
}

// answers reports whether an identity is called by a name.
func answers(id *model.Identity, name string) bool {
	if name == id.Address {
		return true
	}
	a, ok := iam.ParseARN(name)
	if !ok {
		return named(id, name)
	}
	if id.Unit.Account != "" && a.Account != id.Unit.Account {
		return false
	}
	if session, isSession := strings.CutPrefix(a.Resource, "assumed-role/"); isSession {
		role, _, _ := strings.Cut(session, "/")
		return id.Kind == model.Role && id.Name.Value == role
	}
	return a.Service == "iam" && kindName(id)+model.FullName(id.Entity) == a.Resource
}

// named reports whether an identity is called by kind and name, with or
// without its path.
func named(id *model.Identity, name string) bool {
	rest, ok := strings.CutPrefix(name, kindName(id))
	return ok && rest != "" && (rest == id.Name.Value || rest == model.FullName(id.Entity))
}

// kindName is an identity's kind as ARNs have it.
func kindName(id *model.Identity) string {
	return strings.ReplaceAll(id.Kind.String(), " ", "-") + "/"
}

// places are what some principals are called in the input and where they
// stand, three at most.
func places(list []*model.Identity) string {
	const most = 3
	var out []string
	for _, id := range list[:min(len(list), most)] {
		out = append(out, fmt.Sprintf("%s at %s", id.Address, id.Range))
	}
	if more := len(list) - most; more > 0 {
		out = append(out, fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

// like proposes principals whose name differs in kind, path or case only.
func like(m *model.Model, name string) string {
	last := func(s string) string { return strings.ToLower(s[strings.LastIndexAny(s, "/:.")+1:]) }
	var out []string
	for _, u := range m.Units {
		for _, id := range u.Identities {
			if id.Kind != model.Group && id.Name.Known && (last(id.Name.Value) == last(name) || last(id.Address) == last(name)) {
				out = append(out, kindName(id)+model.FullName(id.Entity))
			}
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) == 0 || len(out) > 3 {
		return ""
	}
	return "; it has " + strings.Join(out, ", ")
}
