package cloudformation

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A pick is a value of an input.
type pick struct {
	in *input
	at int
}

// tests are what is taken for the answers of tests that the template does not
// settle, by their text. While met is set, those that are asked for are noted.
type tests struct {
	answers map[string]truth
	met     map[string]bool
}

// orOpen is the answer to a test, of one that could not be decided what is
// taken for it.
func (e *evaluator) orOpen(t truth, v *source.Value) truth {
	if t != maybe || e.tests == nil {
		return t
	}
	key := v.JSON()
	if taken, ok := e.tests.answers[key]; ok {
		return taken
	}
	if e.tests.met != nil {
		e.tests.met[key] = true
	}
	return maybe
}

// members decides the functions of rules that look at the members of a list
// ("Rule-specific intrinsic functions").
func (e *evaluator) members(fn string, arg *source.Value) truth {
	if len(arg.Items) != 2 {
		return maybe
	}
	list, other := e.decided(arg.Items[0]), e.decided(arg.Items[1])
	if list == nil || list.Kind == source.Unread || other == nil || other.Kind == source.Unread {
		return maybe
	}
	switch fn {
	case "Fn::Contains":
		return e.among(list, other)
	case "Fn::EachMemberEquals":
		return e.each(list, func(v *source.Value) truth { return e.same(v, other) })
	}
	return e.each(list, func(v *source.Value) truth { return e.among(other, v) })
}

func (e *evaluator) among(list, v *source.Value) truth {
	out := no
	for _, i := range list.Elements() {
		out = max(out, e.same(i, v))
	}
	return out
}

func (e *evaluator) each(list *source.Value, f func(*source.Value) truth) truth {
	out := yes
	for _, i := range list.Elements() {
		out = min(out, f(i))
	}
	return out
}

// open makes inputs of the tests of conditions that no value of the other
// inputs settles: such a test holds or it does not.
func (m *inputs) open() {
	for _, name := range sortedKeys(m.survey.conditions) {
		met := map[string]bool{}
		m.answer(m.inputsOf(name), &tests{met: met}, func(e *evaluator) truth { return e.condition(name) })
		for _, key := range sortedKeys(met) {
			if m.byName[key] == nil {
				m.openTest(key, name)
			}
			m.byName[key].weight += m.survey.conditions[name]
			m.support[name] = append(m.support[name], key)
		}
	}
}

func (m *inputs) openTest(key, condition string) {
	in := &input{order: len(m.list)}
	in.Kind, in.Default, in.Name = model.ConditionInput, -1, "a test of the condition "+condition
	for _, name := range sortedKeys(m.t.conditions) {
		if m.t.conditions[name].JSON() == key {
			in.Name = "the condition " + name
			break
		}
	}
	in.Values = []model.WorldValue{{Text: "true"}, {Text: "false"}}
	m.list = append(m.list, in)
	m.byName[key] = in
	m.tests = append(m.tests, key)
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// inputsOf are the inputs that a condition depends on, in their order.
func (m *inputs) inputsOf(condition string) []*input { return m.known(m.supports(condition)) }

func (m *inputs) known(names []string) []*input {
	var out []*input
	for _, n := range names {
		if in := m.byName[n]; in != nil && !slices.Contains(out, in) {
			out = append(out, in)
		}
	}
	slices.SortFunc(out, func(a, b *input) int { return a.order - b.order })
	return out
}

// table is the truth table of a condition, nil when it has too many inputs or
// depends on something that is none.
func (m *inputs) table(name string) *table {
	if t, ok := m.tables[name]; ok {
		return t
	}
	list := m.inputsOf(name)
	truths, whole := m.answer(list, &tests{}, func(e *evaluator) truth { return e.condition(name) })
	var t *table
	if whole && !slices.Contains(truths, maybe) {
		t = &table{inputs: list, truths: truths}
	}
	m.tables[name] = t
	return t
}

// ruleTable says under which values of some inputs a rule is kept.
func (m *inputs) ruleTable(rule *source.Value, selected []*input) *table {
	var names []string
	m.walk(rule, &names)
	list := slices.DeleteFunc(m.known(names), func(in *input) bool { return !slices.Contains(selected, in) })
	truths, whole := m.answer(list, &tests{}, func(e *evaluator) truth { return e.keeps(rule) })
	if !whole {
		return &table{truths: []truth{maybe}}
	}
	return &table{inputs: list, truths: truths}
}

// answer works out a test for every combination of the values of some inputs;
// false when there are too many.
func (m *inputs) answer(list []*input, ts *tests, test func(*evaluator) truth) ([]truth, bool) {
	n := 1
	for _, in := range list {
		if n *= len(in.Values); n > maxCombinations {
			return nil, false
		}
	}
	e := newEvaluator(m.t)
	out := make([]truth, 0, n)
	for c := range n {
		e.fixed, e.truths, e.tests = map[string]pick{}, map[string]truth{}, &tests{met: ts.met, answers: map[string]truth{}}
		for i, rest := len(list)-1, c; i >= 0; i-- {
			in := list[i]
			m.fix(e, in, rest%len(in.Values))
			rest /= len(in.Values)
		}
		out = append(out, test(e))
	}
	return out, true
}

func (m *inputs) fix(e *evaluator, in *input, at int) {
	if in.Kind == model.ParameterInput {
		e.fixed[in.Name] = pick{in, at}
		return
	}
	for _, key := range m.tests {
		if m.byName[key] == in {
			e.tests.answers[key] = truth(2 * (1 - at))
		}
	}
}

// keeps reports whether a rule of the template lets a combination be deployed
// ("Rules": the assertions hold, or the rule's condition does not).
func (e *evaluator) keeps(rule *source.Value) truth {
	applies := yes
	if c := rule.Get("RuleCondition"); c != nil {
		applies = e.test(c)
	}
	held := yes
	for _, a := range rule.Get("Assertions").Elements() {
		if v := a.Get("Assert"); v != nil {
			held = min(held, e.test(v))
		}
	}
	return max(applies.not(), held)
}
