package cloudformation

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bounds on what the variables of one service may bring about.
const (
	maxVariableDepth = 100
	maxVariableSteps = 100_000
	maxVariableNodes = 200_000
	maxVariableText  = 1 << 18
	maxServiceFiles  = 200
)

// variables works out the variables of a service file, such as
// ${self:custom.name} (Serverless Framework documentation, "Variables"). What
// only a deployment knows becomes a hole; a default is taken and noted.
type variables struct {
	lib  *library
	env  *scanner.Env
	file *source.Source
	root *source.Value
	done map[*source.Value]*source.Value
	size map[*source.Value]int
	// visiting holds what is being worked out, against circles.
	visiting map[*source.Value]bool
	files    map[string]*source.Value

	steps, depth int
	notes        []model.Unresolved
	noted        map[string]bool
	told         map[string]bool
	diagnostics  []source.Diagnostic
}

func newVariables(lib *library, env *scanner.Env, file *source.Source, root *source.Value) *variables {
	return &variables{
		lib: lib, env: env, file: file, root: root, done: map[*source.Value]*source.Value{}, size: map[*source.Value]int{},
		visiting: map[*source.Value]bool{}, files: map[string]*source.Value{}, noted: map[string]bool{}, told: map[string]bool{},
	}
}

// unresolved are the notes; those whose hole access holds bear on it.
func (x *variables) unresolved(access string) []model.Unresolved {
	held := map[string]bool{}
	for _, p := range source.Pieces(access) {
		held[p.Label] = p.IsHole()
	}
	out := slices.Clone(x.notes)
	for i := range out {
		out[i].Bears = held[out[i].Expression]
	}
	return out
}

func (x *variables) fault(at source.Range, message string) {
	d := source.Errorf(at, "%s", message)
	if !x.told[d.Message] {
		x.told[d.Message] = true
		x.diagnostics = append(x.diagnostics, d)
	}
}

// value is a value with its variables worked out.
func (x *variables) value(v *source.Value) *source.Value {
	if out, ok := x.done[v]; ok {
		return out
	}
	x.steps++
	switch {
	case x.visiting[v]:
		x.fault(v.Range, "read variable: it leads back to itself")
		return source.UnreadValue("a variable that leads back to itself", v.Range)
	case x.steps > maxVariableSteps || x.depth > maxVariableDepth:
		x.fault(x.file.Range(0, 0), "read variables: more steps than the limit")
		return source.UnreadValue("a variable that was not read", v.Range)
	}
	x.visiting[v] = true
	x.depth++
	out := x.resolve(v)
	x.depth--
	delete(x.visiting, v)
	if x.measure(out) > maxVariableNodes {
		x.fault(v.Range, "read variables: they bring more than the limit")
		out = source.UnreadValue("variables that bring too much", v.Range)
	}
	x.done[v] = out
	return out
}

func (x *variables) resolve(v *source.Value) *source.Value {
	switch v.Kind {
	case source.Str:
		return x.text(v)
	case source.List:
		c := *v
		c.Items = make([]*source.Value, len(v.Items))
		for i, item := range v.Items {
			c.Items[i] = x.value(item)
		}
		return &c
	case source.Object:
		c := *v
		c.Members = slices.Clone(v.Members)
		for i, m := range v.Members {
			c.Members[i].Value = x.value(m.Value)
		}
		return &c
	}
	return v
}

// measure counts the values of a tree whose parts were measured before.
func (x *variables) measure(v *source.Value) int {
	if n, ok := x.size[v]; ok {
		return n
	}
	n := 1
	for _, i := range v.Items {
		n += x.size[i]
	}
	for _, m := range v.Members {
		n += x.size[m.Value]
	}
	x.size[v] = min(n, maxVariableNodes+1)
	return x.size[v]
}

// text is a scalar with its variables: one variable alone brings any value.
func (x *variables) text(v *source.Value) *source.Value {
	parts := variableParts(v.Scalar.Value)
	if len(parts) == 1 && parts[0].name != "" {
		return x.brought(x.variable(parts[0].name, v.Range), v.Range)
	}
	var b strings.Builder
	changed := false
	for _, p := range parts {
		if p.name == "" {
			b.WriteString(v.Scalar.Value[p.start:p.end])
			continue
		}
		changed = true
		b.WriteString(x.scalar(x.variable(p.name, v.Range), p.name))
		if b.Len() > maxVariableText {
			x.fault(v.Range, "read variables: the text is longer than the limit")
			return source.UnreadValue("a text that is too long", v.Range)
		}
	}
	if !changed {
		return v
	}
	return source.StringValue(source.NewString(b.String(), v.Range))
}

