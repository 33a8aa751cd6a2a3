package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

func TestUnscoped(t *testing.T) {
	for name, c := range map[string]struct {
		statement                string
		actions, wide, unscoped  string
		allOf                    bool // only the sets' presence is compared
		absent                   string
		everything, onlyMFA, tag bool
	}{
		"star":                {statement: allow("logs:GetLogEvents", "*"), actions: "logs:GetLogEvents", wide: "logs:GetLogEvents", unscoped: "logs:GetLogEvents"},
		"service ARN":         {statement: allow("logs:GetLogEvents", "arn:aws:logs:*:*:*"), actions: "logs:GetLogEvents", wide: "logs:GetLogEvents", unscoped: "logs:GetLogEvents"},
		"any ARN":             {statement: allow("logs:GetLogEvents", "arn:*"), actions: "logs:GetLogEvents", wide: "logs:GetLogEvents", unscoped: "logs:GetLogEvents"},
		"own account":         {statement: allow("logs:DeleteLogGroup", "arn:aws:logs:*:"+home+":log-group:*"), actions: "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup"},
		"one region":          {statement: allow("logs:DeleteLogGroup", "arn:aws:logs:eu-west-1:*:log-group:*"), actions: "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup"},
		"another partition":   {statement: allow("logs:DeleteLogGroup", "arn:aws-cn:logs:*:*:log-group:*"), actions: "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup"},
		"another account":     {statement: allow("logs:DeleteLogGroup", "arn:aws:logs:*:444455556666:log-group:*"), actions: "logs:DeleteLogGroup"},
		"a prefix":            {statement: allow("logs:DeleteLogGroup", prefixARN), actions: "logs:DeleteLogGroup"},
		"all alarms":          {statement: allow("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:*:alarm:*"), actions: "cloudwatch:DeleteAlarms", wide: "cloudwatch:DeleteAlarms", unscoped: "cloudwatch:DeleteAlarms"},
		"another type":        {statement: allow("cloudwatch:DeleteAlarms", "arn:aws:logs:*:*:*")},
		"no resource type":    {statement: allow("logs:PutResourcePolicy", "arn:aws:logs:*:*:*")},
		"no type by star":     {statement: allow("logs:PutResourcePolicy", "*"), actions: "logs:PutResourcePolicy", wide: "logs:PutResourcePolicy", unscoped: "logs:PutResourcePolicy"},
		"no type by two":      {statement: allow("logs:PutResourcePolicy", "**"), actions: "logs:PutResourcePolicy", wide: "logs:PutResourcePolicy", unscoped: "logs:PutResourcePolicy"},
		"required type alone": {statement: allow("logs:PutSubscriptionFilter", "arn:aws:logs:*:*:log-group:*"), actions: "logs:PutSubscriptionFilter", wide: "logs:PutSubscriptionFilter", unscoped: "logs:PutSubscriptionFilter"},
		"one of a list":       {statement: allow("logs:DeleteLogGroup", prefixARN+" *"), actions: "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup"},
		"no list":             {statement: allow("logs:DeleteLogGroup", "")},
		"NotResource": {
			statement: `{"Effect": "Allow", "Action": "logs:DeleteLogGroup", "NotResource": "` + groupARN + `"}`,
			actions:   "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup",
		},
		"NotResource leaves nothing": {statement: `{"Effect": "Allow", "Action": "logs:DeleteLogGroup", "NotResource": "arn:aws:logs:*:*:*"}`, actions: "", wide: ""},
		"NotAction": {
			statement: `{"Effect": "Allow", "NotAction": ["iam:*", "logs:Delete*"], "Resource": "*"}`, allOf: true,
			actions: "cloudwatch:* logs:Put*", wide: "cloudwatch:* logs:Put*", unscoped: "cloudwatch:* logs:Put*", absent: "iam:* logs:Delete*",
		},
		"NotAction on another service": {statement: `{"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "arn:aws:s3:::bucket/*"}`, allOf: true, absent: "logs:* cloudwatch:*"},
		"everything":                   {statement: allow("*", "*"), allOf: true, actions: "*", wide: "*", unscoped: "*", everything: true},
		"everything by two":            {statement: allow("*:*", "*"), allOf: true, actions: "*", wide: "*", unscoped: "*", everything: true},
		"everything in one region": {
			statement: statement("Allow", "*", "*", `{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}`),
			allOf:     true, actions: "*", wide: "*", unscoped: "*", everything: true,
		},
		"everything with MFA": {
			statement: statement("Allow", "*", "*", `{"Bool": {"aws:MultiFactorAuthPresent": "true"}}`),
			allOf:     true, actions: "*", wide: "*", absent: "", everything: true, onlyMFA: true,
		},
		"everything with MFA and a network": {
			statement: statement("Allow", "*", "*", `{"Bool": {"aws:MultiFactorAuthPresent": "true"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`),
			allOf:     true, actions: "*", wide: "*",
		},
		"everything on some": {statement: allow("*", groupARN), allOf: true, actions: "logs:DeleteLogGroup", absent: "cloudwatch:DeleteAlarms"},
		"by tag": {
			statement: statement("Allow", "logs:DeleteLogGroup", "*", `{"StringEquals": {"aws:ResourceTag/team": "a"}}`),
			actions:   "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", tag: true,
		},
		"by the caller's tag": {
			statement: statement("Allow", "logs:DeleteLogGroup", "*", `{"StringEquals": {"AWS:PrincipalTag/team": "a"}}`),
			actions:   "logs:DeleteLogGroup", wide: "logs:DeleteLogGroup", tag: true,
		},
		"a key of one action": {
			statement: statement("Allow", "cloudwatch:PutMetricData cloudwatch:DeleteAlarms", "*", `{"StringEquals": {"cloudwatch:namespace": "App"}}`),
			actions:   "cloudwatch:PutMetricData", wide: "cloudwatch:PutMetricData",
		},
		"a key that none carries": {
			statement: statement("Allow", "*", "*", `{"StringEquals": {"logs:NoSuchKey": "x"}}`),
			allOf:     true, absent: "cloudwatch:* logs:*",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{app(document(c.statement))}})
			g := w.grant()
			if c.allOf {
				if !set(t, c.actions).Minus(g.Actions).Empty() || !set(t, c.wide).Minus(g.UnscopedResources).Empty() || !set(t, c.unscoped).Minus(g.Unscoped).Empty() {
					t.Errorf("%d actions, %d on all resources, %d unscoped", g.Actions.Len(), g.UnscopedResources.Len(), g.Unscoped.Len())
				}
				if !set(t, c.absent).Intersect(g.Actions).Empty() {
					t.Errorf("holds %v", set(t, c.absent).Intersect(g.Actions).Names())
				}
			} else {
				same(t, "actions", set(t, c.actions), g.Actions)
				same(t, "unscoped resources", set(t, c.wide), g.UnscopedResources)
				same(t, "unscoped", set(t, c.unscoped), g.Unscoped)
			}
			if g.Everything != c.everything || g.OnlyMFA != c.onlyMFA {
				t.Errorf("everything %v, only MFA %v", g.Everything, g.OnlyMFA)
			}
			if got := w.graph.ByTag(g); got != c.tag {
				t.Errorf("by tag: %v", got)
			}
		})
	}
}

