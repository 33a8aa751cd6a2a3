package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A namesake is how texts of the unit may name a thing of it, and its address.
type namesakes map[string]string

// add gives a text an address. A text that two things have names neither.
func (n namesakes) add(kind, text, address string) {
	if old, ok := n[kind+text]; ok && old != address {
		address = ""
	}
	n[kind+text] = address
}

// resolveRefs gives references that are text alone the address of the thing
// whose name or ARN is that text. It is what joins things whose names hold
// holes: equal holes stand for equal text. A data source that looks a thing up
// by name alone does not know its path, so the ARN without path is a last
// resort.
func (b *builder) resolveRefs() {
	names, pathless := namesakes{}, namesakes{}
	prefix := "arn:" + partition() + ":iam::" + b.self() + ":"
	add := func(kind, what string, e model.Entity) {
		names.add(kind, e.Name.Value, e.Address)
		names.add(kind, prefix+what+model.PathOf(e)+e.Name.Value, e.Address)
		pathless.add(kind, prefix+what+"/"+e.Name.Value, e.Address)
	}
	for _, id := range b.unit.Identities {
		add(id.Kind.String(), id.Kind.String(), id.Entity)
	}
	for _, p := range b.unit.Policies {
		names.add("policy", p.ARN.Value, p.Address)
		pathless.add("policy", prefix+"policy/"+p.Name.Value, p.Address)
	}
	for _, p := range b.unit.Profiles {
		add("profile", "instance-profile", p.Entity)
	}
	b.eachRef(func(kind string, r *model.Ref) {
		if r == nil || r.Address != "" || r.Value.Value == "" {
			return
		}
		if r.Address = names[kind+r.Value.Value]; r.Address == "" {
			r.Address = pathless[kind+r.Value.Value]
		}
		b.found[r.Value.Value] = b.found[r.Value.Value] || r.Address != ""
	})
}

// eachRef visits the references to identities, policies and profiles.
func (b *builder) eachRef(set func(kind string, r *model.Ref)) {
	for _, id := range b.unit.Identities {
		for _, a := range id.Managed {
			set("policy", &a.Policy)
		}
		if id.Boundary != nil {
			set("policy", &id.Boundary.Policy)
		}
	}
	for _, a := range b.unit.Attachments {
		set(a.Kind.String(), &a.To)
		if a.Managed != nil {
			set("policy", &a.Managed.Policy)
		}
	}
	for _, m := range b.managedLists {
		for _, a := range m.list {
			set(a.Kind.String(), &a.To)
			set("policy", &a.Managed.Policy)
		}
	}
	for _, m := range b.unit.Memberships {
		set("user", &m.User)
		set("group", &m.Group)
	}
	for _, p := range b.unit.Profiles {
		for i := range p.Roles {
			set("role", &p.Roles[i])
		}
	}
	for _, i := range b.unit.Instances {
		set("profile", i.Profile)
	}
	for _, k := range b.unit.AccessKeys {
		set("user", &k.User)
	}
	for _, c := range b.unit.ServiceCredentials {
		set("user", &c.UserName)
	}
	for _, h := range b.unit.HostManagement {
		set("role", &h.Role)
	}
	for _, p := range b.unit.PodIdentities {
		set("role", &p.RoleARN)
		set("role", p.TargetRoleARN)
	}
	for i := range b.logins {
		set("user", &b.logins[i])
	}
	for _, p := range b.unit.ProfileUsers {
		set("role", &p.Role)
	}
	b.eachServiceRole(func(r *model.Ref) { set("role", r) })
}
