package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// told is a residual in one line: verdict and level, actions, resources,
// conditions and cuts.
func told(r access.Residual) string {
	words := []string{r.Verdict.String(), r.Level.String(), strings.Join(r.Actions.Names(), " ")}
	words = append(words, "on "+shown(r.Resources))
	if len(r.Except) > 0 {
		words = append(words, "except "+shown(r.Except))
	}
	for _, c := range r.Conditions {
		words = append(words, "if "+c.Operator.Value+" "+c.Key.Value)
	}
	for _, c := range r.Cut {
		words = append(words, fmt.Sprintf("cut by %s (%s)", c.Kind, c.Takes))
	}
	for _, d := range r.Doubts {
		words = append(words, "unsure: "+d.Clause)
	}
	return strings.Join(words, "; ")
}

func shown(list []source.String) string {
	var out []string
	for _, s := range list {
		out = append(out, s.Show())
	}
	return strings.Join(out, " ")
}

const mfa = `{"Bool": {"aws:MultiFactorAuthPresent": "true"}}`

func TestResidual(t *testing.T) {
	const app, other = "arn:aws:logs:*:*:log-group:/app/*", "arn:aws:logs:*:*:log-group:/other/*"
	for name, c := range map[string]struct {
		statements, boundary []string
		want                 []string
	}{
		"nothing cuts": {
			statements: []string{allow("logs:GetLogEvents", "*")},
			want:       []string{"allowed; unscoped; logs:GetLogEvents; on *"},
		},
		"levels part one statement": {
			statements: []string{statement("Allow", "cloudwatch:PutMetricData logs:GetLogEvents", "*", `{"StringEqualsIfExists": {"cloudwatch:namespace": "app"}}`)},
			want:       []string{"allowed; unscoped; cloudwatch:PutMetricData logs:GetLogEvents; on *; if StringEqualsIfExists cloudwatch:namespace"},
		},
		"a condition that cannot hold for an action": {
			statements: []string{statement("Allow", "cloudwatch:PutMetricData logs:GetLogEvents", "*", `{"StringEquals": {"cloudwatch:namespace": "app"}}`)},
			want:       []string{"conditional; conditional; cloudwatch:PutMetricData; on *; if StringEquals cloudwatch:namespace"},
		},
		"scoped": {
			statements: []string{allow("logs:GetLogEvents", app)},
			want:       []string{"allowed; scoped; logs:GetLogEvents; on " + app},
		},
		"scoped and conditional": {
			statements: []string{statement("Allow", "logs:GetLogEvents", app, mfa)},
			want:       []string{"conditional; scoped; logs:GetLogEvents; on " + app + "; if Bool aws:MultiFactorAuthPresent"},
		},
		"a Deny takes some actions whole": {
			statements: []string{allow("logs:GetLogEvents logs:DeleteLogGroup", "*"), deny("logs:Delete*", "*")},
			want: []string{
				"allowed; unscoped; logs:GetLogEvents; on *",
				"denied; none; logs:DeleteLogGroup; on *; cut by deny (whole)",
			},
		},
		"a Deny takes some resources": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), deny("logs:Delete*", app)},
			want:       []string{"allowed; unscoped; logs:DeleteLogGroup; on *; cut by deny (part)"},
		},
		"a Deny that leaves one resource scopes": {
			statements: []string{allow("logs:DeleteLogGroup logs:GetLogEvents", "*"), `{"Effect": "Deny", "Action": "logs:Delete*", "NotResource": "` + app + `"}`},
			want: []string{
				"allowed; unscoped; logs:GetLogEvents; on *",
				"allowed; scoped; logs:DeleteLogGroup; on " + app + "; cut by deny (part)",
			},
		},
		"a Deny that leaves other resources takes it whole": {
			statements: []string{allow("logs:DeleteLogGroup", other), `{"Effect": "Deny", "Action": "logs:Delete*", "NotResource": "` + app + `"}`},
			want:       []string{"denied; none; logs:DeleteLogGroup; on " + other + "; cut by deny (whole)"},
		},
		"a Deny with conditions": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), statement("Deny", "*", "*", `{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}`)},
			want:       []string{"conditional; conditional; logs:DeleteLogGroup; on *; cut by deny (perhaps)"},
		},
		"a Deny with conditions on some resources": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), statement("Deny", "*", app, `{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}`)},
			want:       []string{"conditional; unscoped; logs:DeleteLogGroup; on *; cut by deny (perhaps)"},
		},
		"a Deny of other regions scopes nothing": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), statement("Deny", "*", "*", `{"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}`)},
			want:       []string{"conditional; unscoped; logs:DeleteLogGroup; on *; cut by deny (perhaps)"},
		},
		"a Deny that never meets this principal": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), statement("Deny", "*", "*", `{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}`)},
			want:       []string{"allowed; unscoped; logs:DeleteLogGroup; on *"},
		},
		"a Deny that always meets this principal": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), statement("Deny", "*", "*", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a*"}}`)},
			want:       []string{"denied; none; logs:DeleteLogGroup; on *; cut by deny (whole)"},
		},
		"a Deny of requests without encryption": {
			statements: []string{allow("logs:DeleteLogGroup", "*"), statement("Deny", "*", "*", `{"Bool": {"aws:SecureTransport": "false"}}`)},
			want:       []string{"allowed; unscoped; logs:DeleteLogGroup; on *"},
		},
		"a boundary that leaves all": {
			statements: []string{allow("logs:DeleteLogGroup", "*")}, boundary: []string{allow("logs:*", "*")},
			want: []string{"allowed; unscoped; logs:DeleteLogGroup; on *"},
		},
		"a boundary that leaves other actions": {
			statements: []string{allow("logs:DeleteLogGroup logs:GetLogEvents", "*")}, boundary: []string{allow("logs:Get*", "*")},
			want: []string{
				"allowed; unscoped; logs:GetLogEvents; on *",
				"denied; none; logs:DeleteLogGroup; on *; cut by boundary (whole)",
			},
		},
		"a boundary that leaves some resources": {
			statements: []string{allow("logs:DeleteLogGroup", "*")}, boundary: []string{allow("logs:*", app)},
			want: []string{"allowed; scoped; logs:DeleteLogGroup; on " + app + "; cut by boundary (part)"},
		},
		"a boundary of two statements": {
			statements: []string{allow("logs:DeleteLogGroup", "*")}, boundary: []string{allow("logs:*", app), statement("Allow", "logs:*", "*", mfa)},
			want: []string{
				"allowed; scoped; logs:DeleteLogGroup; on " + app + "; cut by boundary (part)",
				"conditional; conditional; logs:DeleteLogGroup; on *; if Bool aws:MultiFactorAuthPresent; cut by boundary (part)",
			},
		},
		"a boundary that leaves other resources": {
			statements: []string{allow("logs:DeleteLogGroup", other)}, boundary: []string{allow("logs:*", app)},
			want: []string{"denied; none; logs:DeleteLogGroup; on " + other + "; cut by boundary (whole)"},
		},
		"a boundary that denies": {
			statements: []string{allow("logs:DeleteLogGroup", "*")}, boundary: []string{allow("*", "*"), deny("logs:Delete*", "*")},
			want: []string{"denied; none; logs:DeleteLogGroup; on *; cut by boundary (whole)"},
		},
		"NotResource": {
			statements: []string{`{"Effect": "Allow", "Action": "logs:DeleteLogGroup", "NotResource": "` + app + `"}`},
			want:       []string{"allowed; unscoped; logs:DeleteLogGroup; on ; except " + app},
		},
		"NotResource within a boundary": {
			statements: []string{`{"Effect": "Allow", "Action": "logs:DeleteLogGroup", "NotResource": "` + groupARN + `"}`},
			boundary:   []string{allow("logs:*", app)},
			want:       []string{"allowed; scoped; logs:DeleteLogGroup; on " + app + "; except " + groupARN + "; cut by boundary (part)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := bounded(t, c.statements, c.boundary)
			var got []string
			for _, r := range w.graph.Residual(w.identity(model.Role, "app")) {
				got = append(got, told(r))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// bounded is the role app with statements, and a boundary of others if there
// are any.
func bounded(t *testing.T, statements, boundary []string) *world {
	t.Helper()
	r, a := app(document(statements...)), account{}
	if len(boundary) > 0 {
		r = r.bounded(customerARN("edge"))
		a.Policies = []managedPolicy{customer("edge", document(boundary...))}
	}
	a.Roles = []role{r}
	return live(t, a)
}

func TestResidualNamesPlaces(t *testing.T) {
	w := live(t, account{
		Users: []user{{
			Path: "/", UserName: "ann", UserID: "AIDAEXAMPLEANN000001", ARN: "arn:aws:iam::" + home + ":user/ann", GroupList: []string{"sre"},
			UserInline: []inline{{PolicyName: "guard", Document: document(deny("logs:DeleteLogGroup", "*"))}}, Attached: []attached{},
		}},
		Groups: []group{{
			Path: "/", GroupName: "sre", GroupID: "AGPAEXAMPLESRE000001", ARN: "arn:aws:iam::" + home + ":group/sre",
			GroupInline: []inline{}, Attached: attach(customerARN("ops"), "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"),
		}},
		Policies: []managedPolicy{customer("ops", document(allow("logs:DeleteLogGroup", "*")))},
	})
	var got []string
	for _, r := range w.graph.Residual(w.identity(model.User, "ann")) {
		if r.Given.Via == nil || r.Given.Via.Name.Value != "sre" || r.Given.Attachment == nil {
			t.Errorf("%s: via %v by %v", told(r), r.Given.Via, r.Given.Attachment)
		}
		got = append(got, fmt.Sprintf("%s %s at %q", r.Verdict, r.Given.Policy.Name.Value, start(r.Given.Range())))
		for _, c := range r.Cut {
			got = append(got, fmt.Sprintf("by %s at %q", c.Policy.Name.Value, start(c.Range())))
		}
	}
	want := []string{
		`allowed CloudWatchReadOnlyAccess at "\"arn:aws:i"`, // its text is nobody's own
		`allowed CloudWatchReadOnlyAccess at "\"arn:aws:i"`,
		`denied ops at "{\n        "`,
		`by guard at "{\n        "`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// start is the first bytes of a range.
func start(r source.Range) string { return r.Text()[:min(len(r.Text()), 10)] }

func TestResidualOfWhatIsNotResolved(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "service" { type = string }
variable "all" { type = bool }
variable "prefix" { type = string }
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "open" {
  role   = aws_iam_role.app.id
  name   = "open"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["logs:GetLogEvents", "${var.service}:PutMetricData"], Resource = "*" },
    { Effect = "Allow", Action = "logs:DeleteLogGroup", Resource = "arn:aws:logs:*:*:log-group:${var.prefix}*" },
  ] })
}
resource "aws_iam_role_policy" "perhaps" {
  count  = var.all ? 1 : 0
  role   = aws_iam_role.app.id
  name   = "perhaps"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "xray:GetTraceGraph", Resource = "*" }] })
}
`})
	id := w.identity(model.Role, "app")
	row := w.graph.ExposureOf(id)
	same(t, "possible", set(t, "cloudwatch:PutMetricData"), row.At(access.Possible))
	same(t, "conditional", set(t, "logs:DeleteLogGroup"), row.At(access.Conditional))
	same(t, "unscoped", set(t, "logs:GetLogEvents xray:GetTraceGraph"), row.At(access.Unscoped))
	for _, r := range w.graph.Residual(id) {
		if r.Actions.Has(set(t, "xray:GetTraceGraph").IDs()[0]) && (r.Verdict != iam.Conditional || len(r.Doubts) == 0) {
			t.Errorf("a policy that may not be there: %s", told(r))
		}
	}
}

// TestRowsAgreeWithResiduals: the short way to a row and the long one give the
// same.
func TestRowsAgreeWithResiduals(t *testing.T) {
	inFull(t)
	m := newMaker(7)
	for range rounds {
		statements := m.statements()
		w := bounded(t, statements, nil)
		for _, row := range w.graph.Exposure() {
			var at [access.Unscoped + 1]cloudwatch.ActionSet
			for _, r := range w.graph.Residual(row.Identity) {
				if r.Verdict != iam.Denied {
					at[r.Level] = at[r.Level].Union(r.Actions)
				}
			}
			for l := access.Possible; l <= access.Unscoped; l++ {
				for worse := l + 1; worse <= access.Unscoped; worse++ {
					at[l] = at[l].Minus(at[worse])
				}
				same(t, l.String()+" of "+strings.Join(statements, "\n"), at[l], row.At(l))
			}
		}
	}
}

// TestExposureAgreesWithTheEngine: what a row does not hold at all the engine
// denies on any resource, and what a statement gives unscoped, without
// conditions and uncut, it allows on every one.
func TestExposureAgreesWithTheEngine(t *testing.T) {
	inFull(t)
	m, free, gone := newMaker(8), 0, 0
	for range rounds {
		statements, boundary := m.statements(), append(m.statements(), allow("cloudwatch:* logs:Get*", "*"))
		w := bounded(t, statements, boundary)
		id := w.identity(model.Role, "app")
		residuals := w.graph.Residual(id)
		held, clear, opposed := heldBy(residuals), uncut(residuals), opposed(residuals)
		for _, a := range cloudwatch.Actions() {
			if strings.HasPrefix(a.String(), "sts:") {
				continue // a matter of the trust policy
			}
			for _, resource := range examples(&a) {
				got := w.graph.Decide(id, a.String(), resource).Result
				none := got == iam.Denied || got == iam.Conditional && (lists(&a) || opposed.Has(a.ID))
				switch {
				case !held.Has(a.ID) && !none, clear.Has(a.ID) && got != iam.Allowed:
					t.Fatalf("%s on %s is %s; held: %v, on every resource: %v\n%s\nbounded by\n%s", a.String(), resource, got,
						held.Has(a.ID), clear.Has(a.ID), strings.Join(statements, "\n"), strings.Join(boundary, "\n"))
				case !held.Has(a.ID):
					gone++
				case clear.Has(a.ID):
					free++
				}
			}
		}
	}
	if free == 0 || gone == 0 {
		t.Errorf("%d free and %d gone: the test shows nothing", free, gone)
	}
}

func heldBy(list []access.Residual) cloudwatch.ActionSet {
	var out cloudwatch.ActionSet
	for _, r := range list {
		if r.Verdict != iam.Denied {
			out = out.Union(r.Actions)
		}
	}
	return out
}

// uncut are the actions that some statement gives on every resource, whatever
// the request is like.
func uncut(list []access.Residual) cloudwatch.ActionSet {
	var out cloudwatch.ActionSet
	for _, r := range list {
		everything := slices.ContainsFunc(r.Resources, func(p source.String) bool { return p.Value == "*" })
		if r.Verdict == iam.Allowed && everything && len(r.Conditions)+len(r.Cut) == 0 {
			out = out.Union(r.Actions)
		}
	}
	return out
}

// opposed are the actions that a Deny takes whole by the very condition that
// the grant or its boundary asks for. The engine sees that within one document.
func opposed(list []access.Residual) cloudwatch.ActionSet {
	var out cloudwatch.ActionSet
	for _, r := range list {
		for _, c := range r.Cut {
			if c.Takes == access.Whole && c.Statement != nil && len(c.Statement.Conditions) > 0 {
				out = out.Union(c.Actions)
			}
		}
	}
	return out
}

// lists reports whether an action is one of those that list log resources,
// which an ARN may grant although it has no resource type (IAM-SEMANTICS,
// section 10): an exposure does not count on it.
func lists(a *cloudwatch.Action) bool { return a.Service == "logs" && len(a.ResourceTypes) == 0 }

// examples are resources of an action.
func examples(a *cloudwatch.Action) []string {
	templates, _ := cloudwatch.Facts{}.RequiredResourceARNs(a.String())
	if len(templates) == 0 {
		return []string{"*"}
	}
	var out []string
	for _, t := range templates {
		for _, name := range []string{"app-1", "/app/orders", "zz"} {
			out = append(out, concrete(t, name))
		}
	}
	return out
}

// concrete fills the variables of an ARN template.
func concrete(template, name string) string {
	out := strings.NewReplacer("${Partition}", "aws", "${Region}", "eu-west-1", "${Account}", home).Replace(template)
	for {
		i := strings.Index(out, "${")
		if i < 0 {
			return out
		}
		j := strings.IndexByte(out[i:], '}')
		out = out[:i] + name + out[i+j+1:]
	}
}

func TestCell(t *testing.T) {
	w := bounded(t, []string{
		allow("logs:DeleteLogGroup", "*"),
		statement("Allow", "logs:DeleteLogStream logs:PutRetentionPolicy", "*", mfa),
		allow("logs:GetLogEvents", groupARN),
	}, nil)
	row := w.graph.ExposureOf(w.identity(model.Role, "app"))
	for class, want := range map[cloudwatch.Class]string{
		cloudwatch.ClassBlind:    "unscoped 1 of 3: logs:DeleteLogGroup logs:DeleteLogStream logs:PutRetentionPolicy",
		cloudwatch.ClassRead:     "scoped 1 of 1: logs:GetLogEvents",
		cloudwatch.ClassEscalate: "none 0 of 0: ",
	} {
		c := row.Cell(class)
		var names []string
		for _, a := range c.Worst {
			names = append(names, a.String())
		}
		got := fmt.Sprintf("%s %d of %d: %s", c.Level, c.Count, c.Total, strings.Join(names, " "))
		if got != want {
			t.Errorf("%s: %s, want %s", class, got, want)
		}
	}
}

func TestExposureIsSortedWorstFirst(t *testing.T) {
	named := func(name string, statements ...string) role {
		r := app(document(statements...))
		r.RoleName, r.ARN = name, "arn:aws:iam::"+home+":role/"+name
		return r
	}
	w := live(t, account{Roles: []role{
		named("a-nothing", allow("s3:GetBucketAcl", "*")),
		named("b-scoped", allow("logs:DeleteLogGroup", groupARN)),
		named("c-conditional", statement("Allow", "logs:DeleteLogGroup", "*", mfa)),
		named("e-grave", allow("logs:DeleteLogGroup", "*")),
		named("d-grave", allow("logs:DeleteLogGroup", "*")),
		named("f-mild", allow("logs:GetQueryResults", "*")),
		named("g-admin", allow("*", "*")),
	}})
	var got []string
	for _, r := range w.graph.Exposure() {
		mark := ""
		if r.Admin {
			mark = " admin"
		}
		if r.Empty() {
			mark = " empty"
		}
		got = append(got, r.Identity.Name.Value+mark)
	}
	want := []string{"g-admin admin", "d-grave", "e-grave", "f-mild", "c-conditional", "b-scoped", "a-nothing empty"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
