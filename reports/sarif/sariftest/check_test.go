package sariftest

import (
	"strings"
	"testing"
)

// A recorder takes errors instead of failing.
type recorder struct {
	testing.TB
	errors int
}

func (r *recorder) Errorf(string, ...any) { r.errors++ }
func (r *recorder) Fatalf(string, ...any) { r.errors++ }

// A gate that cannot fail proves nothing.
func TestCheckFindsFaults(t *testing.T) {
	good := `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{
"tool":{"driver":{"name":"iamwatch","version":"1.0.0","semanticVersion":"1.0.0","informationUri":"https://example.com","rules":[
{"id":"IW202","name":"Wild","shortDescription":{"text":"A."+""},"fullDescription":{"text":"A."},"helpUri":"https://example.com/p",
"help":{"text":"x","markdown":"## Risk\n## Example\n## Fix\n## Exceptions\n## References\nhttps://example.com/p"},
"defaultConfiguration":{"level":"error"},"properties":{"tags":["security","aws","iam"],"precision":"high","problem.severity":"error","security-severity":"8.0"}}]}},
"automationDetails":{"id":"iamwatch/iac/"},"columnKind":"utf16CodeUnits","originalUriBaseIds":{"%SRCROOT%":{"description":{"text":"Root."}}},
"invocations":[{"executionSuccessful":true}],
"results":[{"ruleId":"IW202","ruleIndex":0,"level":"error","message":{"text":"A."},
"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.tf","uriBaseId":"%SRCROOT%"},"region":{"startLine":1,"startColumn":1,"endLine":1,"endColumn":2},
"contextRegion":{"startLine":1,"startColumn":1,"endLine":1,"endColumn":9}}}],
"partialFingerprints":{"primaryLocationLineHash":"ab:1"},"fingerprints":{"iamwatch/v1":"FINGERPRINT"}}]}]}
`
	good = strings.NewReplacer(`+""`, "", "FINGERPRINT", strings.Repeat("0a", 32)).Replace(good)
	r := &recorder{TB: t}
	if Check(r, []byte(good), nil); r.errors > 0 {
		t.Fatalf("the good report has %d faults", r.errors)
	}
	tests := map[string][2]string{
		"null":                 {`"executionSuccessful":true`, `"executionSuccessful":null`},
		"no newline":           {"}\n", "}"},
		"repeated name":        {`"level":"error","message"`, `"level":"error","level":"error","message"`},
		"key id":               {`"text":"A."},` + "\n" + `"locations"`, `"text":"A AKIA` + `ABCDEFGHIJKLMNOP."},` + "\n" + `"locations"`},
		"category":             {"iamwatch/iac/", "iamwatch/iac"},
		"severity number":      {`"8.0"`, `8.0`},
		"level":                {`"ruleIndex":0,"level":"error"`, `"ruleIndex":0,"level":"note"`},
		"rule index":           {`"ruleIndex":0`, `"ruleIndex":1`},
		"absolute uri":         {`"a.tf"`, `"/a.tf"`},
		"parent uri":           {`"a.tf"`, `"../a.tf"`},
		"space in uri":         {`"a.tf"`, `"a b.tf"`},
		"empty region":         {`"endColumn":2`, `"endColumn":1`},
		"context":              {`"endColumn":9`, `"endColumn":1`},
		"link":                 {`{"text":"A."},` + "\n" + `"locations"`, `{"text":"A [x](1)."},` + "\n" + `"locations"`},
		"hash":                 {`"ab:1"`, `"ab:0"`},
		"fingerprint":          {`"0a`, `"zz`},
		"failed silently":      {`"executionSuccessful":true`, `"executionSuccessful":false`},
		"no column kind":       {"utf16CodeUnits", "unicodeCodePoints"},
		"no period":            {`"fullDescription":{"text":"A."}`, `"fullDescription":{"text":"A"}`},
		"heading":              {"## Exceptions", "Exceptions"},
		"artifacts":            {`"columnKind"`, `"artifacts":[],"columnKind"`},
		"driver":               {`"name":"iamwatch"`, `"name":"iamwatch 1"`},
		"version":              {`"semanticVersion":"1.0.0"`, `"semanticVersion":"1.0"`},
		"base with an address": {`{"description":{"text":"Root."}}`, `{"uri":"file:///a/"}`},
	}
	for name, tt := range tests {
		bad := strings.Replace(good, tt[0], tt[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing replaced", name)
		}
		r := &recorder{TB: t}
		if Check(r, []byte(bad), nil); r.errors == 0 {
			t.Errorf("%s: no fault found", name)
		}
	}
}
