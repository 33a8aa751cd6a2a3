package model

// A place is where a thing of the model is declared.
type place struct {
	unit    *Unit
	address string
}

// same reports whether two places are one in different alternatives of a stack.
func (p place) same(o place) bool { return p.unit.Alternative(o.unit) && p.address == o.address }

func identityAt(id *Identity) place      { return place{id.Unit, id.Address} }
func policyAt(p *Policy) place           { return place{p.Unit, p.Address} }
func profileAt(p *InstanceProfile) place { return place{p.Unit, p.Address} }
func regionalAt[T regional](x T) place   { r := x.regional(); return place{r.Unit, r.Address} }

// everywhere are an identity and, when it is one of another stack, the same of
// the other alternatives of that stack: what is attached from outside is
// attached whichever of them is deployed. Nil gives none.
func (l *linker) everywhere(id *Identity) []*Identity {
	if id == nil {
		return nil
	}
	out := []*Identity{id}
	if id.Unit == l.unit || id.Unit.Worlds == nil || id.Address == "" || id.Elsewhere {
		return out
	}
	for _, u := range id.Unit.Worlds.Units {
		if found := l.byUnit[u].identities[kindAndName{id.Kind, addressKey(id.Address)}]; u != id.Unit && len(found) > 0 {
			out = append(out, found[0])
		}
	}
	return out
}

// otherVersions are further attachments for policies of other stacks, whose
// document each alternative of the stack may have another of. With several,
// each is attached perhaps.
func (l *linker) otherVersions(list []*Attachment) []*Attachment {
	var out []*Attachment
	for _, a := range list {
		p := a.To
		if p == nil || p.Unit == nil || p.Unit == l.unit || p.Unit.Worlds == nil || p.Address == "" {
			continue
		}
		for _, u := range p.Unit.Worlds.Units {
			if found := l.byUnit[u].policies[addressKey(p.Address)]; u != p.Unit && len(found) > 0 {
				a.Maybe = true
				other := *a
				other.To = found[0]
				out = append(out, &other)
			}
		}
	}
	return out
}