func (x *variables) scalar(v *source.Value, name string) string {
	if v.IsScalar() || v.Kind == source.Unread {
		return v.Scalar.Value
	}
	return source.Hole(source.HoleFree, source.Show(name))
}

// brought is a scalar as the variable at r brings it; a tree stays where it
// was written.
func (x *variables) brought(v *source.Value, r source.Range) *source.Value {
	if !v.IsScalar() || v.Range == r {
		return v
	}
	c := *v
	c.Origin, c.Range = origin(v.Origin, v.Range), r
	c.Scalar.Origin, c.Scalar.Range = origin(v.Scalar.Origin, v.Scalar.Range), r
	return &c
}

// variableParts cuts a text into text and variables. What is no variable of
// the framework, such as ${AWS::Region}, is text.
func variableParts(s string) []subPart {
	var out []subPart
	from := 0
	for at := 0; at < len(s); {
		i := strings.Index(s[at:], "${")
		if i < 0 {
			break
		}
		start := at + i
		end := closing(s, start+2)
		if end < 0 {
			break
		}
		if !isVariable(s[start+2 : end]) {
			at = start + 2
			continue
		}
		if start > from {
			out = append(out, subPart{start: from, end: start})
		}
		out = append(out, subPart{start: start, end: end + 1, name: s[start+2 : end]})
		at, from = end+1, end+1
	}
	if from < len(s) {
		out = append(out, subPart{start: from, end: len(s)})
	}
	return out
}

// closing is where the brace closes that opened before from, -1 for nowhere.
func closing(s string, from int) int {
	depth := 1
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// isVariable reports whether the inside of ${} begins with a source, as
// self: or file( do and Logical.Attribute and AWS::Region do not.
func isVariable(s string) bool {
	s = strings.TrimSpace(s)
	n := 0
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || n > 0 && (s[n] >= '0' && s[n] <= '9' || s[n] == '-')) {
		n++
	}
	if n == 0 || n == len(s) {
		return false
	}
	switch s[n] {
	case ':':
		return !strings.HasPrefix(s[n:], "::")
	case '(':
		return true
	case '.':
		return strings.HasPrefix(s, "cf.") || strings.HasPrefix(s, "ssm.")
	}
	return false
}

// variable works out the inside of ${}: sources in order, the first that has
// a value counts.
func (x *variables) variable(inner string, at source.Range) *source.Value {
	inner = x.inner(inner, at)
	choices := alternatives(inner)
	var outside *model.Unresolved
	for _, c := range choices {
		v, missing := x.choice(c, at)
		if v != nil {
			if outside != nil {
				outside.Assumed = "its default"
				x.note(*outside)
			}
			return v
		}
		if outside == nil && missing != "" {
			outside = &model.Unresolved{Range: at, Expression: source.Show(c), Missing: missing}
		}
	}
	label := source.Show(choices[0])
	if outside == nil {
		outside = &model.Unresolved{Range: at, Expression: label, Missing: "the service has no " + label}
	}
	kind := kindByName(label[strings.LastIndexAny(label, ":.")+1:])
	outside.Expression, outside.Assumed = label, assumed(kind)
	x.note(*outside)
	if outside.Assumed == assumed(source.HoleFree) {
		return source.UnreadValue(label, at)
	}
	return source.StringValue(source.Unknown(kind, label, at))
}

func (x *variables) note(n model.Unresolved) {
	if !x.noted[n.Expression] {
		x.noted[n.Expression] = true
		x.notes = append(x.notes, n)
	}
}

// inner works out the variables inside of a variable.
func (x *variables) inner(s string, at source.Range) string {
	var b strings.Builder
	for _, p := range variableParts(s) {
		if p.name == "" {
			b.WriteString(s[p.start:p.end])
			continue
		}
		if x.depth++; x.depth > maxVariableDepth || b.Len() > maxVariableText {
			x.fault(at, "read variables: they are nested deeper than the limit")
			x.depth--
			return s
		}
		b.WriteString(x.scalar(x.variable(p.name, at), p.name))
		x.depth--
	}
	return b.String()
}

