package iam_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A judged is a sentence with the evidence of its answer.
type judged struct {
	sentence
	// tests are those that a conditional answer lists, as evidence writes
	// them.
	tests []string
}

// judge puts sentences with their evidence to the test. Beyond the form of the
// acceptance vectors it takes what members and typed say.
func judge(t *testing.T, list []judged) {
	t.Helper()
	for _, j := range list {
		d, _ := decideCase(t, j.policies, j.request)
		if got := answer(d); got != j.want {
			t.Errorf("%s: %s, want %s\n\t{%s}\n\t{%s}", j.says, got, j.want, j.policies, j.request)
		}
		var got []string
		for _, x := range d.Tests {
			got = append(got, evidence(x))
			if fault := misplaced(x); fault != "" {
				t.Errorf("%s: %s: %s", j.says, evidence(x), fault)
			}
		}
		if diff := cmp.Diff(j.tests, got); diff != "" {
			t.Errorf("%s: tests (-want +got)\n%s", j.says, diff)
		}
	}
}

// decideCase answers one case and gives its policies too.
func decideCase(t *testing.T, policies, request string) (iam.Decision, iam.Policies) {
	t.Helper()
	v := typed(jsonValue(t, "{"+policies+"}"))
	p, _ := vectorPolicies(unmark(v))
	p.Endpoint = iam.Read(unmark(v.Get("endpoint")), iam.ResourceDocument)
	p.HasBoundary = v.Get("boundary_unread") != nil
	q := unmark(typed(jsonValue(t, "{"+request+"}")))
	r := vectorRequest(q)
	r.PrincipalUser = q.Get("principal_user").Text().Value
	r.ResourceManagementAccount = q.Get("resource_account_is_management") != nil
	return iam.Decide(p, r, cloudwatch.Facts{}), p
}

// typed turns {"$account": label} and its like into holes of that kind, and
// {"$maybe": value} into a value that may be absent. A name of $$label is not
// known.
func typed(v *source.Value) *source.Value {
	if v == nil {
		return nil
	}
	for _, kind := range []source.HoleKind{
		source.HoleSelf, source.HoleAccount, source.HoleRegion, source.HolePartition, source.HoleName, source.HoleFree,
	} {
		if label := v.Get("$" + string(kind)); label != nil {
			return source.StringValue(source.Unknown(kind, label.Text().Value, v.Range))
		}
	}
	if inner := v.Get("$maybe"); inner != nil {
		out := *typed(inner)
		out.Maybe = true
		return &out
	}
	out := *v
	out.Items, out.Members = nil, nil
	for _, i := range v.Items {
		out.Items = append(out.Items, typed(i))
	}
	for _, m := range v.Members {
		name := m.Name
		if label, ok := strings.CutPrefix(name.Value, "$$"); ok {
			name = source.Unknown(source.HoleFree, label, name.Range)
		}
		out.Members = append(out.Members, source.Member{Name: name, Value: typed(m.Value)})
	}
	return &out
}

// evidence writes a test on one line: its direction, then operator, key and
// values, or the other ground.
func evidence(x iam.Test) string {
	way := "needs "
	if x.Direction == iam.EscapesDeny {
		way = "escapes "
	}
	if x.Reason != "" {
		return way + "(" + x.Reason + ")"
	}
	values := make([]string, 0, len(x.Values))
	for _, v := range x.Values {
		values = append(values, source.Show(v.Value))
	}
	return way + x.Operator + " " + x.Key + " " + strings.Join(values, "|")
}

