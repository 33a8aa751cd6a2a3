package terraform

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// A generator writes random expressions of the language, most of them well
// typed. It counts what it writes, so that a test can tell what was missed.
type generator struct {
	r     *rand.Rand
	names []binding // local values and names of for expressions
	calls *callTable
	count map[string]int // functions and forms by name
	next  int            // number of the next name
}

// A binding is a name in scope, or a path that leads on from one.
type binding struct {
	expr string
	t    cty.Type
}

// fixtures are the local values that expressions refer to.
func fixtures() []struct{ name, expr string } {
	return []struct{ name, expr string }{
		{"f_text", `"a-b/c:d"`},
		{"f_uni", `"é漢😀e\u0301"`},
		{"f_num", `3`},
		{"f_no", `false`},
		{"f_list", `["x", "y", "10", "x"]`},
		{"f_tolist", `tolist(["x", "y", "z"])`},
		{"f_set", `toset(["b", "a", "é"])`},
		{"f_map", `{ a = "1", b = "true", "c d" = "x" }`},
		{"f_tomap", `tomap({ a = 1, b = 2.5 })`},
		{"f_lists", `tomap({ r = ["get", "list"], w = ["put"] })`},
		{"f_obj", `{ name = "n", size = 7, list = [1, "b", null], tags = { x = "y" }, nested = { deep = [{ k = "v" }, { k = "w" }] }, none = null }`},
		{"f_objs", `[{ n = "a", v = 1, l = ["p"] }, { n = "b", v = 2, l = ["q", "r"] }, { n = "c", v = 3, l = [] }]`},
		{"f_through", `[for o in local.f_objs : merge(o, { u = upper(o.n) })]`},
		{"f_chosen", `local.f_num > 2 ? local.f_obj : null`},
		{"f_template", `"<$${v}>%%{ for x in l }$${x},%%{ endfor }"`},
		{"f_single", `"$${v}"`},
	}
}

func shape(attrs map[string]cty.Type) cty.Type { return cty.Object(attrs) }

// fixtureTypes are the types of the local values, as far as paths need them.
func fixtureTypes() map[string]cty.Type {
	s, n := cty.String, cty.Number
	objs := shape(map[string]cty.Type{"n": s, "v": n, "l": cty.List(s)})
	obj := shape(map[string]cty.Type{
		"name": s, "size": n, "list": cty.Tuple([]cty.Type{n, s, s}), "tags": cty.Map(s), "none": s,
		"nested": shape(map[string]cty.Type{"deep": cty.List(cty.Map(s))}),
	})
	return map[string]cty.Type{
		"f_text": s, "f_uni": s, "f_num": n, "f_no": cty.Bool, "f_list": cty.List(s), "f_tolist": cty.List(s), "f_set": cty.Set(s),
		"f_map": cty.Map(s), "f_tomap": cty.Map(n), "f_lists": cty.Map(cty.List(s)), "f_obj": obj, "f_chosen": obj,
		"f_objs": cty.List(objs), "f_through": cty.List(objs),
	}
}

func newGenerator(seed uint64, calls *callTable) *generator {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)), calls: calls, count: map[string]int{}}
	types := fixtureTypes()
	for _, f := range fixtures() {
		if t, ok := types[f.name]; ok {
			g.names = append(g.names, paths(binding{"local." + f.name, t}, 4)...)
		}
	}
	return g
}

// paths are a binding and what can be reached from it.
func paths(b binding, depth int) []binding {
	out := []binding{b}
	if depth == 0 {
		return out
	}
	step := func(suffix string, t cty.Type) { out = append(out, paths(binding{b.expr + suffix, t}, depth-1)...) }
	switch t := b.t; {
	case t.IsObjectType():
		for _, name := range sortedKeys(t.AttributeTypes()) {
			step("."+name, t.AttributeType(name))
		}
		step(`["name"]`, cty.String)
	case t.IsMapType():
		step(".a", t.ElementType())
		step(`["x"]`, t.ElementType())
	case t.IsListType():
		step("[1]", t.ElementType())
		step(".0", t.ElementType())
		if e := t.ElementType(); e.IsObjectType() {
			for _, name := range sortedKeys(e.AttributeTypes()) {
				step("[*]."+name, cty.List(e.AttributeType(name)))
				step(".*."+name, cty.List(e.AttributeType(name)))
			}
		}
	case t.IsTupleType():
		step("[0]", t.TupleElementType(0))
	}
	return out
}

