package tfplan_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/parsers/tfplan"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// FuzzRead: no plan makes the parser panic, alone or with a configuration.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		`{"format_version":"1.0","planned_values":{"root_module":{"resources":[{"values":{"statement":[{}]}}]}}}`,
		`{"format_version":"1.0","configuration":{"root_module":{"module_calls":{"m":{"module":{"resources":[{"address":"a.b","expressions":{"x":{"references":["each.key","a.b"]}}}]}}},"resources":[{}]},"provider_config":{"aws":{}}},"planned_values":{}}`,
		`{"format_version":"1.2","planned_values":{"root_module":{"resources":[` + users("legacy", "u") + `,` + rolePolicy + `]}},"variables":{"v":{"value":[1]}}}`,
		`{"version":4,"terraform_version":"1","serial":1,"resources":[{"instances":[{"attributes":{},"sensitive_attributes":[[{}],[]]}]}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.New("plan.json", data)
		if !tfplan.New().Match(file) {
			return
		}
		fsys := fstest.MapFS{"m/main.tf": {Data: []byte("resource \"aws_iam_user\" \"legacy\" {\n  name = \"x\"\n}\nmodule \"m\" {\n  source = \"./m\"\n}\n")}}
		for _, dir := range []string{"", "m"} {
			for _, job := range tfplan.New().Plan(&scanner.Env{FS: fsys, Jobs: 1, Source: dir}, []*source.Source{file}) {
				model.Link(&model.Model{Units: job(context.Background()).Units}, "")
			}
		}
	})
}
