package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A template is what the sections of a template hold, before anything is
// evaluated. It does not change once it is made, diagnostics apart.
type template struct {
	file       *source.Source
	root       *source.Value
	env        *scanner.Env
	parameters map[string]*parameter
	conditions map[string]*source.Value
	resources  []*resource // in the order written
	byID       map[string]*resource
	types      map[string]resourceType
	// transforms are the macros that change the template when it is deployed.
	transforms []source.String
	// samNotes are what serverless resources bring from elsewhere.
	samNotes    []samNote
	diagnostics []source.Diagnostic
	// broken says that a part of the text could not be read: what is empty
	// may be what stood there.
	broken bool
	told   map[source.Range]bool
	// extensionsMissed says that a function without its transform was warned of.
	extensionsMissed bool
	// lib holds the other templates, nil where there are none.
	lib *library
	// earlier is how many nested templates were read for the worlds before.
	earlier int
	// prefix stands before the logical ids of a nested template, whose caller
	// is call; empty and nil for one that is deployed by itself.
	prefix string
	call   *call
	// exporting says that it is read for its exports only.
	exporting bool
	// nested are the templates that were read as parts of this one.
	nested []*template
	// declaredOutputs are read when something asks for them.
	declaredOutputs map[string]*source.Value
	// steps counts the work of evaluating, for its bound, nested templates included.
	steps int
	// matched says which texts match which patterns of parameters.
	matched map[[2]string]bool
}

// A parameter is a declared parameter with the value that it has unless an
// assignment says otherwise.
type parameter struct {
	name    source.String
	typ     string
	value   *source.Value // Str; nil when nothing supplies one
	allowed []string
	noEcho  bool
	given   bool // the user says what it is
}

// A resource is one member of Resources.
type resource struct {
	// id is the logical id, after the template's prefix.
	id         source.String
	typ        string
	body       *source.Value
	properties *source.Value
	condition  string
}

// block is the whole resource, its logical id included.
func (r *resource) block() source.Range { return r.id.Range.Join(r.body.Range) }

func newTemplate(file *source.Source, root *source.Value, env *scanner.Env, diags []source.Diagnostic) *template {
	return newCalledTemplate(file, root, env, diags, nil)
}

// newCalledTemplate is a template as another one calls it.
func newCalledTemplate(file *source.Source, root *source.Value, env *scanner.Env, diags []source.Diagnostic, c *call) *template {
	t := &template{
		file: file, root: root, env: env, call: c, prefix: c.prefix(), parameters: map[string]*parameter{}, conditions: map[string]*source.Value{},
		byID: map[string]*resource{}, told: map[source.Range]bool{},
		types: resourceTypes(), diagnostics: diags, broken: slices.ContainsFunc(diags, func(d source.Diagnostic) bool { return !d.Warning }),
	}
	for _, v := range root.Get("Transform").Elements() {
		t.transforms = append(t.transforms, macroName(v))
	}
	t.readParameters()
	t.hideSecrets()
	hideFaults(diags)
	for _, m := range t.expand(root.Get("Conditions")) {
		t.conditions[m.Name.Value] = m.Value
	}
	t.readResources()
	t.transformServerless()
	for _, r := range t.resources { // the last step: before it they go by their own names
		r.id.Value = t.prefix + r.id.Value
	}
	return t
}

func (t *template) errorf(r source.Range, format string, args ...any) {
	if !t.told[r] {
		t.told[r] = true
		t.diagnostics = append(t.diagnostics, source.Errorf(r, format, args...))
	}
}

// sorted are the diagnostics in order of place, those of nested templates
// included.
func (t *template) sorted() []source.Diagnostic {
	t.gather()
	slices.SortStableFunc(t.diagnostics, func(a, b source.Diagnostic) int { return a.Range.Compare(b.Range) })
	return t.diagnostics
}

// rewritten reports whether a macro of unknown effect changes the template,
// so that what seems missing may be there.
func (t *template) rewritten() bool {
	return slices.ContainsFunc(t.transforms, func(s source.String) bool { return s.Value != languageExtensions })
}

