package policy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	identityJSON = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}`
	trustJSON    = `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}]}`
	resourceJSON = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:PutLogEvents", "Resource": "*"}]}`
)

func parse(t *testing.T, path, content string) scanner.Parsed {
	t.Helper()
	f := source.New(path, []byte(content))
	if !policy.New().Match(f) {
		t.Fatalf("%s does not match", path)
	}
	jobs := policy.New().Plan(&scanner.Env{}, []*source.Source{f})
	if len(jobs) != 1 {
		t.Fatalf("%d jobs", len(jobs))
	}
	return jobs[0](context.Background())
}

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		path, content string
		want          bool
	}{
		"identity":        {"p.json", identityJSON, true},
		"byte mark":       {"p.JSON", "\uFEFF" + identityJSON, true},
		"trust":           {"p.json", trustJSON, true},
		"no version":      {"p.json", `{"Statement": []}`, false},
		"damaged":         {"p.json", `{"Statement": [{"Effect": "Allow",`, true},
		"damaged other":   {"p.json", `{"Resources": {"Statement": [{"Effect": "Allow",`, false},
		"broken early":    {"p.json", `{"Version" "Statement": [{"Effect": "Allow"`, true},
		"no effect":       {"p.json", `{"Statement": [{"A": 1,`, false},
		"data protection": {"p.json", `{"Name": "n", "Version": "2021-06-01", "Statement": [{"Sid": "s", "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], "Operation": {"Audit": {"FindingsDestination": {}}}}]}`, false},
		"nested":          {"p.json", `{"Policy": ` + identityJSON + `}`, false},
		"list":            {"p.json", `[` + identityJSON + `]`, false},
		"template":        {"t.json", `{"Resources": {}, "Version": "1"}`, false},
		"other ending":    {"p.json.tftpl", identityJSON, false},
		"terraform":       {"a.tf", `"Statement" "Effect"`, false},
		"empty":           {"p.json", "", false},
		"too large":       {"p.json", identityJSON + strings.Repeat(" ", 1<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := policy.New().Match(source.New(c.path, []byte(c.content))); got != c.want {
				t.Errorf("matches: %v", got)
			}
		})
	}
}

func TestUnit(t *testing.T) {
	p := parse(t, "policies/almost-admin.json", identityJSON)
	if len(p.Units) != 1 || len(p.Diagnostics) != 0 {
		t.Fatalf("%d units, %v", len(p.Units), p.Diagnostics)
	}
	u := p.Units[0]
	pol := u.Policies[0]
	got := []string{u.Input.String(), u.Name, u.Account, pol.Name.Value, pol.Address, pol.Range.String(), pol.Document.Statements[0].Actions[0].Range.Text()}
	want := []string{"policy", "policies/almost-admin.json", "", "almost-admin", "policies/almost-admin.json", "policies/almost-admin.json:1:1", `"logs:*"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if pol.Kind != model.Loose || pol.Document.Invalid || pol.Block.Text() != identityJSON {
		t.Errorf("policy %+v", pol)
	}
}

func TestKindOfDocument(t *testing.T) {
	for _, c := range []struct {
		content string
		want    iam.DocumentKind
	}{
		{identityJSON, iam.IdentityDocument},
		{trustJSON, iam.TrustDocument},
		{resourceJSON, iam.ResourceDocument},
		{strings.Replace(trustJSON, `"Principal"`, `"Resource": "*", "Principal"`, 1), iam.ResourceDocument},
		{strings.Replace(trustJSON, `sts:TagSession`, `logs:PutLogEvents`, 1), iam.ResourceDocument},
	} {
		d := parse(t, "p.json", c.content).Units[0].Policies[0].Document
		if d.Kind != c.want {
			t.Errorf("%s: kind %d, want %d", c.content, d.Kind, c.want)
		}
		if d.Invalid {
			t.Errorf("%s: %v", c.content, d.Faults)
		}
	}
}

func TestDamagedFile(t *testing.T) {
	p := parse(t, "p.json", "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Allow\" \"Action\": 1}]}")
	if len(p.Units) != 0 || len(p.Diagnostics) != 1 || p.Diagnostics[0].Warning {
		t.Fatalf("%v, %v", p.Units, p.Diagnostics)
	}
	if got := p.Diagnostics[0].Range.String(); got != "p.json:2:35" {
		t.Errorf("at %s", got)
	}
}

func TestTemplateGivesAWarning(t *testing.T) {
	p := parse(t, "p.json", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": ${jsonencode(arns)}}]}`)
	if len(p.Diagnostics) != 1 || !p.Diagnostics[0].Warning {
		t.Errorf("diagnostics %v", p.Diagnostics)
	}
}

// FuzzParse looks for panics and for places outside the file.
func FuzzParse(f *testing.F) {
	for _, s := range []string{identityJSON, trustJSON, resourceJSON, `{"Statement": [{"Effect": ${x}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src := source.New("p.json", data)
		if !policy.New().Match(src) {
			return
		}
		p := policy.New().Plan(&scanner.Env{}, []*source.Source{src})[0](context.Background())
		if len(p.Units)+len(p.Diagnostics) == 0 {
			t.Error("a file that matches says nothing")
		}
		for _, u := range p.Units {
			if d := u.Policies[0].Document; d == nil || d.Range.Source != src {
				t.Errorf("document %+v", d)
			}
		}
	})
}
