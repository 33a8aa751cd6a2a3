package cloudformation

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// function keeps the keys in the environment of a function.
func (b *builder) function(res *resource) {
	entity := b.entity(res, "")
	for _, m := range members(b.e.eval(b.environment(res))) {
		if m.Value.IsScalar() {
			b.writtenKeys(entity, model.FunctionKey, m.Name.Value, b.e.text(m.Value))
		}
	}
}

// environment are the variables of a function as written.
func (b *builder) environment(res *resource) *source.Value {
	return res.properties.Get("Environment").Get("Variables")
}

func members(v *source.Value) []source.Member {
	if v == nil {
		return nil
	}
	return v.Members
}

// writtenKeys keeps the keys in a text: their place and kind, nothing of
// their values. argument is the name that the text is given to, empty for none.
func (b *builder) writtenKeys(holder model.Entity, place model.KeyPlace, argument string, t source.Text) {
	if len(t.Value) < model.ShortestKey {
		return
	}
	prefix := ""
	switch {
	case isSecretName(argument):
		prefix = "secret_access_key="
	case argument != "":
		prefix = argument + "="
	}
	for _, k := range model.FindKeys(prefix + t.Value) {
		if k.Start < len(prefix) {
			continue
		}
		start, end := k.Start-len(prefix), k.End-len(prefix)
		w := &model.WrittenKey{Entity: holder, Unit: b.unit, Place: place, Kind: k.Kind, Argument: argument, Last4: k.Last4}
		w.Range, w.Origin = t.Range(start, end), t.Origin(start, end)
		b.unit.WrittenKeys = append(b.unit.WrittenKeys, w)
	}
}

// otherKeys keeps the keys in places that belong to no machine and no
// function: resource metadata, outputs, and defaults of parameters that were
// not met as part of something else.
func (b *builder) otherKeys() {
	if !mayHoldKeys(b.t.file.Text().Value) {
		return
	}
	// Nothing is shown of what is looked at here.
	before := b.e.deciding
	b.e.deciding = true
	for _, res := range b.t.resources {
		if raw := res.body.Get("Metadata"); raw != nil && b.e.exists(res.condition) {
			holder := model.Entity{Address: res.id.Value, Range: res.id.Range, Block: res.block()}
			b.e.scalars(b.e.eval(raw), "", model.ShortestKey, func(name string, t source.Text) { b.writtenKeys(holder, model.MetadataKey, name, t) })
		}
	}
	for _, m := range b.t.expand(b.t.root.Get("Outputs")) {
		if !b.e.exists(m.Value.Get("Condition").Text().Value) {
			continue
		}
		if v := b.e.eval(m.Value.Get("Value")); v.IsScalar() {
			holder := model.Entity{Address: "Outputs." + m.Name.Value, Range: m.Name.Range, Block: m.Name.Range.Join(m.Value.Range)}
			b.writtenKeys(holder, model.OutputKey, m.Name.Value, b.e.text(v))
		}
	}
	b.e.deciding = before
	b.parameterKeys()
}

// mayHoldKeys reports whether a template holds what keys begin with or are
// announced by (see model.FindKeys).
func mayHoldKeys(text string) bool {
	for _, sign := range [...]string{"AKIA", "ASIA", "ecret", "ECRET"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// exists reports whether what has a condition, empty for none, may be there.
func (e *evaluator) exists(condition string) bool {
	return condition == "" || e.condition(condition) != no
}

// parameterKeys keeps the keys that parameters have by default, one that is
// marked NoEcho too: the template shows it.
func (b *builder) parameterKeys() {
	met := map[source.Range]bool{}
	for _, w := range b.unit.WrittenKeys {
		met[w.Origin] = true
	}
	for _, m := range members(b.t.root.Get("Parameters")) {
		v := m.Value.Get("Default")
		if !v.IsScalar() || len(v.Scalar.Value) < model.ShortestKey || met[v.Range] {
			continue
		}
		holder := model.Entity{Address: "Parameters." + m.Name.Value, Range: m.Name.Range, Block: m.Name.Range.Join(m.Value.Range)}
		b.writtenKeys(holder, model.ParameterKey, m.Name.Value, literalText(v.Text()))
	}
}

// scalars calls f with each name and text of a tree that has at least so many
// bytes: with each member's name as a text of its own, and with each scalar
// under the name that it has.
func (e *evaluator) scalars(v *source.Value, name string, least int, f func(name string, t source.Text)) {
	switch {
	case v == nil:
	case v.IsScalar() && len(v.Scalar.Value) >= least:
		f(name, e.text(v))
	}
	for _, i := range elementsOf(v) {
		e.scalars(i, name, least, f)
	}
	for _, m := range members(v) {
		if len(m.Name.Value) >= least {
			f("", literalText(m.Name))
		}
		e.scalars(m.Value, m.Name.Value, least, f)
	}
}

func elementsOf(v *source.Value) []*source.Value {
	if v == nil {
		return nil
	}
	return v.Items
}

// isSecretName reports whether a name is one of those that templates give to a
// secret access key, such as secretKey in AWS::CloudFormation::Authentication.
func isSecretName(name string) bool {
	n := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "-", ""), "_", ""))
	return strings.Contains(n, "secretkey") || strings.Contains(n, "secretaccesskey")
}