func TestUnknownOperatorIsDoubt(t *testing.T) {
	w := live(t, account{Roles: []role{app(document(statement("Allow", "logs:DeleteLogGroup", "*", `{"StringMatches": {"aws:ResourceTag/team": "a"}}`)))}})
	g := w.grant()
	if got := clauses(g.Doubts); len(got) != 1 || !strings.Contains(got[0], "StringMatches is not known") || g.Unscoped.Empty() {
		t.Errorf("doubts: %q, %d unscoped", got, g.Unscoped.Len())
	}
}

func TestDenyInAnAccountThatMayBeTheOwn(t *testing.T) {
	for name, c := range map[string]struct {
		resource string
		accounts []string
		doubts   int
		denied   bool
	}{
		"all log groups":         {resource: "arn:aws:logs:*:444455556666:log-group:*", doubts: 1},
		"of the own account":     {resource: "arn:aws:logs:*:444455556666:log-group:*", accounts: []string{"444455556666"}, denied: true},
		"of another account":     {resource: "arn:aws:logs:*:444455556666:log-group:*", accounts: []string{home}},
		"some of the log groups": {resource: "arn:aws:logs:*:444455556666:log-group:/app/*"},
	} {
		t.Run(name, func(t *testing.T) {
			w := scan(t, scanner.Options{Accounts: c.accounts}, map[string]string{"main.tf": `
resource "aws_iam_user" "alice" {
  name = "alice"
}
resource "aws_iam_user_policy" "p" {
  name = "p"
  user = aws_iam_user.alice.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "logs:DeleteLogGroup", Resource = "*" },
    { Effect = "Deny", Action = "logs:*", Resource = "` + c.resource + `" },
  ] })
}
`})
			h := w.holder(w.grant(), "alice")
			if len(h.Doubts) != c.doubts || h.Unscoped.Empty() != c.denied {
				t.Errorf("doubts: %q, %d unscoped", clauses(h.Doubts), h.Unscoped.Len())
			}
		})
	}
}

