package access

import (
	"slices"
	"sort"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxSpread bounds how many identities one resource pattern is laid out over;
// the holders of a wider one are asked when a path comes by.
const maxSpread = 64

// standInAccount stands for one's own account while it is not known: policies
// are asked with an id. AWS gives out no such one.
const standInAccount = "000000000000"

// strangerAccount is an account that is nobody's own.
const strangerAccount = "000000000001"

// becoming is who may come into question for becoming whom. It holds no edge:
// each candidate is decided when it is asked for, so that ten thousand roles
// that trust their account cost ten thousand entries and not their square.
type becoming struct {
	graph *Graph
	// ids are all identities in their total order, rank their places in it.
	ids  []*model.Identity
	rank map[*model.Identity]int
	// named are the identities of an account by kind and name.
	named map[nameKey][]*model.Identity
	// ways are what a role's trust policy lets in, by role.
	ways map[*model.Identity]*ways
	// trusting are the roles whose trust names an identity, rooted those that
	// let in an account whole, open those that let in anyone.
	trusting map[*model.Identity][]*model.Identity
	rooted   map[home][]*model.Identity
	open     []*model.Identity
	// machines are the instances whose profile holds a role.
	machines map[*model.Identity][]*model.Instance
	grips    [gripCount]grip
	// uses are those of a passed role, by service.
	uses map[string][]roleUse
}

// A home is the account of identities: by its id, or while that is not known
// by the unit, whose account need not be another unit's.
type home struct {
	unit    *model.Unit
	account string
}

func homeOf(u *model.Unit) home {
	if u != nil && u.Account != "" {
		return home{account: u.Account}
	}
	return home{unit: u}
}

// sharesHome reports whether two identities can be in one account.
func sharesHome(a, b *model.Identity) bool {
	return homeOf(a.Unit) == homeOf(b.Unit) && !a.Unit.Alternative(b.Unit)
}

type nameKey struct {
	home home
	kind model.IdentityKind
	name string
}

// ways are those whom a role's trust policy lets in.
type ways struct {
	// outside are the entries that name no identity of the scan.
	outside []*Entry
	// named are the identities that it names, homes the accounts of the scan
	// that it lets in whole.
	named []*model.Identity
	homes []home
}

// A gripKind is an action by which an identity may take hold of another.
type gripKind uint8

const (
	gripAssume gripKind = iota
	gripPass
	gripTrust
	gripKey
	gripLogin
	gripPassword
	gripService
	gripJoin
	gripCount
)

// gripAction is a grip's action and the kind of identity that it takes.
func gripAction(k gripKind) (name string, target model.IdentityKind) {
	switch k {
	case gripAssume:
		return "sts:AssumeRole", model.Role
	case gripPass:
		return "iam:PassRole", model.Role
	case gripTrust:
		return "iam:UpdateAssumeRolePolicy", model.Role
	case gripKey:
		return "iam:CreateAccessKey", model.User
	case gripLogin:
		return "iam:CreateLoginProfile", model.User
	case gripPassword:
		return "iam:UpdateLoginProfile", model.User
	case gripService:
		return "iam:CreateServiceSpecificCredential", model.User
	}
	return "iam:AddUserToGroup", model.Group
}

// userGrips take hold of users, those of more use first.
func userGrips() []gripKind { return []gripKind{gripKey, gripLogin, gripPassword, gripService} }

// A grip is who may have a grip's action: on anything, by account, and on one
// identity by the grants whose patterns name it.
type grip struct {
	wide   map[home][]*model.Identity
	narrow map[*model.Identity][]*Grant
	// some are all that hold the action on anything at all.
	some map[*model.Identity]bool
}

// becomes builds the index once; rules that run at the same time share it.
func (g *Graph) becomes() *becoming {
	g.becoming.once.Do(func() { g.becoming.index = newBecoming(g) })
	return g.becoming.index
}

func newBecoming(g *Graph) *becoming {
	b := &becoming{
		graph: g, rank: map[*model.Identity]int{}, named: map[nameKey][]*model.Identity{},
		ways: map[*model.Identity]*ways{}, trusting: map[*model.Identity][]*model.Identity{},
		rooted: map[home][]*model.Identity{}, machines: map[*model.Identity][]*model.Instance{},
		uses: roleUses(),
	}
	for _, u := range g.model.Units {
		b.ids = append(b.ids, u.Identities...)
	}
	slices.SortStableFunc(b.ids, compareIdentities)
	for i, id := range b.ids {
		b.rank[id] = i
		k := nameKey{homeOf(id.Unit), id.Kind, lastName(id.Name.Value)}
		b.named[k] = append(b.named[k], id)
	}
	for _, id := range b.ids {
		if entries := g.trusts[id]; len(entries) > 0 {
			b.trust(id, entries)
		}
	}
	for _, u := range g.model.Units {
		b.profiles(u)
	}
	b.grip()
	return b
}

func lastName(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

// trust sorts a role's entries by whom they let in.
func (b *becoming) trust(role *model.Identity, entries []*Entry) {
	w := &ways{}
	b.ways[role] = w
	for _, e := range entries {
		if e.Kind == Anyone {
			b.open = appendNew(b.open, role)
		}
		if id := b.principal(e); id != nil {
			for _, id := range b.everywhere(id, role) {
				w.named = appendNew(w.named, id)
				b.trusting[id] = appendNew(b.trusting[id], role)
			}
			continue
		}
		w.outside = append(w.outside, e)
		if h, ok := e.home(); ok {
			w.homes = appendNew(w.homes, h)
			b.rooted[h] = appendNew(b.rooted[h], role)
		}
	}
}

func appendNew[T comparable](list []T, v T) []T {
	// Roles come one after another: a repetition is the last one.
	if n := len(list); n > 0 && list[n-1] == v || len(list) < 64 && slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// home is the account that an entry lets in whole.
func (e *Entry) home() (home, bool) {
	switch {
	case !e.Root || e.Account == "" || !e.AssumeRole:
		return home{}, false
	case e.Account == selfAccount:
		return homeOf(e.Role.Unit), true
	}
	return home{account: e.Account}, true
}

// principal is the identity of the scan that an entry names: by unique id, or
// by name in the role's own account, else in another one that the scan holds.
func (b *becoming) principal(e *Entry) *model.Identity {
	if e.Root || e.Account == "" || !e.AssumeRole {
		return nil
	}
	value := e.Principal.Value.Value
	if isUniqueID(value) {
		return b.graph.unique[value]
	}
	kind, name, ok := principalName(value)
	if !ok {
		return nil
	}
	at := home{account: e.Account}
	if e.Account == selfAccount {
		at = homeOf(e.Role.Unit)
	}
	found := slices.DeleteFunc(slices.Clone(b.named[nameKey{at, kind, name}]), func(id *model.Identity) bool { return id.Unit.Alternative(e.Role.Unit) })
	if i := slices.IndexFunc(found, func(id *model.Identity) bool { return id.Unit == e.Role.Unit }); i >= 0 {
		return found[i]
	}
	if len(found) > 0 {
		return found[0]
	}
	if e.Account != selfAccount || e.Role.Unit.Account != "" {
		return nil
	}
	return b.elsewhere(e.Role.Unit, kind, name)
}

// everywhere are an identity that a role names and, when it is one of another
// stack, the same of the other alternatives of that stack.
func (b *becoming) everywhere(id, role *model.Identity) []*model.Identity {
	if id.Unit == nil || id.Unit.Worlds == nil || id.Unit == role.Unit {
		return []*model.Identity{id}
	}
	var out []*model.Identity
	for _, u := range id.Unit.Worlds.Units {
		for _, o := range u.Identities {
			if o == id || alike(o, id) {
				out = append(out, o)
			}
		}
	}
	return out
}

// alike reports whether two identities are one in different alternatives.
func alike(a, b *model.Identity) bool {
	return a.Unit.Alternative(b.Unit) && a.Kind == b.Kind && a.Address == b.Address
}

// elsewhere is the only identity of a name in all units whose account is not
// known, and may be that of the given one.
func (b *becoming) elsewhere(unit *model.Unit, kind model.IdentityKind, name string) *model.Identity {
	var only *model.Identity
	for _, u := range b.graph.model.Units {
		if u.Account != "" || u.Apart(unit) {
			continue
		}
		for _, id := range b.named[nameKey{homeOf(u), kind, name}] {
			if only != nil && !alike(only, id) {
				return nil
			}
			only = id
		}
	}
	return only
}

// principalName is the kind and the name that a principal's ARN holds; of a
// session, its role's.
func principalName(arn string) (kind model.IdentityKind, name string, ok bool) {
	a, ok := iam.ParseARN(arn)
	if !ok {
		return 0, "", false
	}
	what, rest, _ := strings.Cut(a.Resource, "/")
	switch what {
	case "user":
		return model.User, lastName(rest), true
	case "role":
		return model.Role, lastName(rest), true
	case "assumed-role":
		role, _, _ := strings.Cut(rest, "/")
		return model.Role, role, true
	}
	return 0, "", false
}

// profiles notes which instances hold a role by their profile.
func (b *becoming) profiles(u *model.Unit) {
	for _, i := range u.Instances {
		p := i.To
		if p == nil && i.From != nil {
			p = i.From.To
		}
		if p == nil {
			continue
		}
		for _, role := range p.To {
			b.machines[role] = append(b.machines[role], i)
		}
	}
}

// grip lays the grants of grips out over the identities that they name.
func (b *becoming) grip() {
	t := b.targets()
	for k := range gripCount {
		name, kind := gripAction(k)
		g := grip{wide: map[home][]*model.Identity{}, narrow: map[*model.Identity][]*Grant{}, some: map[*model.Identity]bool{}}
		if a, ok := cloudwatch.Lookup(name); ok {
			for _, gr := range b.graph.grants {
				if gr.Attached() && (gr.Patterns.Has(a.ID) || gr.Possible.Has(a.ID)) {
					g.add(gr, t[kind])
				}
			}
		}
		for h, ids := range g.wide {
			g.wide[h] = b.inOrder(ids)
		}
		b.grips[k] = g
	}
}

func (g *grip) add(gr *Grant, t targets) {
	wide := gr.Statement.NotResource
	for _, r := range gr.Statement.Resources {
		ids, ok := t.spread(r.Value)
		if wide = wide || !ok; wide {
			break
		}
		for _, id := range ids {
			if list := g.narrow[id]; len(list) == 0 || list[len(list)-1] != gr {
				g.narrow[id] = append(list, gr)
			}
		}
	}
	for _, h := range gr.Holders {
		if h.Identity.Kind == model.Group {
			continue
		}
		g.some[h.Identity] = true
		if at := homeOf(h.Identity.Unit); wide {
			g.wide[at] = append(g.wide[at], h.Identity)
		}
	}
}

// inOrder sorts identities and leaves out repetitions.
func (b *becoming) inOrder(ids []*model.Identity) []*model.Identity {
	slices.SortFunc(ids, func(x, y *model.Identity) int { return b.rank[x] - b.rank[y] })
	return slices.Compact(ids)
}

// targets are identities of a kind by the last field of their ARN, sorted.
type targets []target

type target struct {
	resource string
	id       *model.Identity
}

func (b *becoming) targets() map[model.IdentityKind]targets {
	out := map[model.IdentityKind]targets{}
	for _, id := range b.ids {
		out[id.Kind] = append(out[id.Kind], target{id.Kind.String() + "/" + model.FullName(id.Entity), id})
	}
	for _, t := range out {
		slices.SortStableFunc(t, func(x, y target) int { return strings.Compare(x.resource, y.resource) })
	}
	return out
}

// spread are the identities that a resource pattern may name; false for a
// pattern that names too many, or nobody knows which.
func (t targets) spread(pattern string) ([]*model.Identity, bool) {
	a, ok := iam.ParseARN(pattern)
	if !ok {
		return nil, false
	}
	prefix, whole := knownPrefix(a.Resource)
	if i := strings.IndexByte(prefix, '/'); i < 0 || i == len(prefix)-1 {
		return nil, false
	}
	var out []*model.Identity
	from := sort.Search(len(t), func(i int) bool { return t[i].resource >= prefix })
	for _, x := range t[from:] {
		if !strings.HasPrefix(x.resource, prefix) {
			break
		}
		if len(out) == maxSpread {
			return nil, false
		}
		if !whole || x.resource == prefix {
			out = append(out, x.id)
		}
	}
	return out, true
}

// knownPrefix is what a pattern's text begins with for certain, and whether
// that is all of it.
func knownPrefix(pattern string) (prefix string, whole bool) {
	pieces := source.Pieces(pattern)
	if len(pieces) == 0 || pieces[0].IsHole() {
		return "", false
	}
	prefix, whole = pieces[0].Text, len(pieces) == 1
	for _, sign := range []string{"*", "?", "${"} {
		if i := strings.Index(prefix, sign); i >= 0 {
			prefix, whole = prefix[:i], false
		}
	}
	return prefix, whole
}
