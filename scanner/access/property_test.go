package access_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

// rounds is how many policies each law is tried on.
const rounds = 30

// inFull leaves a law out of a short run: under the race detector each takes
// minutes.
func inFull(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("the laws are tried in a full run")
	}
}

// A maker makes statements at random, the same ones each time.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 1))} }

func (m maker) some(of []string) string {
	n := 1 + m.IntN(3)
	var out []string
	for range n {
		out = append(out, of[m.IntN(len(of))])
	}
	return strings.Join(out, " ")
}

func (m maker) actions() string {
	return m.some([]string{
		"*", "logs:*", "logs:Get*", "logs:DeleteLogGroup", "logs:PutSubscriptionFilter", "logs:PutResourcePolicy", "cloudwatch:*",
		"cloudwatch:DeleteAlarms", "cloudwatch:Put*", "CLOUDWATCH:putmetricdata", "xray:*", "iam:PassRole", "iam:*", "oam:CreateLink", "s3:GetObject",
	})
}

func (m maker) resources() string {
	return m.some([]string{
		"*", "arn:aws:logs:*:*:*", prefixARN, groupARN, "arn:aws:cloudwatch:*:*:alarm:*", "arn:aws:cloudwatch:*:*:alarm:app-*",
		"arn:aws:logs:*:" + home + ":log-group:*", "arn:aws:oam:*:*:sink/*", "arn:aws:iam::*:role/app/*",
	})
}

func (m maker) statement(effect string) string {
	condition := []string{"", "", `{"StringEquals": {"aws:ResourceTag/team": "a"}}`, `{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}`}[m.IntN(4)]
	s := statement(effect, m.actions(), m.resources(), condition)
	switch m.IntN(8) {
	case 0:
		s = strings.Replace(s, `"Action"`, `"NotAction"`, 1)
	case 1:
		s = strings.Replace(s, `"Resource"`, `"NotResource"`, 1)
	}
	return s
}

func (m maker) statements() []string {
	var out []string
	for range 1 + m.IntN(3) {
		out = append(out, m.statement("Allow"))
	}
	for range m.IntN(3) {
		out = append(out, m.statement("Deny"))
	}
	return out
}

func held(t *testing.T, r role, policies ...managedPolicy) *access.Holding {
	t.Helper()
	return live(t, account{Roles: []role{r}, Policies: policies}).holding()
}

// within reports whether one holding holds no more than another.
func within(a, b *access.Holding) bool {
	return a.Actions.Minus(b.Actions).Empty() && a.Unscoped.Minus(b.Unscoped).Empty() && (b.Everything || !a.Everything)
}

func equal(a, b *access.Holding) bool {
	return a.Actions == b.Actions && a.Unscoped == b.Unscoped && a.Everything == b.Everything && a.Admin == b.Admin
}

func TestDenyNeverAdds(t *testing.T) {
	inFull(t)
	m, less := newMaker(1), 0
	for range rounds {
		statements := m.statements()
		before := held(t, app(document(statements...)))
		denied := append(slices.Clone(statements), m.statement("Deny"))
		after := held(t, app(document(denied...)))
		if !within(after, before) {
			t.Fatalf("a Deny adds:\n%s", strings.Join(denied, "\n"))
		}
		if !equal(after, before) {
			less++
		}
	}
	if less == 0 {
		t.Error("no Deny took anything away")
	}
}

func TestBoundaryNeverAdds(t *testing.T) {
	inFull(t)
	m, less := newMaker(2), 0
	for range rounds {
		statements, edge := m.statements(), m.statements()
		before := held(t, app(document(statements...)))
		after := held(t, app(document(statements...)).bounded(customerARN("edge")), customer("edge", document(edge...)))
		if !within(after, before) {
			t.Fatalf("a boundary adds:\n%s\nbounded by\n%s", strings.Join(statements, "\n"), strings.Join(edge, "\n"))
		}
		if !equal(after, before) {
			less++
		}
	}
	if less == 0 {
		t.Error("no boundary took anything away")
	}
}

func TestOrderIsFree(t *testing.T) {
	inFull(t)
	m := newMaker(3)
	for range rounds {
		statements := m.statements()
		turned := slices.Clone(statements)
		slices.Reverse(turned)
		for i, s := range turned {
			turned[i] = reverseLists(s)
		}
		if !equal(held(t, app(document(statements...))), held(t, app(document(turned...)))) {
			t.Fatalf("order matters:\n%s", strings.Join(statements, "\n"))
		}
		var parts []role
		parts = append(parts, app(document(statements[:1]...), document(statements...)), app(document(statements...)))
		if !equal(held(t, parts[0]), held(t, parts[1])) {
			t.Fatalf("a repeated policy matters:\n%s", strings.Join(statements, "\n"))
		}
	}
}

// reverseLists turns the lists of a statement of these tests around.
func reverseLists(s string) string {
	parts := strings.Split(s, "[")
	for i, p := range parts[1:] {
		body, rest, ok := strings.Cut(p, "]")
		if !ok {
			continue
		}
		items := strings.Split(body, ",")
		slices.Reverse(items)
		parts[i+1] = strings.Join(items, ",") + "]" + rest
	}
	return strings.Join(parts, "[")
}

func TestSplitKeepsTheUnion(t *testing.T) {
	inFull(t)
	m := newMaker(4)
	for range rounds {
		a, b, resources := m.actions(), m.actions(), m.resources()
		denies := []string{m.statement("Deny")}
		whole := held(t, app(document(append(denies, allow(a+" "+b, resources))...)))
		split := held(t, app(document(append(denies, allow(a, resources), allow(b, resources))...)))
		if !equal(whole, split) {
			t.Fatalf("split differs: %s | %s on %s but for %s", a, b, resources, denies[0])
		}
	}
}

func TestDocumentsSplitFreely(t *testing.T) {
	inFull(t)
	m := newMaker(5)
	for range rounds {
		statements := m.statements()
		r := app(document(statements[:1]...))
		if len(statements) > 1 {
			r = app(document(statements[:1]...), document(statements[1:]...))
		}
		if !equal(held(t, app(document(statements...))), held(t, r)) {
			t.Fatalf("two documents differ:\n%s", strings.Join(statements, "\n"))
		}
	}
}

func TestSetsOfAGrantNest(t *testing.T) {
	inFull(t)
	m := newMaker(6)
	inside := func(what string, a, b cloudwatch.ActionSet) {
		t.Helper()
		if !a.Minus(b).Empty() {
			t.Errorf("%s: %v", what, a.Minus(b).Names())
		}
	}
	for range rounds {
		for _, g := range live(t, account{Roles: []role{app(document(m.statements()...))}}).graph.Grants() {
			inside("unscoped in unscoped resources", g.Unscoped, g.UnscopedResources)
			inside("unscoped resources in actions", g.UnscopedResources, g.Actions)
			inside("actions in reached", g.Actions, g.Reached)
			inside("reached in patterns", g.Reached, g.Patterns)
			inside("patterns in possible", g.Patterns, g.Possible)
		}
	}
}