func TestUnscopedByWhatIsNotKnown(t *testing.T) {
	const literal = "arn:aws:logs:*:444455556666:log-group:*"
	for name, c := range map[string]struct {
		resource                  string
		accounts                  []string
		unscoped, presumed, maybe bool
	}{
		"an account that may be the own": {resource: literal, unscoped: true, presumed: true},
		"the own account":                {resource: literal, accounts: []string{"444455556666"}, unscoped: true},
		"one of the own accounts":        {resource: literal, accounts: []string{home, "444455556666"}, unscoped: true},
		"another account":                {resource: literal, accounts: []string{home}},
		"a prefix in some account":       {resource: "arn:aws:logs:*:444455556666:log-group:/app/*"},
		"a prefix that may be empty":     {resource: "arn:aws:logs:*:*:log-group:${var.x}*", maybe: true},
		"a name":                         {resource: "arn:aws:logs:*:*:log-group:/app/${var.x}*"},
		"nothing known":                  {resource: "${var.x}", maybe: true},
		"all but nothing known":          {resource: `${var.x}", "*`, unscoped: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := scan(t, scanner.Options{Accounts: c.accounts}, map[string]string{"main.tf": `
variable "x" {
  type = string
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"logs:DeleteLogGroup\", \"Resource\": [\"` + strings.ReplaceAll(c.resource, `", "`, `\", \"`) + `\"]}]}"
}
`})
			g := w.grant()
			got := []bool{!g.Unscoped.Empty(), !g.Presumed.Empty(), !g.MaybeUnscoped.Empty()}
			if d := cmp.Diff([]bool{c.unscoped, c.presumed, c.maybe}, got); d != "" {
				t.Errorf("unscoped, presumed, maybe (-want +got):\n%s", d)
			}
		})
	}
}

