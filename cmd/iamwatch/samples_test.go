package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

const samplesDir = "../../testdata/samples"

// withSource ends the name of a road of a plan that is read with its
// configuration.
const withSource = "+terraform"

// pathOf is the path of a road below the samples, and the directory of the
// configuration that is read with it.
func pathOf(road string) (name, source string) {
	if plan, ok := strings.CutSuffix(road, withSource); ok {
		return plan, "terraform"
	}
	return road, ""
}

// vague are the roles of which the plan alone does not know what they may
// reach: their statements name log groups by a local value, which a plan does
// not hold, and whose ARNs are known only after apply.
var vague = []string{"role service/acme-prod-svc-billing", "role service/acme-prod-svc-reports", "role service/acme-prod-svc-shipper"}

// dropVague takes the roles that a road is vague about out of facts about
// identities. Their names stand in the keys.
func dropVague(road string, facts map[string]string) map[string]string {
	out := maps.Clone(facts)
	if road == "plan/plan.json" {
		maps.DeleteFunc(out, func(key, _ string) bool {
			return slices.ContainsFunc(vague, func(v string) bool { return strings.Contains(key, v[strings.LastIndexByte(v, '/')+1:]) })
		})
	}
	return out
}

// scanSample scans one road of the samples.
func scanSample(t *testing.T, paths ...string) *scanner.Result {
	t.Helper()
	sourceDir := ""
	for i, p := range paths {
		p, sourceDir = pathOf(p)
		paths[i] = samplesDir + "/" + p
	}
	tr, err := discover(paths, samplesDir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers(), Rules: rules.All(), Version: version(), Source: sourceDir,
		Selection: scanner.Selection{MinSeverity: scanner.Low, MinConfidence: scanner.ConfidenceMedium},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete() || len(r.RuleErrors) > 0 {
		t.Fatalf("the samples are read whole: %v %v", r.Diagnostics, r.RuleErrors)
	}
	return r
}

// roads are the ways to the one account of the samples.
var roads = []string{"terraform", "cloudformation/telemetry.yaml", "cloudformation/telemetry.json", "live/account-authorization-details.json", "live",
	"plan/plan.json", "plan/state.json", "plan/plan.json+terraform", "plan/state.json+terraform"}

// planted are the exposures of the samples. Lines name the block in the
// Terraform and the YAML sample; a zero means that the road cannot show it.
var planted = []struct {
	id, rule, entity, token string
	terraform               place
	yaml                    place
	// details says that the account authorization details alone show it.
	details bool
}{
	{"E01", "IW202", "user//ops-legacy", "cloudwatch:*", place{"users.tf", 13, 28}, place{"", 57, 69}, true},
	{"E02", "IW202", "policy//telemetry/acme-prod-telemetry-admin", ":*", place{"roles.tf", 178, 200}, place{"", 262, 275}, true},
	{"E03", "IW207", "group//teams/sre", "cloudwatch:D", place{"users.tf", 52, 75}, place{"", 82, 103}, true},
	{"E04", "IW302", "role//acme-prod-vendor-monitoring", "root", place{"roles.tf", 14, 24}, place{"", 147, 162}, true},
	{"E06", "IW301", "role//acme-prod-log-shipper", `"*"`, place{"roles.tf", 149, 161}, place{"", 201, 212}, true},
	{"E06", "IW209", "role//acme-prod-log-shipper", "logs:", place{"roles.tf", 162, 176}, place{"", 212, 222}, true},
	{"E07", "IW311", "role//acme-prod-ci", "", place{"roles.tf", 55, 74}, place{"", 229, 246}, true},
	{"E08", "IW401", "role//acme-prod-ec2-worker", "", place{"roles.tf", 80, 90}, place{"", 117, 130}, true},
	{"E09", "IW501", "log-resource-policy/open-logs", `*`, place{"telemetry.tf", 30, 48}, place{"", 445, 462}, false},
	{"E10", "IW203", "role//acme-prod-ci", "iam:*", place{"policies/almost-admin.json", 4, 9}, place{"", 248, 260}, true},
	{"E11", "IW216", "group//teams/sre", "CloudWatchFullAccess", place{"users.tf", 46, 51}, place{"", 82, 90}, true},
	{"E14", "IW223", "role//service/acme-prod-svc-reports", "", place{"modules/service-role/main.tf", 22, 30}, place{"", 376, 398}, true},
	{"E16", "IW304", "role//CloudWatch-CrossAccountSharingRole", "root", place{"policies/account-trust.json.tftpl", 3, 9}, place{"", 185, 200}, true},
	{"E19", "IW406", "instance/", "optional", place{"roles.tf", 98, 110}, place{"", 135, 146}, false},
	{"E20", "IW201", "role//acme-prod-break-glass", "AdministratorAccess", place{"roles.tf", 240, 252}, place{"", 291, 300}, true},
}

// A place is a block: a file of the road and its first and last line.
type place struct {
	file     string
	from, to int
}

func TestPlantedExposuresAreFound(t *testing.T) {
	for _, road := range roads {
		r := scanSample(t, road)
		for _, p := range planted {
			if road == "live/account-authorization-details.json" && !p.details || road == "plan/plan.json" && p.id == "E14" {
				continue
			}
			t.Run(road+"/"+p.id+"/"+p.rule, func(t *testing.T) {
				found := slices.IndexFunc(r.Findings, func(f scanner.Finding) bool {
					return f.Rule.ID == p.rule && strings.HasPrefix(f.Entity, p.entity) && inBlock(road, f, p.terraform, p.yaml)
				})
				if found < 0 {
					t.Fatalf("no %s about %s in its block; there is:\n%s", p.rule, p.entity, list(r, p.rule))
				}
				f := r.Findings[found]
				if p.token != "" && !strings.Contains(strings.ReplaceAll(f.Range.Text(), `\"`, `"`), p.token) && !strings.Contains(f.Range.Text(), "${") && !strings.Contains(f.Range.Text(), "Ref") && !viaExpression(f, p.token) {
					t.Errorf("the range holds %q, want the token %q", f.Range.Text(), p.token)
				}
			})
		}
	}
}

// viaExpression reports whether the token stands at a related place, which
// is so when an expression brings it from elsewhere (SARIF.md, check 13).
func viaExpression(f scanner.Finding, token string) bool {
	return slices.ContainsFunc(f.Related, func(r scanner.Related) bool { return strings.Contains(r.Range.Text(), token) })
}

func inBlock(road string, f scanner.Finding, tf, yaml place) bool {
	line := f.Range.From().Line
	switch {
	case road == "terraform", strings.HasSuffix(road, withSource):
		return strings.HasSuffix(f.Range.Path(), "/"+tf.file) && line >= tf.from && line <= tf.to
	case strings.HasSuffix(road, ".yaml"):
		return line >= yaml.from && line <= yaml.to
	}
	return true
}

func list(r *scanner.Result, rule string) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if rule == "" || f.Rule.ID == rule {
			fmt.Fprintf(&b, "%s %s %s [%s] %s\n", f.Rule.ID, f.Range, f.Entity, f.Confidence, f.Message)
		}
	}
	return b.String()
}

