package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
)

// plainTemplates is how many templates the property is tried on; the number in
// WORLDS_TEMPLATES says another.
const plainTemplates = 50

// TestWorldsAreAllDeployments: what a scan finds without parameters is what it
// finds under all assignments of values, and each finding holds exactly under
// those assignments under which it is found.
func TestWorldsAreAllDeployments(t *testing.T) {
	count := plainTemplates
	if n, err := strconv.Atoi(os.Getenv("WORLDS_TEMPLATES")); err == nil {
		count = n
	}
	found, conditional := 0, 0
	for seed := range count {
		g := newWorldsGrammar(uint64(seed))
		f, c := checkWorlds(t, seed, g)
		found, conditional = found+f, conditional+c
		if t.Failed() {
			return
		}
	}
	if conditional < count/2 {
		t.Errorf("only %d of %d findings depend on values", conditional, found)
	}
}

// checkWorlds tries one template and counts its findings, and those that do
// not always hold.
func checkWorlds(t *testing.T, seed int, g *worldsGrammar) (found, conditional int) {
	t.Helper()
	files := map[string]string{"t.yaml": g.text}
	all := placedFindings(scanTemplate(t, files, nil).Findings)
	under := map[string][]bool{}
	assignments := g.assignments()
	for i, given := range assignments {
		for key := range placedFindings(scanTemplate(t, files, given).Findings) {
			if under[key] == nil {
				under[key] = make([]bool, len(assignments))
			}
			under[key][i] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(under)), slices.Sorted(maps.Keys(all))); diff != "" {
		t.Errorf("seed %d: findings (-under all assignments +without parameters):\n%s\n%s", seed, diff, g.text)
		return 0, 0
	}
	for key, f := range all {
		if f.When != "" {
			conditional++
		}
		for i, given := range assignments {
			if found := under[key][i]; holdsUnder(f, given) != found {
				t.Errorf("seed %d: %s: found under %v: %v, but it says %q\n%s", seed, key, given, found, f.When, g.text)
				return 0, 0
			}
		}
	}
	return len(all), conditional
}

// placedFindings are the findings of a scan by rule, place, entity and
// part, those alike in all numbered.
func placedFindings(findings []scanner.Finding) map[string]scanner.Finding {
	out := map[string]scanner.Finding{}
	for _, f := range findings {
		about := fmt.Sprintf("%s %s %s %q", f.Rule.ID, f.Range, f.Entity, f.Part)
		key := about
		for n := 2; ; n++ {
			if _, again := out[key]; !again {
				break
			}
			key = fmt.Sprintf("%s (%d)", about, n)
		}
		out[key] = f
	}
	return out
}

// holdsUnder asks a finding itself.
func holdsUnder(f scanner.Finding, given map[string]string) bool {
	if f.Unit == nil || f.Unit.Worlds == nil {
		return true
	}
	w := f.Unit.Worlds
	c := w.Combination(given)
	return c >= 0 && w.Of[c] >= 0 && f.Holds[w.Of[c]]
}

// A worldsGrammar makes a template whose conditions its parameters settle.
type worldsGrammar struct {
	random     *rand.Rand
	names      []string
	values     map[string][]string // all that lead to different outcomes
	conditions []string
	// choices are the parameters that can only have the keys of the mapping.
	choices []string
	text    string
}

// fresh is a value that no template names.
const fresh = "some-other-value"

func newWorldsGrammar(seed uint64) *worldsGrammar {
	g := &worldsGrammar{random: rand.New(rand.NewPCG(seed, 5)), values: map[string][]string{}}
	var b strings.Builder
	b.WriteString("Mappings:\n  M:\n    a: {on: \"yes\", act: \"*\"}\n    b: {on: \"no\", act: \"logs:GetLogEvents\"}\n    c: {on: \"yes\", act: \"logs:*\"}\nParameters:\n")
	for i := range 1 + g.random.IntN(5)/2 {
		g.parameter(&b, fmt.Sprintf("P%d", i))
	}
	b.WriteString("  External:\n    Type: String\n    Default: \"\"\n")
	g.names, g.values["External"] = append(g.names, "External"), []string{"", "a", "b", "c", fresh}
	b.WriteString("Conditions:\n  Given: !Not [!Equals [!Ref External, \"\"]]\n")
	g.conditions = []string{"Given"}
	for i := range 2 + g.random.IntN(3) {
		fmt.Fprintf(&b, "  C%d: %s\n", i, g.condition(0))
		g.conditions = append(g.conditions, fmt.Sprintf("C%d", i))
	}
	b.WriteString("Resources:\n")
	for i := range 1 + g.random.IntN(3) {
		g.resource(&b, i)
	}
	g.text = b.String()
	return g
}

func (g *worldsGrammar) one(list ...string) string { return list[g.random.IntN(len(list))] }

func (g *worldsGrammar) parameter(b *strings.Builder, name string) {
	g.names = append(g.names, name)
	fmt.Fprintf(b, "  %s:\n    Type: String\n", name)
	switch g.random.IntN(4) {
	case 0:
		b.WriteString("    AllowedValues: [a, b, c]\n")
		if g.random.IntN(2) == 0 {
			fmt.Fprintf(b, "    Default: %s\n", g.one("a", "b", "c"))
		}
		g.choices, g.values[name] = append(g.choices, name), []string{"a", "b", "c"}
	case 1:
		b.WriteString("    AllowedValues: [a, b]\n")
		g.choices, g.values[name] = append(g.choices, name), []string{"a", "b"}
	case 2:
		fmt.Fprintf(b, "    Default: %s\n", g.one(`""`, "a", "d"))
		g.values[name] = []string{"", "a", "b", "c", "d", fresh}
	default:
		b.WriteString("    MinLength: 1\n")
		g.values[name] = []string{"a", "b", "c", fresh}
	}
}

