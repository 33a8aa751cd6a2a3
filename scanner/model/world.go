package model

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Worlds are the alternatives that one stack may be deployed as: the same
// template built under every combination of the values of the inputs that its
// conditions ask for ("Conditions" in the AWS CloudFormation User Guide). Each
// is a unit of its own in which every condition is decided. Only one of them is
// ever deployed, so nothing of one reaches anything of another.
type Worlds struct {
	// Inputs decide which of the alternatives it is, in a fixed order.
	Inputs []WorldInput
	// Of is the alternative that each combination of the inputs' values gives,
	// -1 for a combination that cannot be deployed. Combinations are numbered
	// with the last input varying fastest.
	Of []int
	// Units are the alternatives; Units[i].World is i.
	Units []*Unit
}

// A WorldInput is a value that whoever deploys the stack chooses.
type WorldInput struct {
	Kind WorldInputKind
	// Name is that of the parameter; of a condition, what it tests.
	Name string
	// Values are those that lead to different outcomes. A condition's are that
	// it holds and that it does not.
	Values []WorldValue
	// Default indexes Values; -1 for none.
	Default int
	// Secret says that no output may show a value (NoEcho).
	Secret bool
	// At is where the default is written, else where the parameter is
	// declared; zero for what the template does not declare.
	At source.Range
}

// A WorldInputKind says what an input of a stack is.
type WorldInputKind uint8

// The kinds of input.
const (
	// ParameterInput is a parameter, or a pseudo parameter such as AWS::Region.
	ParameterInput WorldInputKind = iota
	// ConditionInput is a test whose answer the template does not settle.
	ConditionInput
)

// A WorldValue is one value of an input.
type WorldValue struct {
	Text string
	// Other stands for every value that the template does not name.
	Other bool
}

// Alternative reports whether two units are different alternatives of one
// stack, of which at most one is deployed.
func (u *Unit) Alternative(o *Unit) bool {
	return u != o && u != nil && o != nil && u.Worlds != nil && u.Worlds == o.Worlds
}

// Alternatives are the unit itself and those that stand for the same stack.
func (u *Unit) Alternatives() []*Unit {
	if u.Worlds == nil {
		return []*Unit{u}
	}
	return u.Worlds.Units
}

// Values are the indexes of the inputs' values in a combination.
func (w *Worlds) Values(combination int) []int {
	out := make([]int, len(w.Inputs))
	for i := len(w.Inputs) - 1; i >= 0; i-- {
		n := len(w.Inputs[i].Values)
		out[i] = combination % n
		combination /= n
	}
	return out
}

// Combination is the combination that gives the named inputs these values;
// what the template does not name counts as the value Other, and an input
// without a value is at its default. It is -1 when an input cannot have its
// value.
func (w *Worlds) Combination(given map[string]string) int {
	at := 0
	for _, in := range w.Inputs {
		v := in.Default
		if text, ok := given[in.Name]; ok {
			v = in.index(text)
		}
		if v < 0 {
			return -1
		}
		at = at*len(in.Values) + v
	}
	return at
}

func (in *WorldInput) index(text string) int {
	i := slices.IndexFunc(in.Values, func(v WorldValue) bool { return !v.Other && v.Text == text })
	if i < 0 {
		i = slices.IndexFunc(in.Values, func(v WorldValue) bool { return v.Other })
	}
	return i
}

// atDefaults reports whether every input with a default has it.
func (w *Worlds) atDefaults(values []int) bool {
	for i, in := range w.Inputs {
		if in.Default >= 0 && values[i] != in.Default {
			return false
		}
	}
	return true
}

// AtDefaults reports whether what holds in some of the alternatives holds when
// every parameter with a default is left at it. holds is by Unit.World.
func (w *Worlds) AtDefaults(holds []bool) bool {
	for c, world := range w.Of {
		if world >= 0 && holds[world] && w.atDefaults(w.Values(c)) {
			return true
		}
	}
	return false
}
