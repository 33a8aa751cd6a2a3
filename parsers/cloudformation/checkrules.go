package cloudformation

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

const languageExtensions = "AWS::LanguageExtensions"

// rules checks what Rules assert of the parameters ("Rules").
func (c *checker) rules() {
	section := c.t.root.Get("Rules")
	if section == nil || section.Kind != source.Object {
		return
	}
	c.rule = true
	for _, m := range section.Members {
		if v := m.Value.Get("RuleCondition"); v != nil {
			c.value(v)
		}
		for _, a := range m.Value.Get("Assertions").Elements() {
			if v := a.Get("Assert"); v != nil {
				c.value(v)
			}
		}
	}
	c.rule = false
}

// ruleCall checks a function that may stand in Rules only ("Rule-specific
// intrinsic functions"), and refuses what is no function at all.
func (c *checker) ruleCall(fn string, arg, v *source.Value) {
	items := 0
	switch fn {
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::ValueOf", "Fn::ValueOfAll":
		items = 2
	case "Fn::RefAll":
	default:
		c.t.errorf(v.Range, "unknown intrinsic function %s", source.Show(fn))
		return
	}
	switch {
	case !c.rule:
		c.t.errorf(v.Range, "%s may stand in Rules only", fn)
	case items > 0:
		c.items(fn, arg, v, items, items)
	}
}

// stackOutput checks the object that Fn::GetStackOutput takes.
func (c *checker) stackOutput(arg, v *source.Value) {
	if arg.Get("StackName") == nil || arg.Get("OutputName") == nil {
		c.t.errorf(v.Range, "Fn::GetStackOutput takes an object with StackName and OutputName")
	}
}

// extension warns of what needs a transform that the template does not name
// ("AWS::LanguageExtensions transform"). It is read as if it did.
func (c *checker) extension(fn string, arg, v *source.Value) {
	switch {
	case fn == "Fn::Length", fn == "Fn::ToJsonString", fn == "Fn::FindInMap" && len(arg.Items) > 3:
		c.t.needExtensions(fn, v.Range)
	}
}

// needExtensions warns once a template.
func (t *template) needExtensions(fn string, r source.Range) {
	if t.extensionsMissed || t.rewritten() {
		return
	}
	for _, s := range t.transforms {
		if s.Value == languageExtensions {
			return
		}
	}
	t.extensionsMissed = true
	t.diagnostics = append(t.diagnostics, source.Warningf(r, "%s needs the transform %s, which the template does not name", fn, languageExtensions))
}

// alone checks that a function stands in an object of its own: beside other
// keys it would not be called.
func (c *checker) alone(v *source.Value) {
	if v.Kind != source.Object || len(v.Members) < 2 {
		return
	}
	for _, m := range v.Members {
		if n := m.Name.Value; strings.HasPrefix(n, "Fn::") && !isLoop(n) && n != "Fn::Transform" {
			c.t.errorf(m.Name.Range, "%s stands beside other keys", source.Show(n))
		}
	}
}