func (t *template) readParameters() {
	section := t.root.Get("Parameters")
	if section == nil || section.Kind != source.Object {
		return
	}
	for _, m := range section.Members {
		p := &parameter{
			name: m.Name, typ: m.Value.Get("Type").Text().Value,
			noEcho: hides(m.Value.Get("NoEcho")),
		}
		for _, a := range m.Value.Get("AllowedValues").Elements() {
			p.allowed = append(p.allowed, a.Text().Value)
		}
		_, given := t.given(m.Name.Value, p.allowed, isList(p.typ))
		p.given = given && !isParameterStore(p.typ)
		p.value = t.supplied(m.Name.Value, m.Value, p.allowed)
		t.parameters[m.Name.Value] = p
	}
}

// supplied is the value given for a parameter, else its default, else the
// only one that it allows.
func (t *template) supplied(name string, declared *source.Value, allowed []string) *source.Value {
	if given, ok := t.given(name, allowed, isList(declared.Get("Type").Text().Value)); ok {
		return source.StringValue(given)
	}
	if d := declared.Get("Default"); d.IsScalar() {
		return source.StringValue(d.Text())
	}
	if d := declared.Get("AllowedValues"); len(allowed) == 1 {
		return source.StringValue(d.Elements()[0].Text())
	}
	return nil
}

func (t *template) readResources() {
	for _, m := range t.expand(t.root.Get("Resources")) {
		if m.Value.Kind == source.Null && t.broken {
			continue
		}
		if m.Value.Kind != source.Object {
			t.errorf(m.Value.Range, "the resource %s is no object", source.Show(m.Name.Value))
			continue
		}
		r := &resource{
			id: m.Name, body: m.Value, typ: m.Value.Get("Type").Text().Value,
			properties: m.Value.Get("Properties"), condition: m.Value.Get("Condition").Text().Value,
		}
		if r.typ == "" && !t.rewritten() {
			t.errorf(m.Name.Range, "the resource %s has no Type", source.Show(m.Name.Value))
			continue
		}
		t.checkProperties(r)
		t.addResource(r)
	}
}

// checkProperties tells of Properties that are no object. No function may make
// them but loops and transforms ("Fn::If" and its kin stand in their values).
func (t *template) checkProperties(r *resource) {
	p := r.properties
	if p == nil || p.Kind == source.Null || t.rewritten() {
		return
	}
	fn, _, ok := intrinsic(p)
	switch {
	case p.Kind != source.Object:
		t.errorf(p.Range, "the Properties of %s are no object", source.Show(r.id.Value))
	case ok && fn != "Fn::Transform" && !strings.HasPrefix(fn, loopPrefix):
		t.errorf(p.Range, "the Properties of %s are no object: %s may stand in their values only", source.Show(r.id.Value), source.Show(fn))
	}
}

// addResource adds a resource in place of one of its logical id.
func (t *template) addResource(r *resource) {
	if t.byID[r.id.Value] != nil {
		t.resources = slices.DeleteFunc(t.resources, func(o *resource) bool { return o.id.Value == r.id.Value })
	}
	t.resources = append(t.resources, r)
	t.byID[r.id.Value] = r
}

// macroName is the name of a macro that is called by it, or with parameters.
func macroName(v *source.Value) source.String {
	if name := v.Get("Name"); name != nil {
		return name.Text()
	}
	return v.Text()
}

// calledMacro is the name of a macro that a member calls.
func calledMacro(m source.Member) source.String {
	name := macroName(m.Value)
	if name.Value == "" {
		name.Value = m.Name.Value
	}
	name.Known, name.Range = true, m.Name.Range
	return name
}

// mapping is a top-level map of Mappings, nil when there is none.
func (t *template) mapping(name string) *source.Value { return t.root.Get("Mappings").Get(name) }

// intrinsic returns the function that a value calls: an object whose only
// member is Ref or begins with Fn::.
func intrinsic(v *source.Value) (fn string, arg *source.Value, ok bool) {
	if v == nil || v.Kind != source.Object || len(v.Members) != 1 {
		return "", nil, false
	}
	m := v.Members[0]
	if m.Name.Value == "Ref" || strings.HasPrefix(m.Name.Value, "Fn::") && !isLoop(m.Name.Value) {
		return m.Name.Value, m.Value, true
	}
	return "", nil, false
}
