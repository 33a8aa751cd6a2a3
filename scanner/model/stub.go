package model

import "github.com/iamwatch/iamwatch/scanner/source"

// elsewhere makes or finds the identity that a reference names and that
// nothing in the scan declares: one a unit, kind and name. It is nil for a
// reference that names nothing at all.
func (l *linker) elsewhere(kind IdentityKind, r Ref) *Identity {
	name := r.Value
	if !source.HasMark(name.Value) {
		name.Value = lastSegment(name.Value)
	}
	key := kindAndName{kind, name.Value}
	if r.Address != "" && (name.Value == "" || source.HasMark(name.Value)) {
		key.name = addressKey(r.Address)
	}
	if key.name == "" {
		return nil
	}
	if id := l.stubs[key]; id != nil {
		return id
	}
	id := &Identity{
		Kind: kind, Unit: l.unit, Elsewhere: true,
		Incomplete: "its declaration is not in the scan",
		Entity:     Entity{Name: name, Address: r.Address, Range: name.Range},
	}
	if id.Address == "" {
		id.Address = name.Show()
	}
	if name.Value == "" {
		id.Name = source.Unknown(source.HoleName, r.Address, name.Range)
	}
	l.stubs[key] = id
	if name.Known {
		// Memberships, profiles and keys of the unit may name it as well.
		l.own.identities[key] = append(l.own.identities[key], id)
	}
	l.unit.Identities = append(l.unit.Identities, id)
	return id
}