func TestMeaningfulConditions(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		unscoped  bool
	}{
		"source address":         {`{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`, false},
		"any address":            {`{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}`, true},
		"any address beside one": {`{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}}`, true},
		"MFA":                    {`{"Bool": {"aws:MultiFactorAuthPresent": "true"}}`, false},
		"MFA if it exists":       {`{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}`, true},
		"MFA absent":             {`{"Bool": {"aws:MultiFactorAuthPresent": "false"}}`, true},
		"transport":              {`{"Bool": {"aws:SecureTransport": "true"}}`, true},
		"negated":                {`{"StringNotEquals": {"aws:ResourceTag/team": "a"}}`, true},
		"null":                   {`{"Null": {"aws:ResourceTag/team": "false"}}`, true},
		"all of a single value":  {`{"ForAllValues:StringEquals": {"aws:ResourceTag/team": "a"}}`, true},
		"star":                   {`{"StringLike": {"aws:ResourceTag/team": "*"}}`, true},
		"own account":            {`{"StringEquals": {"aws:PrincipalAccount": "` + home + `"}}`, true},
		"own organization":       {`{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}`, true},
		"resource account":       {`{"StringEquals": {"aws:ResourceAccount": "` + home + `"}}`, true},
		"via a service":          {`{"Bool": {"aws:ViaAWSService": "true"}}`, false},
		"a key it never carries": {`{"StringEquals": {"cloudwatch:namespace": "App"}}`, false},
		"that key if it exists":  {`{"StringEqualsIfExists": {"cloudwatch:namespace": "App"}}`, true},
		"another than that key":  {`{"StringNotEquals": {"cloudwatch:namespace": "App"}}`, true},
		"vain beside meaningful": {`{"Null": {"aws:ResourceTag/team": "false"}, "StringEquals": {"aws:ResourceTag/team": "a"}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{app(document(statement("Allow", "logs:DeleteLogGroup", "*", c.condition)))}})
			if got := !w.holding().Unscoped.Empty(); got != c.unscoped {
				t.Errorf("unscoped: %v", got)
			}
		})
	}
}

func TestAdmin(t *testing.T) {
	for name, c := range map[string]struct {
		documents []string
		boundary  string
		admin     bool
		grave     bool
		reader    bool
		beyond    bool
	}{
		"everything":          {documents: []string{allow("*", "*")}, admin: true, grave: true, reader: true, beyond: true},
		"all of IAM":          {documents: []string{allow("iam:*", "*")}, admin: true, grave: true},
		"attaches policies":   {documents: []string{allow("iam:AttachRolePolicy", "*")}, admin: true, grave: true},
		"under a boundary":    {documents: []string{allow("iam:AttachRolePolicy", "*")}, boundary: customerARN("edge")},
		"attaches within":     {documents: []string{allow("iam:AttachRolePolicy", "arn:aws:iam::*:role/app/*")}},
		"own keys":            {documents: []string{allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")}},
		"deletes logs":        {documents: []string{allow("logs:DeleteLogGroup", "*")}, grave: true, reader: true, beyond: true},
		"deletes some logs":   {documents: []string{allow("logs:DeleteLogGroup", prefixARN)}, reader: true, beyond: true},
		"sets alarms":         {documents: []string{allow("cloudwatch:PutMetricAlarm", "*")}, reader: true, beyond: true},
		"lists":               {documents: []string{allow("logs:DescribeLogGroups", "*")}},
		"nothing":             {},
		"everything, no logs": {documents: []string{allow("*", "*"), deny("logs:*", "*")}, admin: true, grave: true, reader: true, beyond: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := app()
			if len(c.documents) > 0 {
				r = app(document(c.documents...))
			}
			if c.boundary != "" {
				r = r.bounded(c.boundary)
			}
			w := live(t, account{Roles: []role{r}, Policies: []managedPolicy{customer("edge", document(allow("*", "*")))}})
			h := w.holding()
			if h.Admin != c.admin {
				t.Errorf("admin: %v", h.Admin)
			}
			if got := w.graph.Grave(h.Identity); got != c.grave {
				t.Errorf("grave: %v", got)
			}
			if got := w.graph.LogReader(h.Identity); got != c.reader {
				t.Errorf("log reader: %v", got)
			}
			if got := h.Beyond(); got != c.beyond {
				t.Errorf("beyond recon: %v", got)
			}
			if h.Bare != (len(c.documents) == 0) {
				t.Errorf("bare: %v", h.Bare)
			}
		})
	}
}

func TestAnyDestination(t *testing.T) {
	for name, c := range map[string]struct {
		resources string
		want      bool
	}{
		"star":                  {"*", true},
		"all of logs":           {"arn:aws:logs:*:*:*", true},
		"log groups alone":      {"arn:aws:logs:*:*:log-group:*", false},
		"any destination":       {"arn:aws:logs:*:*:log-group:* arn:aws:logs:*:*:destination:*", true},
		"in one region":         {"arn:aws:logs:*:*:log-group:* arn:aws:logs:eu-west-1:*:destination:*", true},
		"of one account":        {"arn:aws:logs:*:*:log-group:* arn:aws:logs:*:444455556666:destination:*", false},
		"one destination":       {"arn:aws:logs:*:*:log-group:* arn:aws:logs:eu-west-1:444455556666:destination:central", false},
		"one name, any account": {"arn:aws:logs:*:*:destination:central", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{app(document(allow("logs:PutSubscriptionFilter", c.resources)))}})
			if got := w.graph.AnyDestination(w.grant()); got != c.want {
				t.Errorf("any destination: %v", got)
			}
		})
	}
	w := live(t, account{Roles: []role{app(document(`{"Effect": "Allow", "Action": "logs:PutSubscriptionFilter", "NotResource": "` + groupARN + `"}`))}})
	if !w.graph.AnyDestination(w.grant()) {
		t.Error("NotResource leaves every destination")
	}
}

func TestPatterns(t *testing.T) {
	w := live(t, account{Roles: []role{app(document(allow("logs:Get* s3:GetObject logs:DeleteLogGroup logs:*", "*")))}})
	st := w.grant().Statement
	if got := w.graph.Patterns(st, set(t, "logs:DeleteLogGroup")); len(got) != 2 || got[0] != 2 || got[1] != 3 {
		t.Errorf("patterns: %v", got)
	}
	w = live(t, account{Roles: []role{app(document(`{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}`))}})
	if got := w.graph.Patterns(w.grant().Statement, set(t, "logs:DeleteLogGroup")); len(got) != 2 {
		t.Errorf("patterns of NotAction: %v", got)
	}
}

func TestUnknownPatternMayCover(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "verb" {
  type = string
}
resource "aws_iam_policy" "logs" {
  name   = "logs"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:GetLogEvents", "logs:Delete${var.verb}"], Resource = "*" }] })
}
`})
	g := w.grant()
	same(t, "for certain", set(t, "logs:GetLogEvents"), g.Patterns)
	same(t, "possibly", set(t, "logs:GetLogEvents logs:Delete*"), g.Possible)
}

