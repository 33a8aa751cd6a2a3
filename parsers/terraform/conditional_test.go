package terraform

import (
	"testing"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/scanner"
)

// TestResultTypes: a conditional has the type that both of its branches have
// in common, also where only a part of it is asked for.
func TestResultTypes(t *testing.T) {
	for expr, want := range map[string]string{
		`true ? 1 : "a"`:                            `"string" "1"`,
		`true ? [1] : ["a"]`:                        `["tuple",["string"]] ["1"]`,
		`true ? ["a", "b"] : []`:                    `["list","string"] ["a","b"]`,
		`true ? { a = 1, b = "x" } : {}`:            `["map","string"] {"a":"1","b":"x"}`,
		`true ? { a = 1 } : { a = "x" }`:            `["object",{"a":"string"}] {"a":"1"}`,
		`(true ? { a = 1, b = "x" } : {}).a`:        `"string" "1"`,
		`(true ? [1, 2] : ["a"])[1]`:                `"string" "2"`,
		`[for v in true ? [1] : ["a"] : v]`:         `["tuple",["string"]] ["1"]`,
		`false ? "a" : null`:                        `"string" null`,
		`false ? ["a"] : null`:                      `["tuple",["string"]] null`,
		`true ? 1 : []`:                             failed,
		`true ? { a = 1 } : [1]`:                    failed,
		`null ? 1 : 2`:                              failed,
		`"yes" ? 1 : 2`:                             failed,
		`"true" ? 1 : 2`:                            `"number" 1`,
		`[for v in ["a"] : v if null]`:              failed,
		`[for v in ["a"] : v if []]`:                failed,
		`true ? 1 : local.nowhere`:                  `"number" 1`,
		`try([null, 1]...)`:                         `"dynamic" null`,
		`can(["a"]...)`:                             `"bool" true`,
		`concat(null...)`:                           failed,
		`concat("a"...)`:                            failed,
		`concat({ a = [] }...)`:                     failed,
		`true ? local.open : 1`:                     unknownAnswer,
		`true ? { a = local.open } : { a = 1 }`:     unknownAnswer,
		`local.open ? 1 : 1`:                        `"number" 1`,
		`local.open ? 1 : 2`:                        unknownAnswer,
		`false ? local.open : { a = 1, b = ["x"] }`: `["object",{"a":"number","b":["tuple",["string"]]}] {"a":1,"b":["x"]}`,
	} {
		text := "variable \"open\" {}\nlocals {\n  open = timestamp()\n  e0 = " + expr + "\n}\n"
		got := evaluatedIn(t, &scanner.Env{FS: fstest.MapFS{"main.tf": {Data: []byte(text)}}, Jobs: 1}, 1)[0]
		if want == failed && got != unknownAnswer && got[:5] == "error" {
			continue
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", expr, got, want)
		}
	}
}

// TestBuiltinsByTheirFullName: a function means the same with its prefix,
// also to those who look through it.
func TestBuiltinsByTheirFullName(t *testing.T) {
	for expr, want := range map[string]string{
		`core::coalescelist([], ["a"])`:         `["a"]`,
		`core::coalesce(null, "a")`:             `"a"`,
		`core::reverse(["a", "b"])`:             `["b", "a"]`,
		`core::try(local.nowhere, ["a"])`:       `["a"]`,
		`core::merge({ a = 1 }, { b = 2 })`:     `{"a": "1", "b": "2"}`,
		`core::one([["a"]])`:                    `["a"]`,
		`coalescelist("a", ["b"])`:              `["b"]`,
		`core::concat(["a"], core::tolist([]))`: `["a"]`,
	} {
		fsys := fstest.MapFS{"main.tf": {Data: []byte("locals {\n  e0 = " + expr + "\n}\n")}}
		e := newModule(t, &scanner.Env{FS: fsys, Jobs: 1})
		p := e.local(e.root, "e0")
		if got := treeText(e.read(p.site.expr, p.site.sc, elementLevel)); got != want {
			t.Errorf("%s\n got %s\nwant %s", expr, got, want)
		}
	}
}

// TestImpureFunctions: what a function takes from the machine or the moment
// is unknown, as is what a provider computes.
func TestImpureFunctions(t *testing.T) {
	for _, expr := range []string{
		`timestamp()`, `plantimestamp()`, `uuid()`, `bcrypt("a")`, `bcrypt("a", 5)`, `core::uuid()`, `pathexpand("~/x")`,
		`provider::acme::secret("a")`, `"${uuid()}-x"`, `[timestamp()]`, `{ a = uuid() }`, `upper(timestamp())`, `length(uuid()) > 1`,
	} {
		fsys := fstest.MapFS{"main.tf": {Data: []byte("locals {\n  e0 = " + expr + "\n}\n")}}
		if got := evaluatedIn(t, &scanner.Env{FS: fsys, Jobs: 1}, 1)[0]; got != unknownAnswer {
			t.Errorf("%s gives %s", expr, got)
		}
	}
}
