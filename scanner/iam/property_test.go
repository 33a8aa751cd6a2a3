package iam_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A spec is a statement to be generated into a document.
type spec struct {
	effect             string
	actions, resources []string
	not                bool
	condition          string
}

func (s spec) json() string {
	action := "Action"
	if s.not {
		action = "NotAction"
	}
	return fmt.Sprintf(`{"Effect":%q,%q:[%s],"Resource":[%s],"Condition":{%s}}`,
		s.effect, action, quoted(s.actions), quoted(s.resources), s.condition)
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(out, ",")
}

func document(specs []spec) string {
	out := make([]string, len(specs))
	for i, s := range specs {
		out[i] = s.json()
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(out, ",") + `]}`
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func some[T any](r *rand.Rand, list []T) []T {
	out := []T{pick(r, list)}
	for r.IntN(3) == 0 {
		out = append(out, pick(r, list))
	}
	return out
}

func randomSpec(r *rand.Rand, effect string) spec {
	return spec{
		effect:  effect,
		actions: some(r, []string{"*", "cloudwatch:*", "cloudwatch:Delete*", "logs:*", "CLOUDWATCH:deleteAlarms", "iam:*"}),
		resources: some(r, []string{"*", "arn:aws:cloudwatch:*:*:alarm:*", "arn:aws:cloudwatch:*:*:alarm:prod-*", "arn:aws:cloudwatch:*",
			"arn:aws:logs:*:*:*", "arn:aws:cloudwatch:*:*:alarm:${aws:username}-1"}),
		not: r.IntN(5) == 0,
		condition: pick(r, []string{"", "", `"StringEquals":{"aws:RequestedRegion":"us-east-1"}`, `"StringNotEquals":{"aws:PrincipalTag/t":"x"}`,
			`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, `"StringLike":{"aws:PrincipalTag/t":"x*"}`}),
	}
}

func randomRequest(r *rand.Rand) iam.Request {
	q := request(pick(r, []string{"cloudwatch:DeleteAlarms", "logs:GetLogEvents", "cloudwatch:PutMetricData"}),
		pick(r, []string{alarm, "*", "arn:aws:cloudwatch:*:111122223333:alarm:*"}))
	q.Context.Open = r.IntN(2) == 0
	if r.IntN(2) == 0 {
		q.Context.Keys = []iam.ContextKey{{Name: "aws:PrincipalTag/t", Values: []string{"x"}}}
	}
	return q
}

// forCases gives a test generated identity policies and requests.
func forCases(t *testing.T, f func(r *rand.Rand, specs []spec, q iam.Request)) {
	t.Helper()
	n := 5000
	if testing.Short() {
		n = 500
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range n {
		var specs []spec
		for range 1 + r.IntN(3) {
			specs = append(specs, randomSpec(r, pick(r, []string{"Allow", "Allow", "Deny"})))
		}
		f(r, specs, randomRequest(r))
	}
}

func decide(t *testing.T, specs []spec, q iam.Request) iam.Result {
	t.Helper()
	p := iam.Policies{Identity: []*iam.Document{read(t, iam.IdentityDocument, document(specs))}}
	return iam.Decide(p, q, fakeFacts{}).Result
}

func TestDenyNeverAllowsMore(t *testing.T) {
	forCases(t, func(r *rand.Rand, specs []spec, q iam.Request) {
		before := decide(t, specs, q)
		if after := decide(t, append(specs, randomSpec(r, "Deny")), q); after > before {
			t.Fatalf("%s, with a Deny more %s: %s", before, after, document(specs))
		}
	})
}

func TestAllowNeverDeniesMore(t *testing.T) {
	forCases(t, func(r *rand.Rand, specs []spec, q iam.Request) {
		before := decide(t, specs, q)
		if after := decide(t, append(specs, randomSpec(r, "Allow")), q); after < before {
			t.Fatalf("%s, with an Allow more %s: %s", before, after, document(specs))
		}
	})
}

func TestBoundaryNeverAllowsMore(t *testing.T) {
	forCases(t, func(r *rand.Rand, specs []spec, q iam.Request) {
		p := iam.Policies{Identity: []*iam.Document{read(t, iam.IdentityDocument, document(specs))}}
		before := iam.Decide(p, q, fakeFacts{}).Result
		p.Boundary = read(t, iam.BoundaryDocument, document([]spec{randomSpec(r, "Allow"), randomSpec(r, "Allow")}))
		if after := iam.Decide(p, q, fakeFacts{}).Result; after > before {
			t.Fatalf("%s, bounded %s: %s", before, after, document(specs))
		}
	})
}

func TestCaseOfTheActionNeverMatters(t *testing.T) {
	forCases(t, func(_ *rand.Rand, specs []spec, q iam.Request) {
		before := decide(t, specs, q)
		q.Action = strings.ToUpper(q.Action)
		for i := range specs {
			for j := range specs[i].actions {
				specs[i].actions[j] = strings.ToLower(specs[i].actions[j])
			}
		}
		q.Context.Open = false
		closed := decide(t, specs, q)
		q.Action = strings.ToLower(q.Action)
		if again := decide(t, specs, q); again != closed {
			t.Fatalf("%s as %s, %s as lower case (first %s): %s", closed, strings.ToUpper(q.Action), again, before, document(specs))
		}
	})
}

func TestSplittingAStatementChangesNothing(t *testing.T) {
	forCases(t, func(_ *rand.Rand, specs []spec, q iam.Request) {
		var split []spec
		for _, s := range specs {
			if s.not {
				split = append(split, s)
				continue
			}
			for _, a := range s.actions {
				for _, res := range s.resources {
					part := s
					part.actions, part.resources = []string{a}, []string{res}
					split = append(split, part)
				}
			}
		}
		if a, b := decide(t, specs, q), decide(t, split, q); a != b {
			t.Fatalf("%s, split %s: %s", a, b, document(specs))
		}
	})
}

func TestAHoleMovesAnAnswerTowardConditionalOnly(t *testing.T) {
	forCases(t, func(r *rand.Rand, specs []spec, q iam.Request) {
		before := decide(t, specs, q)
		d := read(t, iam.IdentityDocument, document(specs))
		st := pick(r, d.Statements)
		list := pick(r, [][]source.String{st.Actions, st.Resources})
		i := r.IntN(len(list))
		list[i] = source.NewString(punch(r, list[i].Value), list[i].Range)
		after := iam.Decide(iam.Policies{Identity: []*iam.Document{d}}, q, fakeFacts{}).Result
		if after != before && after != iam.Conditional {
			t.Fatalf("%s, with a hole %s: %s", before, after, document(specs))
		}
	})
}

// punch replaces a part of a text by a hole, but none of a variable.
func punch(r *rand.Rand, s string) string {
	if strings.Contains(s, "${") {
		return source.Hole(source.HoleFree, "var.x")
	}
	i := r.IntN(len(s))
	j := i + r.IntN(len(s)-i)
	return s[:i] + source.Hole(source.HoleFree, "var.x") + s[j:]
}
