// Package reporttest holds a result that shows every feature of a report, for
// the tests of the reporters.
package reporttest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"
	"time"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const page = `# %s

## Risk

Whoever holds ` + "`cloudwatch:*`" + ` can silence every alarm.

## Example

## Fix

## Exceptions

## References

CWE-732
`

// Rules is a catalogue with a rule of each severity and a note.
func Rules() []*scanner.Rule {
	rule := func(id, name, title string, s scanner.Severity, classes ...cloudwatch.Class) *scanner.Rule {
		return &scanner.Rule{
			ID: id, Name: name, Title: title, Severity: s, Precision: scanner.PrecisionHigh, Classes: classes,
			Help: fmt.Sprintf(page, title), Check: func(*scanner.Pass) error { return nil },
		}
	}
	return []*scanner.Rule{
		rule("IW101", "root-access-key", "The root user has an access key", scanner.Critical),
		rule("IW202", "cloudwatch-wildcard", "All actions of a CloudWatch service are granted", scanner.High, cloudwatch.ClassBlind, cloudwatch.ClassTamper),
		rule("IW305", "foreign-account", "An unknown account may assume the role", scanner.Medium, cloudwatch.ClassRead),
		rule("IW402", "metadata-v1", "The instance hands out credentials without a token", scanner.Low),
		rule("IW901", "unresolvable", "A value that bears on the findings is unknown", scanner.Info),
	}
}

// roles.tf shows tabs, wide and combining characters and an emoji before the
// token; the block that attaches the policy stands before it.
const rolesTF = `resource "aws_iam_role_policy" "deployer" {
  name = "deploy"
  role = aws_iam_role.ci.id
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = "cloudwatch:*"
      Resource = "*"
    }]
  })
}

locals { 漢字 = "e` + "\u0301" + ` 😀", action = "logs:*" }
	tabbed = "logs:*" # a tab before and within	here
steering = "` + "\x1b[31m\u202e" + `"
`

const trustTF = "data \"aws_caller_identity\" \"me\" {}\n\nresource \"aws_iam_role\" \"ci\" {\n  name = \"ci-deployer\"\n}\n"

// Result is a result over three files and two runs; what it says is true of
// the files that Files returns.
func Result() *scanner.Result {
	rules := Rules()
	roles := source.New("infra/my roles/rölés.tf", []byte(rolesTF))
	trust := source.New("infra/trust.tf", []byte(trustTF))
	minified := source.New("export/details.json", []byte(Minified(40)))
	code := &model.Unit{Input: model.Terraform, Name: "infra"}
	live := &model.Unit{Input: model.Export, Name: "export", Account: "111122223333"}
	findings := []scanner.Finding{
		{
			Rule: rules[0], Unit: live, Confidence: scanner.ConfidenceHigh, Entity: "root", Part: "access_key_1",
			Message: "the root user has an active access key", Range: At(minified, `"root"`, 0), Advice: "delete the key",
		},
		{
			Rule: rules[1], Unit: code, Confidence: scanner.ConfidenceHigh, Entity: "role//ci-deployer", Part: "deploy",
			Message: `policy "deploy" lets role "ci-deployer" do everything in CloudWatch`,
			Range:   At(roles, `"cloudwatch:*"`, 0), Label: "covers DeleteAlarms, DisableAlarmActions, PutDashboard and more",
			Related: []scanner.Related{
				{Range: At(roles, `resource "aws_iam_role_policy" "deployer"`, 0), Message: `attached to role "ci-deployer" here`},
				{Range: At(roles, `"*"`, 0), Message: "on every resource"},
				{Range: At(trust, `"ci-deployer"`, 0), Message: `the role [is](1) declared here`},
			},
			Classes: []cloudwatch.Class{cloudwatch.ClassBlind, cloudwatch.ClassTamper, cloudwatch.ClassEscalate},
			Actions: []string{"cloudwatch:DeleteAlarms"}, Remaining: []string{"aws:SourceIp is 203.0.113.0/24"},
			Path: []scanner.Step{
				{Message: "repo acme/app on GitHub (OIDC)"},
				{Range: At(trust, `resource "aws_iam_role" "ci"`, 0), Message: "role ci-deployer"},
			},
			Advice: "grant cloudwatch:PutMetricData with condition cloudwatch:namespace",
			Fix:    "Action = \"cloudwatch:PutMetricData\"\nCondition = {\n\tStringEquals = {}\n}",
		},
		{
			Rule: rules[1], Unit: code, Confidence: scanner.ConfidenceMedium, Entity: "role//wide", Message: "an emoji stands before the token",
			Range: At(roles, `"logs:*"`, 0), Label: "all of CloudWatch Logs",
		},
		{
			Rule: rules[1], Unit: code, Confidence: scanner.ConfidenceMedium, Entity: "role//tabbed", Message: "a tab stands before the token",
			Range: At(roles, `"logs:*"`, 1), Label: "all of CloudWatch Logs",
		},
		{
			Rule: rules[2], Unit: code, Confidence: scanner.ConfidenceMedium, Entity: "role//steering",
			Message: "the input tries \x1b[2J to steer the terminal\u202e, with key AKIA" + "ABCDEFGHIJKLMNOP",
			Range:   At(roles, "\"\x1b[31m\u202e\"", 0),
		},
	}
	for n := range 3 {
		findings = append(findings, scanner.Finding{
			Rule: rules[3], Unit: live, Confidence: scanner.ConfidenceHigh, Entity: fmt.Sprintf("instance/i-%d", n),
			Message: fmt.Sprintf("instance %d hands out credentials without a token", n), Range: At(minified, `"optional"`, n*17), Label: "HttpTokens",
		})
	}
	note := scanner.Finding{Rule: rules[4], Unit: code, Confidence: scanner.ConfidenceHigh, Entity: "var", Message: "the caller is unknown", Range: At(trust, `data "aws_caller_identity" "me"`, 0)}
	findings = append(findings, note)
	for i := range findings {
		f := &findings[i]
		f.Fingerprint = Fingerprint(f.Rule.ID, f.Entity, f.Part)
	}
	r := &scanner.Result{
		Version: "1.2.3", Rules: rules, Findings: findings,
		Diagnostics: []source.Diagnostic{
			source.Errorf(At(trust, "{}", 0), "a brace is missing"),
			source.Warningf(At(minified, `"root"`, 0), "the name is repeated"),
		},
		Stats: scanner.Stats{
			Files: 3, Passed: 1, Policies: 38, Statements: 40, Principals: 21, Unknown: 1,
			Hidden: []scanner.RuleCount{{Rule: rules[2], Count: 2}}, Elapsed: 61 * time.Millisecond,
		},
		Runs: []scanner.Run{
			{Category: "iamwatch/iac/", Units: []*model.Unit{code}, Findings: []int{1, 2, 3, 4, 8}, Diagnostics: []int{0}},
			{Category: "iamwatch/export/111122223333/", Units: []*model.Unit{live}, Findings: []int{0, 5, 6, 7}, Diagnostics: []int{1}},
		},
	}
	for _, f := range findings {
		r.Stats.BySeverity[f.Rule.Severity]++
	}
	return r
}

