package cloudwatch

import (
	"iter"
	"math/bits"
)

// An ActionID is an action's place in the catalogue: core actions first, then
// related ones, each by service and name without regard to case. It holds for
// one build only.
type ActionID uint16

// setWords bounds the catalogue to 64 times as many actions; the generator
// refuses a larger one.
const setWords = 12

// MaxActions is the number of actions that an ActionSet can hold.
const MaxActions = setWords * 64

// An ActionSet is a set of catalogue actions. It is a value: the zero value is
// the empty set, assignment copies, == compares.
type ActionSet [setWords]uint64

// Has reports whether id is in the set.
func (s ActionSet) Has(id ActionID) bool {
	return int(id) < MaxActions && s[id/64]&(1<<(id%64)) != 0
}

// Add puts id into the set; an id beyond MaxActions is left out.
func (s *ActionSet) Add(id ActionID) {
	if int(id) < MaxActions {
		s[id/64] |= 1 << (id % 64)
	}
}

// addRange puts the ids [from, to) into the set.
func (s *ActionSet) addRange(from, to int) {
	for id := from; id < to; id++ {
		s.Add(ActionID(id))
	}
}

// Union is the set of actions that are in s or t.
func (s ActionSet) Union(t ActionSet) ActionSet {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

// Intersect is the set of actions that are in s and t.
func (s ActionSet) Intersect(t ActionSet) ActionSet {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

// Meets reports whether an action is in s and t.
func (s *ActionSet) Meets(t ActionSet) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

// Minus is the set of actions that are in s and not in t.
func (s ActionSet) Minus(t ActionSet) ActionSet {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

// Len is the number of actions.
func (s ActionSet) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Empty reports whether the set holds no action.
func (s ActionSet) Empty() bool { return s == ActionSet{} }

// Equal reports whether both sets hold the same actions.
func (s ActionSet) Equal(t ActionSet) bool { return s == t }

// All goes through the actions of the set in ascending order.
func (s ActionSet) All() iter.Seq[ActionID] {
	return func(yield func(ActionID) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(ActionID(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// IDs are the actions of the set in ascending order.
func (s ActionSet) IDs() []ActionID {
	ids := make([]ActionID, 0, s.Len())
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			ids = append(ids, ActionID(i*64+bits.TrailingZeros64(w)))
		}
	}
	return ids
}

// Names are the actions of the set as policies write them, in order of IDs.
func (s ActionSet) Names() []string {
	ids := s.IDs()
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = ActionByID(id).String()
	}
	return names
}
