package model

// imported is the thing that another unit has at an address: what a stack
// exports and others import. Of several units of that name the first that has
// it counts.
func imported[K comparable, T any](l *linker, r Ref, of func(*index) map[K][]*T, k K) *T {
	if r.Unit == "" || r.Address == "" {
		return nil
	}
	for _, i := range l.named(r.Unit) {
		if found := of(l.units[i])[k]; len(found) > 0 && !l.model.Units[i].Alternative(l.unit) {
			return found[0]
		}
	}
	return nil
}

// named are the places of the units of a name among those of the input at hand.
func (l *linker) named(name string) []int {
	if l.names == nil {
		l.names = map[string][]int{}
		for i, u := range l.model.Units {
			key := u.Input.String() + "\x00" + u.Name
			l.names[key] = append(l.names[key], i)
		}
	}
	return l.names[l.unit.Input.String()+"\x00"+name]
}