func TestResourcePolicyQuestions(t *testing.T) {
	const head = `{"resourcePolicies": [{"policyName": "p", "policyDocument": `
	read := func(t *testing.T, st string) (*world, *iam.Statement) {
		w := scan(t, scanner.Options{}, map[string]string{
			"live/details.json":  account{}.json(t),
			"live/policies.json": head + quote(string(document(st))) + `}]}`,
		})
		return w, w.model.Units[0].ResourcePolicies[0].Document.Statements[0]
	}
	for name, c := range map[string]struct {
		principal, condition string
		open                 bool
	}{
		"star":                {`"*"`, `{}`, true},
		"AWS star":            {`{"AWS": ["arn:aws:iam::444455556666:root", "*"]}`, `{}`, true},
		"a service":           {`{"Service": "es.amazonaws.com"}`, `{}`, false},
		"star in the account": {`"*"`, `{"StringEquals": {"aws:SourceAccount": "` + home + `"}}`, false},
		"another key":         {`"*"`, `{"StringEquals": {"aws:UserAgent": "x"}}`, true},
		"vain":                {`"*"`, `{"StringLike": {"aws:SourceAccount": "*"}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			w, st := read(t, `{"Effect": "Allow", "Principal": `+c.principal+`, "Action": "logs:PutLogEvents", "Resource": "*", "Condition": `+c.condition+`}`)
			p, got := w.graph.Open(st, "aws:sourceaccount", "aws:sourcearn")
			if got != c.open || got && p.Kind != iam.AnyPrincipal {
				t.Errorf("open: %v %v", got, p.Value.Value)
			}
			same(t, "actions", set(t, "logs:PutLogEvents"), w.graph.ResourceActions(st))
		})
	}
	w, st := read(t, `{"Effect": "Deny", "Principal": "*", "Action": "logs:PutLogEvents", "Resource": "*"}`)
	if _, got := w.graph.Open(st); got {
		t.Error("a Deny is open")
	}
}

func TestStatementsWithoutTelemetryAreNoGrants(t *testing.T) {
	for _, statement := range []string{allow("", "*"), allow("s3:GetObject dynamodb:*", "*")} {
		w := live(t, account{Roles: []role{app(document(statement))}})
		if got := w.graph.Grants(); len(got) != 0 {
			t.Errorf("%s gives %d grants", statement, len(got))
		}
	}
}