func TestRootAndSinkExposuresAreFoundLive(t *testing.T) {
	r := scanSample(t, "live")
	for _, want := range []struct{ id, rule, file, token string }{
		{"E21", "IW101", "credential-report.csv", "true"},
		{"E21", "IW102", "credential-report.csv", "2026-11-22"},
		{"E21", "IW103", "credential-report.csv", "false"},
		{"E22", "IW503", "oam-get-sink-policy.json", "*"},
	} {
		if !slices.ContainsFunc(r.Findings, func(f scanner.Finding) bool {
			return f.Rule.ID == want.rule && strings.HasSuffix(f.Range.Path(), want.file) && strings.Contains(f.Range.Text(), want.token)
		}) {
			t.Errorf("%s: no %s at %q in %s; there is:\n%s", want.id, want.rule, want.token, want.file, list(r, want.rule))
		}
	}
}

// quiet are the near misses: no finding at warning or above about them.
var quiet = []struct{ id, entity, rule string }{
	{"N05", "role//acme-prod-vendor-monitoring-safe", ""},
	{"N08", "role//acme-prod-ec2-web", "IW401"},
	{"N12", "role//acme-prod-dev", ""},
	{"N13", "role//acme-prod-audit", ""},
	{"N13", "policy//acme-prod-audit", ""},
	{"N12", "policy//acme-prod-read-boundary", ""},
	{"N14", "role//service/acme-prod-svc-billing", ""},
	{"N14", "role//service/acme-prod-svc-shipper", ""},
}