// alternatives cuts at commas outside of quotes and parentheses.
func alternatives(s string) []string {
	var out []string
	var quote byte
	depth, from := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth--
		case c == ',' && depth == 0:
			out = append(out, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// choice is the value of one source; without one, missing says why it is not
// known, empty when the file itself lacks it.
func (x *variables) choice(s string, at source.Range) (v *source.Value, missing string) {
	if v := literalChoice(s, at); v != nil {
		return v, ""
	}
	name, address, _ := strings.Cut(s, ":")
	switch {
	case name == "self":
		return x.lookup(address), ""
	case strings.HasPrefix(s, "file("):
		return x.included(s)
	case name == "param":
		if v := x.lookup("params.default." + address); v != nil {
			return v, ""
		}
		return nil, "the parameter " + source.Show(address) + " of the framework is given when the service is packaged"
	case s == "sls:stage":
		return x.lookup("provider.stage"), ""
	case s == "aws:region":
		return source.StringValue(source.Unknown(source.HoleRegion, "", at)), ""
	case s == "aws:accountId":
		return x.account(at), ""
	case name == "opt":
		return nil, "the option --" + source.Show(address) + " is given when the service is packaged"
	case name == "env":
		return nil, "the environment variable " + source.Show(address) + " is read when the service is packaged"
	}
	return nil, "it is looked up when the service is packaged"
}

func (x *variables) account(at source.Range) *source.Value {
	if x.env.Account != "" {
		return textAt(x.env.Account, at)
	}
	return source.StringValue(source.Unknown(source.HoleSelf, "", at))
}

// literalChoice is a default in quotes, a number or a boolean.
func literalChoice(s string, at source.Range) *source.Value {
	if n := len(s); n >= 2 && (s[0] == '\'' || s[0] == '"') && s[n-1] == s[0] {
		return textAt(s[1:n-1], at)
	}
	if s == "true" || s == "false" {
		return &source.Value{Kind: source.Bool, Scalar: source.NewString(s, at), Range: at}
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return &source.Value{Kind: source.Number, Scalar: source.NewString(s, at), Range: at}
	}
	return nil
}

// lookup is a part of the service by its address, nil when there is none. The
// stage is dev where nothing names one ("provider.stage").
func (x *variables) lookup(address string) *source.Value {
	v := x.part(x.root, address)
	if v == nil && address == "provider.stage" {
		return textAt("dev", x.root.Range)
	}
	return v
}

func (x *variables) part(v *source.Value, address string) *source.Value {
	for _, name := range strings.FieldsFunc(address, func(r rune) bool { return r == '.' }) {
		if v != nil && v.Kind == source.Str {
			v = x.value(v)
		}
		if v == nil {
			return nil
		}
		if v.Kind == source.Unread {
			return v
		}
		if i, err := strconv.Atoi(name); err == nil && v.Kind == source.List {
			if i < 0 || i >= len(v.Items) {
				return nil
			}
			v = v.Items[i]
			continue
		}
		v = v.Get(name)
	}
	if v == nil {
		return nil
	}
	return x.value(v)
}

// included is file(path), with an address inside of it after a colon. Code is
// not run.
func (x *variables) included(s string) (v *source.Value, missing string) {
	name, rest, ok := strings.Cut(s[len("file("):], ")")
	address, _ := strings.CutPrefix(rest, ":")
	name = path.Join(path.Dir(x.file.Path), strings.TrimSpace(name))
	switch ext := strings.ToLower(path.Ext(name)); {
	case !ok || source.HasMark(s):
		return nil, "the name of the file is not known"
	case slices.Contains([]string{".js", ".cjs", ".mjs", ".ts"}, ext):
		return nil, "the file " + name + " is code, which is not run"
	}
	root, err := x.read(name)
	switch {
	case err != nil:
		return nil, "the file " + name + " " + err.Error()
	case root == nil:
		return nil, "the file " + name + " could not be read"
	}
	return x.part(root, address), ""
}

// read reads a file of values once. What it holds has variables of its own.
func (x *variables) read(name string) (*source.Value, error) {
	if v, ok := x.files[name]; ok {
		return v, nil
	}
	if len(x.files) >= maxServiceFiles {
		return nil, errTooManyFiles
	}
	d, err := x.lib.open(name)
	if err != nil {
		return nil, err
	}
	v, diags := d.tree()
	x.diagnostics = append(x.diagnostics, diags...)
	x.files[name] = v
	return v, nil
}

var errTooManyFiles = errors.New("is one file more than the limit")
