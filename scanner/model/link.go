package model

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Link resolves the references of a model: attachments to identities and
// policies, memberships, profiles, keys and templates. A reference is
// resolved in its own unit, else in the whole model if exactly one thing
// answers. account, if not empty, is that of every unit that names none and
// is not known to be in another one.
// What is attached to an identity that the scan names and does not declare, and
// what a group gives to such a user, is held by an identity made for it (see
// Identity.Elsewhere); an inline policy that names nobody stays in its unit's
// policies.
func Link(m *Model, account string) {
	l := linker{model: m, all: newIndex(), byUnit: map[*Unit]*index{}}
	for _, u := range m.Units {
		if u.Account == "" && u.Credentials == "" {
			u.Account = account
		}
		x := l.index(u)
		if l.units = append(l.units, x); u.Worlds != nil {
			l.byUnit[u] = x
		}
	}
	for i, u := range m.Units {
		l.unit, l.own, l.stubs = u, l.units[i], map[kindAndName]*Identity{}
		l.attachLoose()
		l.join()
	}
	for i, u := range m.Units {
		l.unit, l.own = u, l.units[i]
		l.attachManaged()
		l.machines()
		l.credentials()
		l.templateUsers()
		l.podIdentities()
		l.telemetry()
	}
}

type kindAndName struct {
	kind IdentityKind
	name string
}

// An index finds things by address and by name; a name that two things
// have is held by both.
type index struct {
	identities map[kindAndName][]*Identity
	policies   map[string][]*Policy
	profiles   map[string][]*InstanceProfile
	instances  map[string][]*Instance
	telemetry  *telemetry
}

func newIndex() *index {
	return &index{
		identities: map[kindAndName][]*Identity{}, policies: map[string][]*Policy{},
		profiles: map[string][]*InstanceProfile{}, instances: map[string][]*Instance{}, telemetry: newTelemetry(),
	}
}

type linker struct {
	model *Model
	all   *index
	units []*index
	// names are the places of units by input and name, once asked for.
	names map[string][]int
	// byUnit are the indexes of alternatives of stacks.
	byUnit map[*Unit]*index
	unit   *Unit
	own    *index
	// stubs are the unit's identities that are declared elsewhere.
	stubs map[kindAndName]*Identity
}

// address keys cannot be names: no IAM name holds a NUL.
func addressKey(address string) string { return "\x00" + address }

func (l *linker) index(u *Unit) *index {
	x := newIndex()
	for _, id := range u.Identities {
		id.Unit = u
		for _, p := range id.Inline {
			p.Unit = u
		}
		for _, k := range keysOf(id.Entity, id.Name.Value) {
			k := kindAndName{id.Kind, k}
			x.identities[k] = append(x.identities[k], id)
		}
		for _, k := range wideKeys(u, id.Entity, id.Name.Value) {
			k := kindAndName{id.Kind, k}
			l.all.identities[k] = append(l.all.identities[k], id)
		}
	}
	for _, p := range u.Policies {
		p.Unit = u
		for _, k := range keysOf(p.Entity, policyKey(p)) {
			x.policies[k] = append(x.policies[k], p)
		}
		for _, k := range wideKeys(u, p.Entity, policyKey(p)) {
			l.all.policies[k] = append(l.all.policies[k], p)
		}
	}
	for _, p := range u.Profiles {
		p.Unit = u
		for _, k := range keysOf(p.Entity, p.Name.Value) {
			x.profiles[k] = append(x.profiles[k], p)
		}
		for _, k := range wideKeys(u, p.Entity, p.Name.Value) {
			l.all.profiles[k] = append(l.all.profiles[k], p)
		}
	}
	for _, i := range u.Instances {
		i.Unit = u
		for _, k := range keysOf(i.Entity, i.Name.Value) {
			x.instances[k] = append(x.instances[k], i)
		}
		for _, k := range wideKeys(u, i.Entity, "") {
			l.all.instances[k] = append(l.all.instances[k], i)
		}
	}
	for _, p := range u.Providers {
		p.Unit = u
	}
	for _, p := range u.ResourcePolicies {
		p.Unit = u
	}
	for _, c := range u.Controls {
		c.Unit = u
	}
	u.EachRegional(func(r *Regional) { r.Unit = u })
	x.telemetry.add(u, addressKey)
	l.all.telemetry.add(u, func(address string) string { return wideAddressKey(u, address) })
	return x
}

// wideAddressKey is an address among those of all units. Units of one root
// module, one an account, share its addresses.
func wideAddressKey(u *Unit, address string) string {
	key := u.Input.String() + "\x00" + u.Name + "\x00" + address
	if u.Worlds != nil { // no address reaches from one alternative to another
		key += "\x00" + strconv.Itoa(u.World)
	}
	return addressKey(key)
}

// wideKeys are the keys of a thing among those of all units.
func wideKeys(u *Unit, e Entity, name string) []string {
	keys := keysOf(Entity{}, name)
	if e.Address != "" {
		keys = append(keys, wideAddressKey(u, e.Address))
	}
	return keys
}