func (g *worldsGrammar) condition(depth int) string {
	kind := g.random.IntN(6)
	if depth > 2 {
		kind = 0
	}
	switch kind {
	case 1:
		return "!Not [" + g.condition(depth+1) + "]"
	case 2:
		return "!And [" + g.condition(depth+1) + ", " + g.condition(depth+1) + "]"
	case 3:
		return "!Or [" + g.condition(depth+1) + ", " + g.condition(depth+1) + "]"
	case 4:
		return "!Condition " + g.one(g.conditions...)
	case 5:
		if len(g.choices) > 0 {
			return "!Equals [!FindInMap [M, !Ref " + g.one(g.choices...) + `, on], "` + g.one("yes", "no") + `"]`
		}
	}
	sides := []string{"!Ref " + g.one(g.names...), g.one("a", "b", `""`)}
	if len(g.choices) > 0 && g.random.IntN(4) == 0 {
		sides[1] = "!Ref " + g.one(g.choices...) // of two that may be anything no value would settle it
	}
	g.random.Shuffle(2, func(i, j int) { sides[i], sides[j] = sides[j], sides[i] })
	return "!Equals [" + strings.Join(sides, ", ") + "]"
}

func (g *worldsGrammar) choose(yes, no string) string {
	return "!If [" + g.one(g.conditions...) + ", " + yes + ", " + no + "]"
}

// resource writes a role, and sometimes a policy that is attached to it under
// a condition of its own.
func (g *worldsGrammar) resource(b *strings.Builder, i int) {
	fmt.Fprintf(b, "  R%d:\n    Type: AWS::IAM::Role\n", i)
	name := ""
	if g.random.IntN(2) == 0 {
		fmt.Fprintf(b, "    Condition: %s\n", g.one(g.conditions...))
	}
	b.WriteString("    Properties:\n")
	if g.random.IntN(2) == 0 {
		name = fmt.Sprintf("role-%d", i)
		fmt.Fprintf(b, "      RoleName: %s\n", name)
	}
	b.WriteString("      AssumeRolePolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n")
	fmt.Fprintf(b, "          - Effect: Allow\n            Principal: {AWS: %s}\n            Action: sts:AssumeRole\n", g.principal())
	if g.random.IntN(2) == 0 {
		fmt.Fprintf(b, "            Condition: %s\n", "!If [Given, {StringEquals: {sts:ExternalId: f3a1-77c2-9be0}}, !Ref AWS::NoValue]")
	}
	if g.random.IntN(3) > 0 {
		fmt.Fprintf(b, "      Policies:\n        - PolicyName: inline\n          PolicyDocument:\n%s", g.document("            "))
	}
	if name != "" && g.random.IntN(2) == 0 {
		fmt.Fprintf(b, "  A%d:\n    Type: AWS::IAM::RolePolicy\n    Condition: %s\n    Properties:\n      RoleName: %s\n      PolicyName: more\n      PolicyDocument:\n%s",
			i, g.one(g.conditions...), name, g.document("        "))
	}
}

func (g *worldsGrammar) principal() string {
	vendor := `"arn:aws:iam::999988887777:root"`
	return g.one(vendor, `"*"`, g.choose(vendor, `"arn:aws:iam::111122223333:root"`), g.choose(`"*"`, vendor))
}

func (g *worldsGrammar) document(indent string) string {
	out := indent + "Version: \"2012-10-17\"\n" + indent + "Statement:\n"
	for range 1 + g.random.IntN(2) {
		statement := fmt.Sprintf("{Effect: Allow, Action: %s, Resource: %s}", g.action(), g.one(`"*"`, g.choose(`"*"`, `"arn:aws:logs:eu-west-1:111122223333:log-group:app:*"`)))
		if g.random.IntN(3) == 0 {
			statement = g.choose(statement, g.one("!Ref AWS::NoValue", `{Effect: Deny, Action: "logs:*", Resource: "*"}`))
		}
		out += indent + "  - " + statement + "\n"
	}
	return out
}

func (g *worldsGrammar) action() string {
	list := []string{`"*"`, `"logs:*"`, `"cloudwatch:DeleteAlarms"`, g.choose(`"*"`, `"logs:GetLogEvents"`), g.choose(`["logs:GetLogEvents", "iam:PassRole"]`, `["cloudwatch:*"]`)}
	if len(g.choices) > 0 {
		list = append(list, "!FindInMap [M, !Ref "+g.one(g.choices...)+", act]")
	}
	return g.one(list...)
}

// assignments are all ways to give the parameters values.
func (g *worldsGrammar) assignments() []map[string]string {
	out := []map[string]string{{}}
	for _, name := range g.names {
		var more []map[string]string
		for _, given := range out {
			for _, v := range g.values[name] {
				next := maps.Clone(given)
				next[name] = v
				more = append(more, next)
			}
		}
		out = more
	}
	return out
}