// misplaced says what is wrong with the statement and range of a test.
func misplaced(x iam.Test) string {
	text := x.Range.Text()
	switch {
	case x.Statement == nil:
		return ""
	case x.Reason == "" && !slices.ContainsFunc(x.Statement.Conditions, func(c iam.Condition) bool {
		return source.Show(c.Key.Value) == x.Key && c.Operator.Value == x.Operator && c.Range == x.Range
	}):
		return "the statement holds no such condition"
	case x.Reason == "" && !strings.HasPrefix(x.Key, "${") && !strings.HasPrefix(text, `"`+x.Key+`"`):
		return "its range is " + text
	case x.Direction == iam.EscapesDeny && x.Statement.Effect == iam.Allow:
		return "an Allow denies nothing"
	case x.Direction == iam.NeededForAllow && x.Statement.Effect == iam.Deny:
		return "a Deny allows nothing"
	}
	for ground, element := range map[string]string{
		"Effect": "Effect", "the actions": "Action", "the resources": "Resource", "the principals": "Principal", "the statement may": "{",
	} {
		if strings.Contains(x.Reason, ground) && !strings.Contains(text[:min(len(text), 15)], element) {
			return "its range is " + text
		}
	}
	return ""
}

// The documents of a case, of statements given by their members.

func boundary(list ...string) string       { return `"boundary":` + statements(list...) }
func sessionPolicy(list ...string) string  { return `"session":` + statements(list...) }
func resourcePolicy(list ...string) string { return `"resource":` + statements(list...) }
func trustPolicy(list ...string) string    { return `"trust":` + statements(list...) }
func endpoint(list ...string) string       { return `"endpoint":` + statements(list...) }
func groups(list ...string) string         { return `"groups":[` + statements(list...) + `]` }

// levels are the policies of an organisation, each level a list of documents.
func levels(kind string, list ...string) string {
	return `"` + kind + `":[[` + strings.Join(list, "],[") + "]]"
}

// members joins the members of an object.
func members(list ...string) string { return strings.Join(list, ",") }

// grants is a statement of a resource policy on all its resource.
func grants(effect, action, principal string) string {
	return on(effect, action, "*") + `,"Principal":` + principal
}

// trusts is a statement of a trust policy.
func trusts(effect, principal string) string {
	return `"Effect":"` + effect + `","Action":"sts:AssumeRole","Principal":` + principal
}

// aws is a Principal of kind AWS.
func aws(names ...string) string { return `{"AWS":["` + strings.Join(names, `","`) + `"]}` }

// when is a Condition to be put behind a statement.
func when(condition string) string { return `,"Condition":{` + condition + "}" }

// asks is a request in a closed context without keys, openly one in an open
// context; facts are further members.
func asks(principal, action, resource string, facts ...string) string {
	return members(append([]string{askAs(principal, action, resource, "closed")}, facts...)...)
}

func openly(principal, action, resource string, facts ...string) string {
	return members(append([]string{askAs(principal, action, resource, "open")}, facts...)...)
}

// inAccount is the member that names the resource's account.
func inAccount(id string) string { return `"resource_account":"` + id + `"` }

const (
	ours, theirs = "111122223333", "444455556666"
	ourRoot      = "arn:aws:iam::111122223333:root"
	theirRoot    = "arn:aws:iam::444455556666:root"
	appRole      = "arn:aws:iam::111122223333:role/app"
	opsRole      = "arn:aws:iam::444455556666:role/ops"
	opsSession   = "arn:aws:sts::444455556666:assumed-role/ops/deploy"
	aliceFed     = "arn:aws:sts::111122223333:federated-user/alice"
	bobFed       = "arn:aws:sts::444455556666:federated-user/bob"
	monitor      = "arn:aws:iam::111122223333:role/monitor"
	kmsKey       = "arn:aws:kms:us-east-1:111122223333:key/k"

	everything = "{" + version2012 + `"Statement":[{` + allowEverything + "}]}"
	logsOnly   = `"Effect":"Allow","Action":"logs:*","Resource":"*"`
	snsOnly    = `"Effect":"Allow","Action":"sns:*","Resource":"*"`
	denyAll    = `"Effect":"Deny","Action":"*","Resource":"*"`
	unread     = `{"$unknown":"var.policy"}`
)
