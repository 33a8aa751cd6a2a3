package iam_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// holeStatement is a sound statement of a kind of document, as JSON.
func holeStatement(r *rand.Rand, kind iam.DocumentKind) string {
	s := randomSpec(r, pick(r, []string{"Allow", "Allow", "Allow", "Deny"}))
	s.actions = some(r, []string{"*", "cloudwatch:*", "cloudwatch:Delete*", "cloudwatch:DeleteAlarms", "logs:*"})
	s.not = r.IntN(8) == 0
	s.resources = some(r, []string{
		"*", alarm, "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-*", "arn:aws:cloudwatch:*:444455556666:alarm:*", "arn:aws:logs:us-east-1:*:*", "arn:aws:cloudwatch:us-east-1:111122223333:*",
		"arn:aws:cloudwatch:us-*:111122223333:*", "arn:aws:cloudwatch:*",
	})
	s.condition = pick(r, []string{
		"", "", s.condition, `"ArnLike":{"aws:PrincipalArn":["` + alice + `","arn:aws:iam::111122223333:role/*"]}`, `"StringEquals":{"aws:SourceAccount":"111122223333"}`,
		`"StringNotEquals":{"aws:RequestedRegion":["us-east-1","eu-west-1"]}`, `"StringEqualsIfExists":{"aws:PrincipalTag/t":["x","y"]}`,
		`"ForAllValues:StringLike":{"aws:TagKeys":["a*","b"]}`, `"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}`, `"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`,
		`"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}`, `"Null":{"aws:PrincipalTag/t":"false"}`, `"DateLessThan":{"aws:CurrentTime":"2026-11-25T00:00:00Z"}`,
	})
	text := s.json()
	if kind == iam.IdentityDocument {
		return text
	}
	if kind == iam.TrustDocument {
		text = `{"Effect":"` + s.effect + `","Action":["sts:AssumeRole","sts:*"],"Condition":{` + s.condition + "}}"
	}
	principal := pick(r, []string{
		`"*"`, `{"AWS":"` + alice + `"}`, `{"AWS":["arn:aws:iam::111122223333:root","` + bob + `"]}`, `{"AWS":["444455556666","111122223333"]}`,
		`{"Service":"ec2.amazonaws.com"}`, `{"AWS":"` + session + `"}`, `{"AWS":"arn:aws:iam::111122223333:role/app"}`,
	})
	name := "Principal"
	if kind == iam.ResourceDocument && r.IntN(6) == 0 {
		name = "NotPrincipal"
	}
	return `{"` + name + `":` + principal + "," + text[1:]
}

// texts are the places of a document in which a hole can stand.
func texts(v *source.Value) []*source.String {
	var out []*source.String
	for _, st := range v.Get("Statement").Elements() {
		for _, m := range st.Members {
			out = append(out, textsBelow(m.Value)...)
		}
		if c := st.Get("Condition"); c != nil {
			for i := range c.Members {
				out = append(out, &c.Members[i].Name)
				for j := range c.Members[i].Value.Members {
					out = append(out, &c.Members[i].Value.Members[j].Name)
				}
			}
		}
	}
	return out
}

func textsBelow(v *source.Value) []*source.String {
	if v.Kind == source.Str {
		return []*source.String{&v.Scalar}
	}
	var out []*source.String
	for _, i := range v.Items {
		out = append(out, textsBelow(i)...)
	}
	for _, m := range v.Members {
		out = append(out, textsBelow(m.Value)...)
	}
	return out
}

