package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/scanner"
)

// TestValuesThatNoStackCanHave: values that break a rule or a pattern are told
// of where that stands, and only these.
func TestValuesThatNoStackCanHave(t *testing.T) {
	const template = `Parameters:
  Env: {Type: String, AllowedPattern: "[a-z]+", Default: dev}
  Size: {Type: String, Default: small}
Rules:
  Small:
    RuleCondition: !Equals [!Ref Env, dev]
    Assertions: [{Assert: !Equals [!Ref Size, small]}]
Resources:
  Topic: {Type: AWS::SNS::Topic}
`
	for given, want := range map[string]string{
		"Env=dev Size=large":  "t.yaml:5:3: the values given for the parameters break the rule Small",
		"Env=prod Size=large": "", "Env=dev": "", "Size=large": "",
		"Env=D3": "t.yaml:2:3: the value given for the parameter Env breaks its constraints",
	} {
		values := map[string]string{}
		for _, kv := range strings.Fields(given) {
			k, v, _ := strings.Cut(kv, "=")
			values[k] = v
		}
		r, err := scanner.Scan(context.Background(), scanner.Config{
			FS: fstest.MapFS{"t.yaml": {Data: []byte(template)}}, Files: []string{"t.yaml"}, Parsers: parsers(), Parameters: values, Jobs: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, d := range r.Diagnostics {
			got += fmt.Sprint(d)
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}