func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.r.IntN(len(list))] }

// anyType is a type of at most that depth.
func (g *generator) anyType(depth int) cty.Type {
	scalars := []cty.Type{cty.String, cty.String, cty.Number, cty.Bool}
	if depth == 0 {
		return pick(g, scalars)
	}
	e := g.anyType(depth - 1)
	switch g.r.IntN(9) {
	case 0, 1:
		return cty.List(e)
	case 2:
		return cty.Set(e)
	case 3:
		return cty.Map(e)
	case 4:
		return shape(map[string]cty.Type{"n": cty.String, "v": e})
	case 5:
		return cty.Tuple([]cty.Type{e, g.anyType(0)})
	}
	return pick(g, scalars)
}

// expr writes an expression of a type, or now and then of another.
func (g *generator) expr(want cty.Type, depth int) string {
	switch {
	case g.chance(3):
		want = g.anyType(2)
	case g.chance(2):
		return "null"
	}
	if depth <= 0 {
		return g.leaf(want)
	}
	switch g.r.IntN(10) {
	case 0, 1, 2, 3:
		return g.callOf(want, depth-1)
	case 4:
		return g.leaf(want)
	case 5, 6:
		return g.general(want, depth-1)
	}
	return g.special(want, depth-1)
}

// leaf writes a literal or a name.
func (g *generator) leaf(want cty.Type) string {
	if g.chance(40) {
		var fit []string
		for _, b := range g.names {
			if b.t.Equals(want) {
				fit = append(fit, b.expr)
			}
		}
		if len(fit) > 0 {
			g.count["reference"]++
			return pick(g, fit)
		}
	}
	if want.IsPrimitiveType() {
		return g.literal(want)
	}
	return g.special(want, 0)
}

func texts() []string {
	return []string{
		"", "a", "A b", "x", "y", "é漢😀", "e\u0301", "10", "-3", "1.50", "true", "null", "a,b,,c", "x:y:z", "  pad\n", "one\ntwo\n", "${x}", "%{ if }",
		"q\"u\\o\te", "0x1F", "arn:aws:iam::123456789012:role/x", "ıİßǅ", "logs:Get*", "<&>", "\u2028", "a.b", "A", "Z", "9007199254740993", "$", "%d %s", "{\"a\": 1}",
	}
}

func numbers() []string {
	return []string{"0", "1", "2", "-1", "3.5", "10", "1e3", "0.1", "0.2", "123456789012345678901234567890", "9007199254740993", "1.5e-7", "-0", "255", "100", "-2.5", "0.30000000000000004"}
}

// quoted is a text as a literal of the language.
func quoted(s string) string { return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes()) }

