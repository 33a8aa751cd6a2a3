package iam_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

// A sentence is one of IAM-SEMANTICS put to the test: policies and a request
// in the form of the acceptance vectors (section 9), and the answer.
type sentence struct {
	// says is what the sentence demands, in a few words.
	says string
	// policies is the object's members; see identity and others.
	policies string
	// request is the object's members; see ask.
	request string
	// want is allowed, conditional, denied (no policy allows it) or
	// explicit (a Deny decided).
	want string
}

func holds(t *testing.T, list []sentence) {
	t.Helper()
	for _, s := range list {
		p, _ := vectorPolicies(unmark(jsonValue(t, "{"+s.policies+"}")))
		d := iam.Decide(p, vectorRequest(jsonValue(t, "{"+s.request+"}")), cloudwatch.Facts{})
		if got := answer(d); got != s.want {
			t.Errorf("%s: %s, want %s\n\t{%s}\n\t{%s}", s.says, got, s.want, s.policies, s.request)
		}
		if (len(d.Tests) > 0) != (d.Result == iam.Conditional) {
			t.Errorf("%s: %s with %d tests", s.says, d.Result, len(d.Tests))
		}
	}
}

// version2012 begins a document that knows variables.
const version2012 = `"Version":"2012-10-17",`

// statements is a document of statements, each given by its members.
func statements(list ...string) string {
	return "{" + version2012 + `"Statement":[{` + strings.Join(list, "},{") + "}]}"
}

// identity is one identity policy of statements.
func identity(list ...string) string { return `"identity":[` + statements(list...) + `]` }

// beside is an identity policy that allows everything, and another.
func beside(list ...string) string {
	return `"identity":[` + statements(allowEverything) + "," + statements(list...) + `]`
}

const allowEverything = `"Effect":"Allow","Action":"*","Resource":"*"`

// on is a statement of an effect, an action and a resource, of which the last
// two are written as JSON if they do not begin with a letter or *.
func on(effect, action, resource string) string {
	return `"Effect":"` + effect + `","Action":` + asJSON(action) + `,"Resource":` + asJSON(resource)
}

func asJSON(s string) string {
	if s != "" && strings.ContainsRune(`[{"`, rune(s[0])) {
		return s
	}
	return `"` + s + `"`
}

// under is allowEverything under a condition.
func under(condition string) string { return allowEverything + `,"Condition":{` + condition + "}" }

// ask is a request of the default caller in a closed context that holds keys,
// given as members.
func ask(action, resource string, keys ...string) string {
	return askAs(alice, action, resource, "closed", keys...)
}

// askOpen asks where keys that are not given are unknown.
func askOpen(action, resource string, keys ...string) string {
	return askAs(alice, action, resource, "open", keys...)
}

func askAs(principal, action, resource, mode string, keys ...string) string {
	return `"principal":"` + principal + `","action":"` + action + `","resource":"` + resource +
		`","context_mode":"` + mode + `","context":{` + strings.Join(keys, ",") + "}"
}

// messages are the faults of a document, fatal ones first marked with !.
func messages(d *iam.Document) []string {
	var out []string
	for _, f := range d.Faults {
		mark := ""
		if f.Fatal {
			mark = "!"
		}
		out = append(out, mark+f.Message)
	}
	return out
}

const (
	dashboard = "arn:aws:cloudwatch::111122223333:dashboard/Prod"
	logGroup  = "arn:aws:logs:us-east-1:111122223333:log-group:/app/prod:*"
	bareGroup = "arn:aws:logs:us-east-1:111122223333:log-group:/app/prod"
	logStream = "arn:aws:logs:us-east-1:111122223333:log-group:/app/prod:log-stream:s1"
	object    = "arn:aws:s3:::trail/users/alice"
)