// punchTyped replaces a part of a text by a hole of a kind that can hold it;
// kind is empty when the text holds no such part.
func punchTyped(r *rand.Rand, s string) (out string, kind source.HoleKind) {
	kind = pick(r, []source.HoleKind{source.HoleSelf, source.HoleAccount, source.HoleRegion, source.HolePartition, source.HoleName, source.HoleFree})
	part := map[source.HoleKind]string{
		source.HoleSelf: "111122223333", source.HoleAccount: pick(r, []string{"111122223333", "444455556666"}),
		source.HoleRegion: pick(r, []string{"us-east-1", "eu-west-1"}), source.HolePartition: "aws",
	}[kind]
	switch kind {
	case source.HoleFree:
		return punch(r, s), kind
	case source.HoleName:
		words := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune("*?:/${}", c) })
		if len(words) == 0 || strings.Contains(s, "${") {
			return s, ""
		}
		part = pick(r, words)
	}
	if !strings.Contains(s, part) || kind == source.HolePartition && !strings.HasPrefix(s, "arn:aws:") {
		return s, ""
	}
	return strings.Replace(s, part, source.Hole(kind, "var.x"), 1), kind
}

func holeRequest(r *rand.Rand, kind iam.DocumentKind) iam.Request {
	q := randomRequest(r)
	if r.IntN(4) > 0 {
		q.Action, q.Resource = "cloudwatch:DeleteAlarms", pick(r, []string{alarm, alarm, "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"})
	}
	if kind == iam.TrustDocument {
		q.Action, q.Resource = "sts:AssumeRole", "arn:aws:iam::111122223333:role/r"
	}
	if kind != iam.IdentityDocument {
		q.Principal, q.ResourceAccount = pick(r, []string{alice, session, bob, "ec2.amazonaws.com", "*"}), "111122223333"
	}
	for _, k := range []iam.ContextKey{
		{Name: "aws:SourceAccount", Values: []string{"111122223333"}}, {Name: "aws:RequestedRegion", Values: []string{"us-east-1"}},
		{Name: "aws:TagKeys", Values: []string{"a", "b"}, Multi: true}, {Name: "aws:SourceIp", Values: []string{"192.0.2.7"}},
		{Name: "aws:MultiFactorAuthAge", Values: []string{"20"}}, {Name: "aws:PrincipalArn", Values: []string{q.Principal}},
	} {
		if r.IntN(4) > 0 {
			q.Context.Keys = append(q.Context.Keys, k)
		}
	}
	return q
}

// TestAHoleOfAnyKindMovesAnAnswerTowardConditionalOnly punches one hole into
// any text of a document: actions, resources, principals, values, keys and
// operators of conditions, effects.
func TestAHoleOfAnyKindMovesAnAnswerTowardConditionalOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	n, seen := 12000, map[source.HoleKind]int{}
	if testing.Short() {
		n = 3000
	}
	for range n {
		kind := pick(r, []iam.DocumentKind{iam.IdentityDocument, iam.TrustDocument, iam.ResourceDocument})
		list := []string{holeStatement(r, kind)}
		for r.IntN(2) == 0 {
			list = append(list, holeStatement(r, kind))
		}
		text := `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + "]}"
		v, q := jsonValue(t, text), holeRequest(r, kind)
		before := decideAlone(iam.Read(v, kind), q)
		place := pick(r, texts(v))
		punched, hole := punchTyped(r, place.Value)
		if hole == "" {
			continue
		}
		seen[hole]++
		*place = source.NewString(punched, place.Range)
		if after := decideAlone(iam.Read(v, kind), q); after != before && after != iam.Conditional {
			t.Fatalf("%s, with %q %s: %s\n%+v", before, source.Show(punched), after, text, q)
		}
	}
	for _, k := range []source.HoleKind{source.HoleSelf, source.HoleAccount, source.HoleRegion, source.HolePartition, source.HoleName, source.HoleFree} {
		if seen[k] < n/300 {
			t.Errorf("%d holes of kind %s in %d documents", seen[k], k, n)
		}
	}
}

// decideAlone puts a document to its use, beside a caller without policies.
func decideAlone(d *iam.Document, q iam.Request) iam.Result {
	p := iam.Policies{}
	switch d.Kind {
	case iam.TrustDocument:
		p.Trust = d
	case iam.ResourceDocument:
		p.Resource = d
	default:
		p.Identity = []*iam.Document{d}
	}
	return iam.Decide(p, q, fakeFacts{}).Result
}