func keysOf(e Entity, name string) []string {
	keys := make([]string, 0, 2)
	if e.Address != "" {
		keys = append(keys, addressKey(e.Address))
	}
	if name != "" && !source.HasMark(name) {
		keys = append(keys, name)
	}
	return keys
}

// policyKey is path and name of a customer policy, and the bare name with a
// leading "aws:" of an AWS managed one, whose path nobody writes reliably.
func policyKey(p *Policy) string {
	if p.Name.Value == "" || source.HasMark(p.Name.Value) {
		return ""
	}
	if p.Kind == AWSManaged {
		return "aws:" + p.Name.Value
	}
	return PathOf(p.Entity) + p.Name.Value
}

// PathOf is an entity's IAM path, "/" when none is written.
func PathOf(e Entity) string {
	if e.Path.Value == "" {
		return "/"
	}
	return e.Path.Value
}

// FullName is path and name without the leading slash, as ARNs have it.
func FullName(e Entity) string { return strings.TrimPrefix(PathOf(e)+e.Name.Value, "/") }

// declared is the thing that an address names: one of the unit, else one of
// another unit of its root module. key makes the key of an address.
func declared[K comparable, T any](l *linker, own, all map[K][]*T, address string, key func(string) K) *T {
	if address == "" {
		return nil
	}
	if found := own[key(addressKey(address))]; len(found) > 0 {
		return found[0]
	}
	if found := all[key(wideAddressKey(l.unit, address))]; len(found) > 0 {
		return found[0]
	}
	return nil
}

func plainKey(key string) string { return key }

// only returns the one thing that answers in the unit, else in the model. fits
// reports whether a thing of another unit may. A thing of a stack counts once,
// whatever the alternatives that have it: the first of them stands for all.
func only[K comparable, T any](own, all map[K][]*T, k K, at func(*T) place, fits func(*Unit) bool) *T {
	if found := own[k]; len(found) > 0 {
		return found[0]
	}
	var found *T
	for _, x := range all[k] {
		if !fits(at(x).unit) {
			continue
		}
		if found != nil && !at(found).same(at(x)) {
			return nil
		}
		if found == nil {
			found = x
		}
	}
	return found
}

// near reports whether a unit may be of the account of the one at hand: a
// name alone reaches no other account.
func (l *linker) near(u *Unit) bool { return !u.Apart(l.unit) }

// Apart reports whether two units are known to be of different accounts: by
// their ids, or because one root module makes a unit of each of its accounts.
// So are alternatives of one stack, which never meet.
func (u *Unit) Apart(o *Unit) bool {
	if u.Alternative(o) {
		return true
	}
	if u == o || u.Account != "" && u.Account == o.Account {
		return false
	}
	return u.Account != "" && o.Account != "" || u.Input == o.Input && u.Name == o.Name && u.Credentials != o.Credentials
}

// identity resolves a reference by address, name or ARN.
func (l *linker) identity(kind IdentityKind, r Ref) *Identity {
	key := func(k string) kindAndName { return kindAndName{kind, k} }
	if found := imported(l, r, func(x *index) map[kindAndName][]*Identity { return x.identities }, key(addressKey(r.Address))); found != nil {
		return found
	}
	if found := declared(l, l.own.identities, l.all.identities, r.Address, key); found != nil && r.Unit == "" {
		return found
	}
	name := lastSegment(r.Value.Value)
	if name == "" || source.HasMark(name) {
		return nil
	}
	return only(l.own.identities, l.all.identities, key(name), identityAt, l.near)
}

func lastSegment(s string) string {
	if strings.HasPrefix(s, "arn:") {
		return s[strings.LastIndexAny(s, "/:")+1:]
	}
	return s
}

// policy resolves a managed policy by address or ARN.
func (l *linker) policy(r Ref) *Policy {
	if found := imported(l, r, func(x *index) map[string][]*Policy { return x.policies }, addressKey(r.Address)); found != nil {
		return found
	}
	if found := declared(l, l.own.policies, l.all.policies, r.Address, plainKey); found != nil && r.Unit == "" {
		return found
	}
	key, own := l.policyARN(r.Value.Value)
	if key == "" || source.HasMark(key) || !own {
		return nil
	}
	return only(l.own.policies, l.all.policies, key, policyAt, func(u *Unit) bool { return !u.Alternative(l.unit) })
}

// policyARN turns a policy's ARN into its index key and says whether it can
// be a policy of this unit or AWS's own.
func (l *linker) policyARN(arn string) (key string, own bool) {
	i := strings.Index(arn, ":policy/")
	if i < 0 {
		return "", false
	}
	name := arn[i+len(":policy"):]
	account := arn[strings.LastIndexByte(arn[:i], ':')+1 : i]
	switch {
	case account == "aws":
		return "aws:" + name[strings.LastIndexByte(name, '/')+1:], true
	case len(account) != 12 || account == l.unit.Account || l.unit.Account == "":
		return name, true
	}
	return name, false
}

