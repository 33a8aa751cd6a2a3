package terraform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// A signature is a function as "terraform metadata functions -json" tells.
type signature struct {
	Return     cty.Type
	Parameters []parameter
	Variadic   *parameter
}

type parameter struct {
	Name string
	Type cty.Type
}

// UnmarshalJSON reads the form of the metadata, whose types are go-cty's.
func (s *signature) UnmarshalJSON(data []byte) error {
	type raw struct {
		Name string          `json:"name"`
		Type json.RawMessage `json:"type"`
	}
	var in struct {
		Return     json.RawMessage `json:"return_type"`
		Parameters []raw           `json:"parameters"`
		Variadic   *raw            `json:"variadic_parameter"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	var err error
	if s.Return, err = ctyjson.UnmarshalType(in.Return); err != nil {
		return err
	}
	for _, p := range in.Parameters {
		t, err := ctyjson.UnmarshalType(p.Type)
		if err != nil {
			return err
		}
		s.Parameters = append(s.Parameters, parameter{p.Name, t})
	}
	if in.Variadic == nil {
		return nil
	}
	t, err := ctyjson.UnmarshalType(in.Variadic.Type)
	s.Variadic = &parameter{in.Variadic.Name, t}
	return err
}

// A caller writes a call of one function, of a type where it can.
type caller func(g *generator, want cty.Type, d int) string

// A callTable knows which functions may give a type.
type callTable struct {
	names      []string
	signatures map[string]signature
	special    map[string]caller
	gives      map[string]string // of the special ones: "any", "list", ...
}

// skipped are functions whose results are not compared: Terraform gives what
// this machine or moment has.
func skipped() []string {
	return []string{"bcrypt", "plantimestamp", "timestamp", "uuid", "issensitive"}
}

func newCallTable(signatures map[string]signature) *callTable {
	t := &callTable{signatures: signatures, special: specialCalls(), gives: map[string]string{}}
	for kind, names := range map[string]string{
		"any":    "coalesce element ephemeralasnull jsondecode lookup nonsensitive one sensitive try yamldecode templatefile",
		"list":   "chunklist coalescelist concat distinct flatten keys matchkeys regexall reverse slice tolist values formatlist csvdecode",
		"map":    "merge tomap zipmap",
		"set":    "setintersection setproduct setsubtract setunion toset",
		"number": "index length parseint sum",
		"string": "format regex abspath templatestring",
		"bool":   "can contains",
	} {
		for _, name := range strings.Fields(names) {
			t.gives[name] = kind
		}
	}
	for _, name := range sortedKeys(signatures) {
		if !strings.HasPrefix(name, "core::") && !slices.Contains(skipped(), name) {
			t.names = append(t.names, name)
		}
	}
	return t
}

func family(t cty.Type) string {
	switch {
	case t == cty.String:
		return "string"
	case t == cty.Number:
		return "number"
	case t == cty.Bool:
		return "bool"
	case t.IsListType() || t.IsTupleType():
		return "list"
	case t.IsSetType():
		return "set"
	}
	return "map"
}

// of are the functions that may give a type.
func (t *callTable) of(want cty.Type) []string {
	var out []string
	kind := family(want)
	for _, name := range t.names {
		given := t.gives[name]
		if given == "" {
			given = family(t.signatures[name].Return)
		}
		if given == "any" || given == kind {
			out = append(out, name)
		}
	}
	return out
}

func (g *generator) callOf(want cty.Type, d int) string {
	return g.call(pick(g, g.calls.of(want)), want, d)
}

// call writes a call of a function by name, now and then with its prefix.
func (g *generator) call(name string, want cty.Type, d int) string {
	g.count["function "+name]++
	full := name
	if g.chance(5) && name != "templatestring" {
		full = "core::" + name
	}
	if f := g.calls.special[name]; f != nil {
		return full + f(g, want, d)
	}
	s := g.calls.signatures[name]
	var args []string
	for _, p := range s.Parameters {
		args = append(args, g.argument(name, p, d))
	}
	if s.Variadic == nil {
		return full + "(" + strings.Join(args, ", ") + ")"
	}
	if g.chance(15) {
		g.count["spread"]++
		return full + "(" + strings.Join(append(args, g.expr(cty.List(s.Variadic.Type), d)), ", ") + "...)"
	}
	for range 1 + g.r.IntN(2) {
		args = append(args, g.argument(name, *s.Variadic, d))
	}
	return full + "(" + strings.Join(args, ", ") + ")"
}

// argument writes an argument: from the samples of the parameter, if it has
// some, or any expression of its type.
func (g *generator) argument(name string, p parameter, d int) string {
	for _, key := range []string{name + "." + p.Name, "*." + p.Name} {
		if list := samples()[key]; list != "" && (strings.HasPrefix(name, "cidr") || g.chance(80)) {
			return pick(g, strings.Split(list, " | "))
		}
	}
	t := p.Type
	if strings.HasPrefix(name, "file") && t == cty.String {
		return quoted("nope")
	}
	if t.HasDynamicTypes() {
		t = g.anyType(1)
		if family(p.Type) != "map" && p.Type != cty.DynamicPseudoType {
			t = pick(g, []cty.Type{cty.List(cty.String), cty.Set(cty.Number), cty.List(cty.Bool), cty.Set(cty.String)})
		}
	}
	if t == cty.Number && smallOnly(name) {
		return pick(g, []string{"0", "1", "2", "3", "-1", "1.5", `"2"`, "true", "8", "16", "null"})
	}
	return g.expr(t, d)
}

// smallOnly names functions that make large values of large numbers.
func smallOnly(name string) bool {
	return slices.Contains(strings.Fields("chunklist cidrhost cidrsubnet cidrsubnets indent log parseint pow range slice substr element"), name)
}

// samples are arguments by function and parameter, "*" for any function.
func samples() map[string]string {
	file := `"x.txt" | "./x.txt" | "sub/a.json" | "nope" | "sub" | "sub/../x.txt" | "${path.module}/x.txt" | "binary.bin" | ""`
	stamp := `"2020-01-02T03:04:05Z" | "2020-02-29T23:59:60Z" | "2019-12-31T23:00:00+02:00" | "2020-01-02" | "2024-02-29T00:00:00.5-07:00"`
	out := map[string]string{
		"base64decode.str":          `"aGk=" | base64encode(local.f_uni) | "aGk" | "/w==" | ""`,
		"basename.path":             `"a/b/c" | "" | "/" | "a/" | "." | "a//b" | local.f_text`,
		"dirname.path":              `"a/b/c" | "" | "/" | "a/" | "." | "a//b/../c" | "../a"`,
		"cidrhost.prefix":           `"10.0.0.0/8" | "2001:db8::/32" | "10.1.2.3/24" | "010.001.0.0/16" | "1.2.3.4" | "0.0.0.0/0" | "10.0.0.0/33"`,
		"cidrhost.hostnum":          `0 | 1 | -1 | 255 | 256 | -257 | 1.5 | 4294967296 | "7"`,
		"cidrsubnet.newbits":        `0 | 1 | 8 | 16 | 33 | 64`,
		"cidrsubnet.netnum":         `0 | 1 | 255 | 256 | 65536`,
		"cidrsubnets.newbits":       `1 | 4 | 4 | 8 | 2 | 33 | 0`,
		"formatdate.format":         `"YYYY-MM-DD" | "hh:mm:ss ZZZZ" | "EEEE, D MMMM YY" | "'at' h AA" | "YY 'x" | "Q" | "HH aa Z" | "MMM EEE ss"`,
		"*.time":                    stamp,
		"*.timestamp":               stamp,
		"*.timestamp_a":             stamp,
		"*.timestamp_b":             stamp,
		"timeadd.duration":          `"1h" | "-10m" | "1h30m5s" | "1x" | "0.5s" | "" | "8760h"`,
		"indent.spaces":             `0 | 1 | 2 | 4 | -1 | 1.5`,
		"log.num":                   `8 | 100 | 1 | 0 | -1 | 2.5 | 1e3`,
		"log.base":                  `2 | 10 | 0 | 2.718`,
		"pow.num":                   `2 | 3.5 | -2 | 0 | 10`,
		"pow.power":                 `0 | 1 | 2 | 10 | -1 | 0.5`,
		"range.limits":              `0 | 3 | 5 | -2 | 0.5 | 1`,
		"regexall.pattern":          `"[a-z]" | "(?P<k>[a-z])-?" | "([a-z])(.)?" | "x*" | "(" | "" | "\\d+" | "[é漢]" | "(?i)A"`,
		"replace.substr":            `"/" | "/[a-z]/" | "/(?P<x>[a-c])-(.)/" | "/(/" | "//" | "-" | "" | ":" | "é"`,
		"replace.replace":           `"" | "$1" | "$x" | "$${2}" | "_" | "$$" | "é"`,
		"textdecodebase64.source":   `"YQA=" | "6Q==" | "aGk=" | "/w==" | "!"`,
		"textdecodebase64.encoding": `"UTF-16LE" | "UTF-8" | "latin1" | "windows-1252" | "nope" | "US-ASCII" | "Shift_JIS"`,
		"textencodebase64.encoding": `"UTF-16LE" | "UTF-8" | "latin1" | "windows-1252" | "nope" | "utf-16be" | "GBK"`,
		"uuidv5.namespace":          `"dns" | "url" | "oid" | "x500" | "6ba7b810-9dad-11d1-80b4-00c04fd430c8" | "nope" | "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"`,
		"rsadecrypt.ciphertext":     `file("cipher.txt") | file("cipher.txt") | file("cipher.txt") | "aGk=" | "!"`,
		"rsadecrypt.privatekey":     `file("key.pem") | file("key.pem") | "x"`,
		"substr.offset":             `0 | 1 | -1 | -2 | 5 | 100`,
		"substr.length":             `0 | 1 | 2 | -1 | 100`,
		"trim.cutset":               `"a" | " \n" | "" | "ab-" | "é"`,
		"trimprefix.prefix":         `"a" | "" | "a-" | "e" | "é"`,
		"trimsuffix.suffix":         `"d" | "" | "\n" | ":d"`,
		"split.separator":           `"," | ":" | "" | "x" | "-" | "é"`,
		"join.separator":            `"," | "" | "-" | "é"`,
		"fileset.path":              `"." | "sub" | "nope" | "./sub/.." | path.module`,
		"fileset.pattern":           `"*" | "**" | "**/*" | "*.txt" | "sub/*" | "*.{txt,json}" | "[" | "s?b/*" | "**/a.*" | "{sub,nope}/*" | "[a-x]*.*" | ""`,
		"strcontains.substr":        `"a" | "" | ":" | "é" | "😀"`,
		"startswith.prefix":         `"a" | "" | "é" | "a-b"`,
		"endswith.suffix":           `"d" | "" | "\n" | "é"`,
	}
	for _, name := range strings.Fields("file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 filesha1 filesha256 filesha512") {
		out[name+".path"] = file
	}
	out["cidrnetmask.prefix"], out["cidrsubnet.prefix"], out["cidrsubnets.prefix"] = out["cidrhost.prefix"], out["cidrhost.prefix"], out["cidrhost.prefix"]
	return out
}

// specialCalls are the functions whose arguments depend on one another.
func specialCalls() map[string]caller {
	list := func(g *generator, want cty.Type) cty.Type {
		e := g.anyType(0)
		switch {
		case want.IsListType() || want.IsSetType() || want.IsMapType():
			e = want.ElementType()
		}
		return pick(g, []cty.Type{cty.List(e), cty.List(e), cty.Set(e)})
	}
	one := func(t func(g *generator, want cty.Type) cty.Type) caller {
		return func(g *generator, want cty.Type, d int) string { return "(" + g.expr(t(g, want), d) + ")" }
	}
	many := func(t func(g *generator, want cty.Type) cty.Type) caller {
		return func(g *generator, want cty.Type, d int) string {
			if g.chance(15) {
				g.count["spread"]++
				return "([" + g.expr(t(g, want), d) + ", " + g.expr(t(g, want), d) + "]...)"
			}
			var args []string
			for range 1 + g.r.IntN(3) {
				args = append(args, g.expr(t(g, want), d))
			}
			return "(" + strings.Join(args, ", ") + ")"
		}
	}
	same := func(_ *generator, want cty.Type) cty.Type { return want }
	anything := func(g *generator, _ cty.Type) cty.Type { return g.anyType(2) }
	mapping := func(g *generator, want cty.Type) cty.Type {
		e := g.anyType(0)
		if want.IsListType() || want.IsMapType() {
			e = want.ElementType()
		}
		return pick(g, []cty.Type{cty.Map(e), cty.Map(e), shape(map[string]cty.Type{"n": cty.String, "v": e})})
	}
	out := map[string]caller{
		"can": one(anything), "coalesce": many(same), "coalescelist": many(list), "compact": one(list), "concat": many(list), "distinct": one(list),
		"ephemeralasnull": one(same), "jsonencode": one(anything), "keys": one(mapping), "merge": many(mapping), "nonsensitive": one(same), "one": one(list),
		"reverse": one(list), "sensitive": one(same), "setproduct": many(list), "sort": one(list), "try": many(same), "values": one(mapping), "yamlencode": one(anything),
		"length": one(func(g *generator, _ cty.Type) cty.Type {
			return pick(g, []cty.Type{cty.String, g.anyType(2), cty.Map(cty.String)})
		}),
		"sum":   one(func(*generator, cty.Type) cty.Type { return cty.List(cty.Number) }),
		"tomap": one(mapping), "tolist": one(list), "toset": one(list),
		"setintersection": many(list), "setunion": many(list),
		"tobool":   one(convertible(cty.Bool)),
		"tonumber": one(convertible(cty.Number)),
		"tostring": one(convertible(cty.String)),
	}
	addPairs(out)
	addTexts(out)
	return out
}

// convertible is mostly a scalar.
func convertible(t cty.Type) func(*generator, cty.Type) cty.Type {
	return func(g *generator, _ cty.Type) cty.Type { return pick(g, []cty.Type{t, t, g.anyType(0), g.anyType(1)}) }
}

// addPairs adds the functions of a collection and something that fits it.
func addPairs(out map[string]caller) {
	out["chunklist"] = func(g *generator, _ cty.Type, d int) string {
		return "(" + g.expr(cty.List(g.anyType(0)), d) + ", " + pick(g, []string{"0", "1", "2", "5", "-1"}) + ")"
	}
	out["contains"] = func(g *generator, _ cty.Type, d int) string {
		e := g.anyType(1)
		return "(" + g.expr(pick(g, []cty.Type{cty.List(e), cty.Set(e)}), d) + ", " + g.expr(e, d) + ")"
	}
	out["index"] = func(g *generator, _ cty.Type, d int) string {
		e := g.anyType(0)
		item := g.expr(e, d)
		return "([" + g.expr(e, d) + ", " + item + "], " + item + ")"
	}
	out["element"] = func(g *generator, want cty.Type, d int) string {
		return "(" + g.expr(cty.List(want), d) + ", " + pick(g, []string{"0", "1", "3", "1.5", "null", `"1"`}) + ")"
	}
	out["flatten"] = func(g *generator, _ cty.Type, d int) string {
		e := cty.List(g.anyType(1))
		return "([" + g.expr(e, d) + ", " + g.expr(cty.List(e), d) + "])"
	}
	out["lookup"] = func(g *generator, want cty.Type, d int) string {
		text := "(" + g.expr(cty.Map(want), d) + ", " + pick(g, []string{`"a"`, `"b"`, `"z"`, "null"})
		if g.chance(70) {
			text += ", " + g.expr(want, d)
		}
		return text + ")"
	}
	out["matchkeys"] = func(g *generator, want cty.Type, d int) string {
		return "([" + g.expr(cty.String, d) + ", " + g.expr(cty.String, d) + "], [\"a\", " + g.expr(cty.String, d) + "], " + g.expr(cty.List(cty.String), d) + ")"
	}
	out["parseint"] = func(g *generator, _ cty.Type, _ int) string {
		return "(" + pick(g, []string{`"ff"`, `"101"`, `"-7f"`, `"zZ"`, `""`, `"9007199254740993123"`, "12", "null", `"1.5"`}) + ", " + pick(g, []string{"2", "10", "16", "16", "36", "62", "63", "1"}) + ")"
	}
	out["slice"] = func(g *generator, want cty.Type, d int) string {
		return "(" + g.expr(cty.List(g.anyType(0)), d) + ", " + pick(g, []string{"0", "0", "1", "-1", "2"}) + ", " + pick(g, []string{"0", "0", "1", "2", "9"}) + ")"
	}
	out["setsubtract"] = func(g *generator, _ cty.Type, d int) string {
		e := g.anyType(0)
		return "(" + g.expr(cty.Set(e), d) + ", " + g.expr(cty.List(e), d) + ")"
	}
	out["zipmap"] = func(g *generator, _ cty.Type, d int) string {
		return "([" + g.expr(cty.String, d) + ", \"k\"], " + g.expr(pick(g, []cty.Type{cty.List(cty.String), cty.Tuple([]cty.Type{cty.Number, cty.String})}), d) + ")"
	}
	// Before 1.12 Terraform took no fraction.
	out["signum"] = func(g *generator, _ cty.Type, _ int) string {
		return "(" + pick(g, []string{"3", "-7", "0", `"12"`, "null"}) + ")"
	}
	out["coalescelist"] = func(g *generator, want cty.Type, d int) string {
		return "([], " + g.expr(cty.List(g.anyType(0)), d) + ", [1])"
	}
	out["alltrue"] = func(g *generator, _ cty.Type, d int) string { return "(" + g.expr(cty.List(cty.Bool), d) + ")" }
	out["anytrue"] = out["alltrue"]
}

// addTexts adds the functions that read a text of a syntax of its own.
func addTexts(out map[string]caller) {
	out["csvdecode"] = func(g *generator, _ cty.Type, _ int) string {
		return "(" + quoted(pick(g, []string{"a,b\n1,2\n", "a\n", "", "a,b\n1\n", "a,a\n1,2\n", "a,b\n\"x,y\",\"z\"\"\"\n3,é\n", "a\r\n1\r\n"})) + ")"
	}
	out["jsondecode"] = func(g *generator, want cty.Type, d int) string {
		if g.chance(60) {
			return "(jsonencode(" + g.expr(want, d) + "))"
		}
		return "(" + quoted(pick(g, []string{"{}", "[1, \"a\", null, 1.50, true]", "{\"a\":{\"b\":[]}}", "1e3", "\"é\\u00e9\\ud83d\\ude00\"", "{\"a\":1,\"a\":2}", "[", "", "null", " 12 ", "{\"\":1}", "nul", "1 2"})) + ")"
	}
	out["yamldecode"] = func(g *generator, want cty.Type, d int) string {
		if g.chance(50) {
			return "(yamlencode(" + g.expr(want, d) + "))"
		}
		return "(" + quoted(pick(g, []string{"a: 1\nb: [x, ~, 0x1F, 1.5, yes]\n", "- a\n- b: c\n", "a: &x {b: 1}\nc: *x\n", "a: |\n  text\n  more\n", "<<: {a: 1}\nb: 2\n", "", "a: 2020-01-01", "!!str 12", "a: !!binary aGk=", "[", "x: 012", "x: 1e3", "\"é\"", "---\na: 1\n---\nb: 2\n", "- 1\n- null\n- true\n- 'no'\n"})) + ")"
	}
	out["regex"] = func(g *generator, _ cty.Type, d int) string {
		pattern := pick(g, []string{"[a-z]+", "(?P<first>[a-z])(?P<rest>.*)", "([a-z])(-)?", "x", "(", "^$", ".", "(é)?"})
		return "(" + quoted(pattern) + ", " + g.expr(cty.String, d) + ")"
	}
	format := func(g *generator, _ cty.Type, d int) string {
		form := pick(g, []string{"%s", "%s-%v", "%d", "%05.2f", "%q", "%t", "%%", "%#v", "%x", "%X", "%o", "%b", "%e", "%g", "%+d", "%-6s|", "%6s|", "%.2s", "%[2]s %[1]s", "%[1]d %[1]x", "%s %s %s", "%z", "%", "plain", "é%5sé", "%*d", "%v", "%#q", "% d", "%c"})
		args := quoted(form)
		for range g.r.IntN(3) {
			args += ", " + g.expr(g.anyType(1), d)
		}
		return "(" + args + ")"
	}
	out["format"], out["formatlist"] = format, format
	out["abspath"] = func(g *generator, _ cty.Type, _ int) string {
		return "(" + pick(g, []string{`"."`, `"x.txt"`, `"sub/.."`, `""`}) + `) == abspath(".")`
	}
	out["pathexpand"] = func(g *generator, _ cty.Type, d int) string {
		return "(" + pick(g, []string{`"a/b"`, `""`, `"./~"`, `"/x"`}) + ")"
	}
	out["templatefile"] = func(g *generator, want cty.Type, d int) string {
		file := pick(g, []string{"greet.tftpl", "greet.tftpl", "single.tftpl", "nested.tftpl", "x.txt", "nope"})
		return fmt.Sprintf("(%q, { name = %s, list = %s, x = %s })", file, g.expr(cty.String, d), g.expr(cty.List(cty.String), d), g.expr(want, d))
	}
	out["templatestring"] = func(g *generator, want cty.Type, d int) string {
		vars := fmt.Sprintf("{ v = %s, l = %s }", g.expr(cty.String, d), g.expr(cty.List(cty.String), d))
		return "(" + pick(g, []string{"local.f_template", "local.f_single", "local.f_text"}) + ", " + vars + ")"
	}
}
