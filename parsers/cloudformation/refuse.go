package cloudformation

import "github.com/iamwatch/iamwatch/scanner/source"

// refuse warns where the values given for the parameters break what Rules
// assert ("Rules"), or the constraints of a parameter: no stack can be deployed
// so.
func (t *template) refuse() {
	if t.call != nil || len(t.env.Parameters)+len(t.env.ParameterFiles) == 0 {
		return
	}
	for _, name := range t.declared() {
		p := t.parameters[name]
		if p.given && p.value != nil && !t.lets(p, p.value.Text().Value) {
			t.warnf(p.name.Range, "the value given for the parameter %s breaks its constraints, so the stack cannot be deployed so", source.Show(name))
		}
	}
	e := newEvaluator(t)
	e.deciding = true
	for _, section := range t.root.Get("Rules").Elements() {
		for _, rule := range section.Members {
			if e.keeps(rule.Value) == no {
				t.warnf(rule.Name.Range, "the values given for the parameters break the rule %s, so the stack cannot be deployed so", source.Show(rule.Name.Value))
			}
		}
	}
}