// Failed is a result with a rule that failed.
func Failed() *scanner.Result {
	r := Result()
	r.RuleErrors = []scanner.RuleError{{Rule: r.Rules[2], Err: errors.New("index out of range")}}
	return r
}

// Empty is a result of an input without anything to report.
func Empty() *scanner.Result {
	return &scanner.Result{Version: "1.2.3", Rules: Rules(), Runs: []scanner.Run{{Category: "iamwatch/iac/"}}}
}

// Many is a result of n findings of one rule, half of them in a file of one
// line and half in one of many lines.
func Many(n int) *scanner.Result {
	r := Empty()
	tall := strings.ReplaceAll(Minified(n/2), "},", "},\n")
	files := []*source.Source{source.New("flat.json", []byte(Minified(n-n/2))), source.New("tall.json", []byte(tall))}
	for _, s := range files {
		at := 0
		for {
			i := bytes.Index(s.Bytes()[at:], []byte(`"optional"`))
			if i < 0 {
				break
			}
			at += i
			entity := fmt.Sprintf("instance/%d", len(r.Findings))
			r.Findings = append(r.Findings, scanner.Finding{
				Rule: r.Rules[3], Entity: entity, Message: entity + " hands out credentials without a token",
				Range: s.Range(at, at+10), Fingerprint: Fingerprint(entity), Unit: &model.Unit{Input: model.CloudFormation},
			})
			at += 10
		}
	}
	for i := range r.Findings {
		r.Runs[0].Findings = append(r.Runs[0].Findings, i)
	}
	r.Stats.BySeverity[scanner.Low] = len(r.Findings)
	return r
}

// Files are the files that a result's findings stand in, at their paths.
func Files(r *scanner.Result) fs.FS {
	files := fstest.MapFS{}
	add := func(rng source.Range) {
		if !rng.IsZero() {
			files[rng.Path()] = &fstest.MapFile{Data: rng.Source.Bytes()}
		}
	}
	for _, f := range r.Findings {
		add(f.Range)
		for _, o := range f.Related {
			add(o.Range)
		}
	}
	for _, d := range r.Diagnostics {
		add(d.Range)
	}
	return files
}

// Minified is a JSON document of one line with n instances and the root user.
func Minified(n int) string {
	var b strings.Builder
	b.WriteString(`{"user":"root","note":"😀","instances":[`)
	for i := range n {
		fmt.Fprintf(&b, `{"id":"i-%d","HttpTokens":"optional"},`, i)
	}
	return strings.TrimSuffix(b.String(), ",") + "]}\n"
}

// At is the range of the nth occurrence, from 0, of text in a source.
func At(s *source.Source, text string, n int) source.Range {
	at := 0
	for ; n > 0; n-- {
		at += strings.Index(string(s.Bytes()[at:]), text) + len(text)
	}
	i := strings.Index(string(s.Bytes()[at:]), text)
	if i < 0 {
		return source.Range{}
	}
	return s.Range(at+i, at+i+len(text))
}

// Fingerprint is 64 hex digits made of the parts.
func Fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