// attachLoose moves attachments to the identities that they name.
func (l *linker) attachLoose() {
	for _, a := range l.unit.Attachments {
		if a.Inline != nil {
			a.Inline.Unit = l.unit
		}
		id := l.identity(a.Kind, a.To)
		if id == nil {
			id = l.elsewhere(a.Kind, a.To)
		}
		switch {
		case id == nil && a.Inline != nil:
			l.unit.Policies = append(l.unit.Policies, a.Inline)
		case id == nil:
		case a.Inline != nil:
			a.Inline.Maybe = a.Inline.Maybe || a.To.Maybe
			for _, id := range l.everywhere(id) {
				id.Inline = append(id.Inline, a.Inline)
			}
		default:
			if a.Managed.Block.IsZero() {
				a.Managed.Block = a.Block
			}
			a.Managed.Maybe = a.Managed.Maybe || a.To.Maybe
			id.Managed = append(id.Managed, a.Managed)
			for _, other := range l.everywhere(id)[1:] {
				managed := *a.Managed
				other.Managed = append(other.Managed, &managed)
			}
		}
	}
}

// join resolves group memberships. A user that the scan does not declare holds
// what a group of the scan gives it.
func (l *linker) join() {
	for _, m := range l.unit.Memberships {
		u := l.identity(User, m.User)
		if u == nil && l.identity(Group, m.Group) != nil {
			u = l.elsewhere(User, m.User)
		}
		for _, u := range l.everywhere(u) {
			g := m.Group
			g.Maybe = g.Maybe || m.Maybe
			u.Groups = append(u.Groups, g)
		}
	}
	for _, u := range l.unit.Identities {
		for _, ref := range u.Groups {
			for _, g := range l.everywhere(l.identity(Group, ref)) {
				if contains(u.GroupsOf, g) {
					continue
				}
				u.GroupsOf = append(u.GroupsOf, g)
				g.Members = append(g.Members, u)
			}
		}
	}
}

func contains[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// attachManaged resolves attachments and boundaries to policies of the scan.
func (l *linker) attachManaged() {
	for _, id := range l.unit.Identities {
		for _, p := range id.Inline {
			p.Attached = append(p.Attached, id)
		}
		for _, a := range id.Managed {
			a.To = l.policy(a.Policy)
		}
		id.Managed = append(id.Managed, l.otherVersions(id.Managed)...)
		for _, a := range id.Managed {
			if a.To != nil && !contains(a.To.Attached, id) {
				a.To.Attached = append(a.To.Attached, id)
			}
		}
		if id.Boundary == nil {
			continue
		}
		id.Boundary.To = l.policy(id.Boundary.Policy)
		if id.Boundary.To != nil {
			id.Boundary.To.Bounds = append(id.Boundary.To.Bounds, id)
		}
	}
}

// machines resolves profiles to roles, and instances to both.
func (l *linker) machines() {
	for _, p := range l.unit.Profiles {
		for _, ref := range p.Roles {
			for _, role := range l.everywhere(l.identity(Role, ref)) {
				if contains(p.To, role) {
					continue
				}
				p.To = append(p.To, role)
				if !contains(role.Profiles, p) {
					role.Profiles = append(role.Profiles, p)
				}
			}
		}
	}
	for _, i := range l.unit.Instances {
		if i.Profile != nil {
			i.To = l.profile(*i.Profile)
		}
		if i.Template != nil {
			i.From = l.template(*i.Template, i.Region)
		}
	}
	for _, a := range l.unit.AgentAlarms {
		if i := l.machine(a.Instance); i != nil {
			i.Needs = append(i.Needs, Cause{Range: a.Range, Message: "an alarm watches metrics of its CloudWatch agent"})
		}
	}
}

func (l *linker) machine(r Ref) *Instance {
	for _, k := range []string{addressKey(r.Address), r.Value.Value} {
		for _, i := range l.own.instances[k] {
			if i.Kind == Machine || i.Kind == SpotInstance {
				return i
			}
		}
	}
	return nil
}

func (l *linker) profile(r Ref) *InstanceProfile {
	if found := imported(l, r, func(x *index) map[string][]*InstanceProfile { return x.profiles }, addressKey(r.Address)); found != nil {
		return found
	}
	if found := declared(l, l.own.profiles, l.all.profiles, r.Address, plainKey); found != nil && r.Unit == "" {
		return found
	}
	name := lastSegment(r.Value.Value)
	if name == "" || source.HasMark(name) {
		return nil
	}
	return only(l.own.profiles, l.all.profiles, name, profileAt, l.near)
}

// template resolves a launch template or configuration by address, else by
// name in the unit and in a region.
func (l *linker) template(r Ref, region string) *Instance {
	if i := declared(l, l.own.instances, l.all.instances, r.Address, plainKey); i != nil && i.Kind.isTemplate() {
		return i
	}
	for _, i := range l.own.instances[r.Value.Value] {
		if i.Kind.isTemplate() && (region == "" || i.Region == "" || i.Region == region) {
			return i
		}
	}
	return nil
}

func (k InstanceKind) isTemplate() bool { return k == LaunchTemplate || k == LaunchConfiguration }