// literal writes a value without names or operators.
func (g *generator) literal(want cty.Type) string {
	switch {
	case want == cty.String:
		return quoted(pick(g, texts()))
	case want == cty.Number:
		return pick(g, numbers())
	case want == cty.Bool:
		return pick(g, []string{"true", "false"})
	case want.IsListType():
		return "[" + g.literal(want.ElementType()) + "]"
	case want.IsSetType():
		return "toset([" + g.literal(want.ElementType()) + "])"
	case want.IsMapType():
		return "{ a = " + g.literal(want.ElementType()) + " }"
	case want.IsObjectType():
		var items []string
		for _, name := range sortedKeys(want.AttributeTypes()) {
			items = append(items, name+" = "+g.literal(want.AttributeType(name)))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	var items []string
	for _, t := range want.TupleElementTypes() {
		items = append(items, g.literal(t))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// total writes an expression that has a value. What is not taken of a
// conditional or a literal collection has to be total: Terraform refuses the
// whole for its sake, the evaluator takes what is asked for.
func (g *generator) total(want cty.Type, d int) string {
	if d <= 0 || g.chance(40) {
		return g.literal(want)
	}
	return "try(" + g.expr(want, d) + ", " + g.literal(want) + ")"
}

// truth writes a condition that is true or false.
func (g *generator) truth(d int) string {
	if d <= 0 || g.chance(20) {
		return g.literal(cty.Bool)
	}
	return "coalesce(try(tobool(" + g.expr(cty.Bool, d) + "), false), true)"
}

// A form is a way to write an expression of any type.
type form struct {
	name string
	text func() string
}

// general writes a form that any type can have.
func (g *generator) general(want cty.Type, d int) string {
	f := pick(g, append(g.conditionals(want, d), g.selections(want, d)...))
	g.count[f.name]++
	return f.text()
}

func (g *generator) conditionals(want cty.Type, d int) []form {
	a := func() string { return g.total(want, d) }
	other := func() string { return g.total(g.anyType(1), d) }
	return []form{
		{"conditional", func() string { return "(" + g.expr(cty.Bool, d) + " ? " + a() + " : " + a() + ")" }},
		{"conditional", func() string { return "(" + g.truth(d) + " ? " + a() + " : " + a() + ")" }},
		{"conditional with null", func() string { return "(" + g.truth(d) + " ? " + a() + " : null)" }},
		{"conditional of two types", func() string { return "(" + g.truth(d) + " ? " + a() + " : " + other() + ")" }},
	}
}

// selections take one part of something that is written out.
func (g *generator) selections(want cty.Type, d int) []form {
	a := func() string { return g.expr(want, d) }
	b := func() string { return g.total(g.anyType(1), d) }
	return []form{
		{"index of a tuple", func() string { return "[" + b() + ", " + a() + "][1]" }},
		{"legacy index", func() string { return "[" + a() + "].0" }},
		{"computed index", func() string {
			return "[" + g.total(want, d) + ", " + g.total(want, d) + "][" + g.expr(cty.Bool, d) + " ? 0 : 1]"
		}},
		{"attribute", func() string { return "{ k = " + a() + ", o = " + b() + " }.k" }},
		{"index by name", func() string { return `{ "k" = ` + a() + `, o = ` + b() + ` }["k"]` }},
		{"parentheses", func() string { return "(" + a() + ")" }},
		{"for over a tuple", func() string { n := g.fresh(); return "[for x" + n + " in [" + a() + "] : x" + n + "][0]" }},
		{"splat of a scalar", func() string { return "[" + a() + "][*][0]" }},
		{"attribute splat", func() string { return "[{ k = " + g.total(want, d) + " }, { k = " + a() + " }][*].k[1]" }},
		{"template of one expression", func() string { return `"${` + a() + `}"` }},
	}
}

func (g *generator) fresh() string {
	g.next++
	return fmt.Sprint(g.next)
}

// loop writes for expressions whose names it binds while body is written.
func (g *generator) loop(d int, body func(in string) string) string {
	n := g.fresh()
	t := pick(g, []cty.Type{cty.String, cty.Number, shape(map[string]cty.Type{"n": cty.String, "v": cty.Number})})
	coll := pick(g, []func(cty.Type) cty.Type{cty.List, cty.Set, cty.Map})(t)
	source := g.expr(coll, d)
	before := g.names
	defer func() { g.names = before }()
	key := cty.String
	if coll.IsListType() {
		key = cty.Number
	}
	g.names = append(append([]binding{}, before...), binding{"k" + n, key}, binding{"k" + n, key})
	for range 3 { // likely to be used
		g.names = append(g.names, paths(binding{"v" + n, t}, 1)...)
	}
	return body("for k" + n + ", v" + n + " in " + source + " : ")
}

func (g *generator) condition(d int) string {
	if g.chance(40) {
		g.count["for with condition"]++
		return " if " + g.truth(d)
	}
	return ""
}

// special writes a form that fits the type.
func (g *generator) special(want cty.Type, d int) string {
	switch {
	case want == cty.String:
		return g.text(d)
	case want == cty.Number:
		return g.number(d)
	case want == cty.Bool:
		return g.boolean(d)
	case want.IsListType():
		return g.list(want.ElementType(), d)
	case want.IsSetType():
		return "toset(" + g.list(want.ElementType(), d) + ")"
	case want.IsMapType():
		return g.mapping(want.ElementType(), d)
	case want.IsObjectType():
		return g.object(want, d)
	}
	var items []string
	for _, t := range want.TupleElementTypes() {
		items = append(items, g.expr(t, d))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func (g *generator) number(d int) string {
	if d <= 0 && g.chance(60) {
		return pick(g, numbers())
	}
	op := pick(g, []string{"+", "-", "*", "/", "%", "negation"})
	g.count[op]++
	if op == "negation" {
		return "-(" + g.expr(cty.Number, d-1) + ")"
	}
	text := g.expr(cty.Number, d-1) + " " + op + " " + g.expr(cty.Number, d-1)
	if g.chance(70) {
		return "(" + text + ")"
	}
	return text
}

func (g *generator) boolean(d int) string {
	op := pick(g, []string{"==", "!=", "<", "<=", ">", ">=", "&&", "||", "!"})
	g.count[op]++
	t := cty.Number
	switch op {
	case "==", "!=":
		t = g.anyType(1)
	case "&&", "||":
		t = cty.Bool
	case "!":
		return "!(" + g.expr(cty.Bool, d-1) + ")"
	}
	text := g.expr(t, d-1) + " " + op + " " + g.expr(t, d-1)
	if t == cty.Bool {
		// Since 1.12 Terraform does not ask for an operand that decides
		// nothing, as the evaluator does not.
		text = g.expr(t, d-1) + " " + op + " " + g.truth(d-1)
	}
	if g.chance(80) {
		return "(" + text + ")"
	}
	return text
}

func (g *generator) list(t cty.Type, d int) string {
	if d > 0 && g.chance(35) {
		g.count["for list"]++
		return g.loop(d-1, func(in string) string { return "[" + in + g.expr(t, d-1) + g.condition(d-1) + "]" })
	}
	var items []string
	for range g.r.IntN(4) {
		items = append(items, g.expr(t, d-1))
	}
	text := "[" + strings.Join(items, ", ") + "]"
	if g.chance(30) {
		g.count["tolist"]++
		return "tolist(" + text + ")"
	}
	return text
}

func (g *generator) mapping(t cty.Type, d int) string {
	if d > 0 && g.chance(35) {
		g.count["for object"]++
		return g.loop(d-1, func(in string) string {
			return "{" + in + g.expr(cty.String, d-1) + " => " + g.expr(t, d-1) + g.condition(d-1) + "}"
		})
	}
	if d > 0 && t.IsListType() && g.chance(50) {
		g.count["grouping"]++
		return g.loop(d-1, func(in string) string {
			return "{" + in + g.expr(cty.String, d-1) + " => " + g.expr(t.ElementType(), d-1) + "..." + g.condition(d-1) + "}"
		})
	}
	keys := []string{"a", "b", `"c d"`, "(" + g.expr(cty.String, d-1) + ")", `"k${1 + 1}"`, "10", "true"}
	var items []string
	for range g.r.IntN(4) {
		items = append(items, pick(g, keys)+" "+pick(g, []string{"=", ":"})+" "+g.expr(t, d-1))
	}
	text := "{" + strings.Join(items, ", ") + "}"
	if g.chance(30) {
		g.count["tomap"]++
		return "tomap(" + text + ")"
	}
	return text
}

func (g *generator) object(t cty.Type, d int) string {
	var items []string
	for _, name := range sortedKeys(t.AttributeTypes()) {
		items = append(items, name+" = "+g.expr(t.AttributeType(name), d-1))
	}
	return "{" + strings.Join(items, ", ") + "}"
}
