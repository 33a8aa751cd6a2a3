package cloudformation

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// check reports the calls of intrinsic functions that CloudFormation would
// refuse. It walks the tree as written, so that evaluation need not report.
func (t *template) check() {
	if v := t.root.Get("Resources"); v == nil || v.Kind != source.Object {
		t.withoutResources(v)
	}
	t.checkParameters()
	c := checker{t: t}
	for _, name := range slices.Sorted(maps.Keys(t.conditions)) {
		v := t.conditions[name]
		c.condition = true
		c.value(v)
	}
	c.condition = false
	c.rules()
	for _, r := range t.resources {
		c.resource(r)
	}
	for _, m := range t.expand(t.root.Get("Outputs")) {
		for _, name := range []string{"Value", "Export"} {
			if v := m.Value.Get(name); v != nil {
				c.value(v)
			}
		}
	}
}

// withoutResources doubts an empty section and refuses one that is no object.
func (t *template) withoutResources(v *source.Value) {
	none := v == nil || v.Kind == source.Null
	switch {
	case none && t.broken: // what was not read may have been it
	case none:
		at := t.root.Range.Start()
		t.diagnostics = append(t.diagnostics, source.Warningf(t.file.Range(at, at+1), "the template has no Resources"))
	default:
		t.errorf(v.Range, "Resources is no object")
	}
}

type checker struct {
	t *template
	// condition is set inside of Conditions, where other functions may stand.
	condition bool
	// rule is set inside of Rules, where functions over parameters may stand.
	rule bool
}

func (c *checker) resource(r *resource) {
	if m, ok := r.body.Member("Condition"); ok && m.Value.IsScalar() {
		c.conditionName(m.Value)
	}
	if r.properties != nil {
		c.value(r.properties)
	}
}

func (c *checker) value(v *source.Value) {
	if fn, arg, ok := intrinsic(v); ok {
		c.call(fn, arg, v)
	} else {
		c.alone(v)
	}
	if c.condition && v.Kind == source.Object && len(v.Members) == 1 && v.Members[0].Name.Value == "Condition" {
		c.conditionName(v.Members[0].Value)
	}
	for _, m := range v.Members {
		c.value(m.Value)
	}
	for _, i := range v.Items {
		c.value(i)
	}
}

// call checks the arguments of one call, not what stands inside of them.
func (c *checker) call(fn string, arg, v *source.Value) {
	c.extension(fn, arg, v)
	switch fn {
	case "Ref":
		c.ref(arg, v)
	case "Fn::GetAtt":
		c.getAtt(arg, v)
	case "Fn::Sub":
		c.sub(arg, v)
	case "Fn::If":
		if c.items(fn, arg, v, 3, 3) {
			c.conditionName(arg.Items[0])
		}
	case "Fn::FindInMap":
		if c.items(fn, arg, v, 3, 4) {
			c.mapName(arg.Items[0])
		}
	case "Fn::Join", "Fn::Select", "Fn::Split":
		c.items(fn, arg, v, 2, 2)
	case "Fn::Cidr":
		c.items(fn, arg, v, 2, 3)
	case "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or":
		c.test(fn, arg, v)
	case "Fn::Base64", "Fn::GetAZs", "Fn::ImportValue", "Fn::Length", "Fn::ToJsonString", "Fn::Transform":
	case "Fn::GetStackOutput":
		c.stackOutput(arg, v)
	default:
		c.ruleCall(fn, arg, v)
	}
}

func (c *checker) test(fn string, arg, v *source.Value) {
	switch fn {
	case "Fn::Equals":
		c.items(fn, arg, v, 2, 2)
	case "Fn::Not":
		c.items(fn, arg, v, 1, 1)
	default:
		c.items(fn, arg, v, 2, 10)
	}
}

// items checks that an argument is a list of so many items.
func (c *checker) items(fn string, arg, v *source.Value, least, most int) bool {
	if arg.Kind == source.List && len(arg.Items) >= least && len(arg.Items) <= most {
		return true
	}
	got := "something else"
	if arg.Kind == source.List {
		got = plural(len(arg.Items))
	}
	want := plural(most)
	if least < most {
		want = plural(least) + " or more"
	}
	c.t.errorf(v.Range, "%s takes a list of %s, not %s", fn, want, got)
	return false
}

func plural(n int) string {
	if n == 1 {
		return "1 item"
	}
	return strconv.Itoa(n) + " items"
}

func (c *checker) ref(arg, v *source.Value) {
	if !arg.IsScalar() {
		c.t.errorf(v.Range, "Ref takes a name")
		return
	}
	c.name("Ref", arg.Scalar.Value, v.Range)
}

// name checks that something of that name exists.
func (c *checker) name(fn, name string, at source.Range) {
	if source.HasMark(name) || c.exists(name) {
		return
	}
	c.t.errorf(at, "%s refers to %q, which the template does not declare", fn, name)
}

func (c *checker) exists(name string) bool {
	switch name {
	case "AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix":
		return true
	}
	return c.t.parameters[name] != nil || c.t.byID[name] != nil || c.t.rewritten()
}

func (c *checker) getAtt(arg, v *source.Value) {
	id, attribute := getAttParts(arg)
	if id == "" || attribute == "" && len(arg.Items) != 2 {
		c.t.errorf(v.Range, "Fn::GetAtt takes the name of a resource and an attribute")
		return
	}
	if c.t.byID[id] == nil && !c.t.rewritten() && !source.HasMark(id) {
		c.t.errorf(v.Range, "Fn::GetAtt refers to %q, which is no resource of the template", id)
	}
}

// sub checks the form of Fn::Sub and every name in its text.
func (c *checker) sub(arg, v *source.Value) {
	text, names := arg, (*source.Value)(nil)
	if arg.Kind == source.List && len(arg.Items) == 2 {
		text, names = arg.Items[0], arg.Items[1]
	}
	if _, _, made := intrinsic(text); made {
		return
	}
	if !text.IsScalar() || names != nil && names.Kind != source.Object {
		c.t.errorf(v.Range, "Fn::Sub takes a text, or a list of a text and an object")
		return
	}
	for p := range subParts(text.Scalar.Value) {
		if !p.variable() {
			continue
		}
		if _, ok := names.Member(p.name); ok {
			continue
		}
		c.subName(p, text, v)
	}
}

func (c *checker) subName(p subPart, text, v *source.Value) {
	id, _, _ := strings.Cut(p.name, ".")
	if source.HasMark(id) || c.exists(p.name) || c.exists(id) {
		return
	}
	at := v.Range
	if t := literalText(text.Scalar); t.Value == text.Scalar.Value {
		at = t.Range(p.start, p.end)
	}
	c.t.errorf(at, "Fn::Sub refers to %q, which the template does not declare", p.name)
}

func (c *checker) conditionName(v *source.Value) {
	if v.IsScalar() && c.t.conditions[v.Scalar.Value] == nil && !c.t.rewritten() {
		c.t.errorf(v.Range, "the template has no condition %q", v.Scalar.Value)
	}
}

func (c *checker) mapName(v *source.Value) {
	if v.IsScalar() && c.t.mapping(v.Scalar.Value) == nil && !c.t.rewritten() {
		c.t.errorf(v.Range, "the template has no mapping %q", v.Scalar.Value)
	}
}