func TestNearMissesStayQuiet(t *testing.T) {
	for _, road := range roads {
		r := scanSample(t, road)
		for _, q := range quiet {
			for _, f := range r.Findings {
				if f.Entity == q.entity && f.Rule.Severity >= scanner.Medium && (q.rule == "" || q.rule == f.Rule.ID) {
					t.Errorf("%s %s: %s at %s: %s", road, q.id, f.Rule.ID, f.Range, f.Message)
				}
			}
		}
	}
}

// TestThreeRoadsOneModel is the law: the same infrastructure by every road
// gives equal models once positions are dropped.
func TestThreeRoadsOneModel(t *testing.T) {
	reference := entities(t, scanSample(t, "live/account-authorization-details.json"))
	if len(reference) != 21 {
		t.Fatalf("%d entities, want 21: %v", len(reference), slices.Sorted(maps.Keys(reference)))
	}
	for _, road := range roads {
		got := entities(t, scanSample(t, road))
		if len(got) != len(reference) {
			t.Errorf("%s: %d entities, want %d", road, len(got), len(reference))
		}
		if diff := cmp.Diff(dropVague(road, reference), dropVague(road, got)); diff != "" {
			t.Errorf("%s (-live +%s):\n%s", road, road, diff)
		}
	}
}

// TestThreeRoadsOneFingerprint: findings about the entities have equal
// fingerprints by every road.
func TestThreeRoadsOneFingerprint(t *testing.T) {
	reference := fingerprints(scanSample(t, "live/account-authorization-details.json"))
	for _, road := range roads {
		if diff := cmp.Diff(dropVague(road, reference), dropVague(road, fingerprints(scanSample(t, road)))); diff != "" {
			t.Errorf("%s (-live +%s):\n%s", road, road, diff)
		}
	}
}

// fingerprints are those of findings about users, groups, roles and policies.
func fingerprints(r *scanner.Result) map[string]string {
	out := map[string]string{}
	for _, f := range r.Findings {
		kind, _, _ := strings.Cut(f.Entity, "/")
		if slices.Contains([]string{"user", "group", "role", "policy"}, kind) {
			out[f.Rule.ID+" "+f.Entity+" "+f.Part] = f.Fingerprint
		}
	}
	return out
}

// entities writes each IAM entity of a scan without its positions.
func entities(t *testing.T, r *scanner.Result) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, run := range r.Runs {
		for _, u := range run.Units {
			for _, id := range u.Identities {
				out[id.Kind.String()+" "+model.FullName(id.Entity)] = writeIdentity(u, id)
			}
			for _, p := range u.Policies {
				if p.Kind == model.Customer {
					out["policy "+model.FullName(p.Entity)] = writeDocument(u, p.Document)
				}
			}
		}
	}
	return out
}

func writeIdentity(u *model.Unit, id *model.Identity) string {
	var lines []string
	for _, p := range id.Inline {
		lines = append(lines, "inline "+p.Name.Value+"\n"+writeDocument(u, p.Document))
	}
	for _, a := range id.Managed {
		lines = append(lines, "managed "+policyName(a))
	}
	if id.Boundary != nil {
		lines = append(lines, "boundary "+policyName(id.Boundary))
	}
	for _, g := range id.GroupsOf {
		lines = append(lines, "group "+model.FullName(g.Entity))
	}
	for _, p := range id.Profiles {
		lines = append(lines, "profile "+model.FullName(p.Entity))
	}
	if id.Trust != nil {
		lines = append(lines, "trust\n"+writeDocument(u, id.Trust))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func policyName(a *model.Attachment) string {
	if name, ok := access.AWSManagedName(a.Policy.Value.Value); ok {
		return "aws:" + name
	}
	if a.To != nil {
		return model.FullName(a.To.Entity)
	}
	return "unresolved " + a.Policy.Value.Value
}

func writeDocument(u *model.Unit, d *iam.Document) string {
	if d == nil {
		return "none"
	}
	lines := []string{"version " + d.Version.Value}
	for _, st := range d.Statements {
		lines = append(lines, "sid "+st.Sid.Value+" "+access.Canonical(u, st))
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n")
}

func TestSamplesNeedNoNetworkAndNoOrder(t *testing.T) {
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	a := scanSample(t, "terraform", "live", "cloudformation")
	b := scanSample(t, "cloudformation", "terraform", "live")
	if diff := cmp.Diff(list(a, ""), list(b, "")); diff != "" {
		t.Errorf("the order of paths matters:\n%s", diff)
	}
	if after, _ := os.Getwd(); after != before {
		t.Error("the working directory changed")
	}
}
