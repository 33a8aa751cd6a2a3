package cloudformation_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// FuzzRead looks for templates that end the program, and for ranges outside
// of the file.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/fixtures/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(files, samples+"telemetry.json") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, c := range forms() {
		f.Add([]byte(template(c.json)))
		f.Add([]byte(yamlTemplate(c.short)))
	}
	p := cloudformation.New()
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.New("t", data)
		if !p.Match(file) {
			return
		}
		slow := time.AfterFunc(5*time.Second, func() { panic("the template takes longer than 5 seconds") })
		defer slow.Stop()
		for _, job := range p.Plan(&scanner.Env{}, []*source.Source{file}) {
			for _, d := range job(context.Background()).Diagnostics {
				if d.Message == "" || d.Range.Source != file {
					t.Errorf("diagnostic %+v", d)
				}
			}
		}
	})
}
