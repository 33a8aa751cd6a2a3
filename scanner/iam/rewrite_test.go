package iam_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// randomMembers are the members of a statement of a kind of document, in no
// order, some with a fault.
func randomMembers(r *rand.Rand, kind iam.DocumentKind) []string {
	out := []string{`"Effect":` + pick(r, []string{`"Allow"`, `"Allow"`, `"Allow"`, `"Deny"`, `"Deny"`, `"allow"`})}
	action, resource := `"logs:Get*"`, `"*"`
	if r.IntN(3) > 0 {
		s := randomSpec(r, "Allow")
		action, resource = "["+quoted(s.actions)+"]", "["+quoted(s.resources)+"]"
	}
	if r.IntN(8) == 0 {
		action = pick(r, []string{"[]", `"cloud*:*"`, `"Delete"`, `"logs:Get,logs:Put"`, "7"})
	}
	out = append(out, pick(r, []string{`"Action":`, `"Action":`, `"NotAction":`})+action)
	if kind != iam.TrustDocument || r.IntN(8) == 0 {
		out = append(out, pick(r, []string{`"Resource":`, `"Resource":`, `"NotResource":`})+resource)
	}
	if kind != iam.IdentityDocument || r.IntN(8) == 0 {
		principal := pick(r, []string{
			`"*"`, `{"AWS":"111122223333","Service":["ec2.amazonaws.com"]}`, `{"AWS":["` + alice + `","` + bob + `"]}`, `{"AWS":"arn:aws:iam::*:root"}`, `{}`, `{"User":"x"}`,
		})
		out = append(out, pick(r, []string{`"Principal":`, `"Principal":`, `"NotPrincipal":`})+principal)
	}
	if r.IntN(2) == 0 {
		out = append(out, `"Condition":`+pick(r, []string{
			`{"StringEquals":{"aws:PrincipalTag/t":["x","\u00e9\n\""],"aws:username":"alice"},"Bool":{"aws:MultiFactorAuthPresent":true}}`,
			`{"NumericLessThan":{"aws:MultiFactorAuthAge":[7,0.5]},"StringNotLike":{"aws:PrincipalTag/t":"${aws:username}*"}}`,
			`{"StringIs":{"aws:x":"a"},"Null":{"aws:PrincipalTag/t":["false"]}}`, `{"ForAllValues:StringLike":{"aws:TagKeys":[]}}`, `{}`, `[]`,
			`{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","here"]}}`,
		}))
	}
	if r.IntN(4) == 0 {
		out = append(out, pick(r, []string{`"Sid":"a"`, `"Sid":"a b"`, `"Sid":"<a&b>"`, `"Comment":"x"`, `"Condition":null`}))
	}
	return out
}

func randomDocument(r *rand.Rand, kind iam.DocumentKind) string {
	var list []string
	for range 1 + r.IntN(3) {
		list = append(list, "{"+strings.Join(randomMembers(r, kind), ",")+"}")
	}
	out := pick(r, []string{`"Version":"2012-10-17",`, `"Version":"2012-10-17",`, `"Version":"2008-10-17",`, `"Id":"x",`, ``, `"Version":"2012",`})
	return "{" + out + `"Statement":[` + strings.Join(list, ",") + "]}"
}

// rewritten is a value as JSON in another dress: members in another order,
// other white space, texts spelt with escapes, a list of one as its element.
func rewritten(r *rand.Rand, v *source.Value) string {
	blank := func() string { return pick(r, []string{"", "", " ", "\n\t", "\r\n  "}) }
	switch v.Kind {
	case source.Str:
		return escaped(r, v.Scalar.Value)
	case source.List:
		if len(v.Items) == 1 && v.Items[0].Kind != source.List && r.IntN(2) == 0 {
			return rewritten(r, v.Items[0])
		}
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = blank() + rewritten(r, item) + blank()
		}
		return "[" + strings.Join(parts, ",") + blank() + "]"
	case source.Object:
		var parts []string
		for _, i := range r.Perm(len(v.Members)) {
			m := v.Members[i]
			parts = append(parts, blank()+escaped(r, m.Name.Value)+blank()+":"+blank()+rewritten(r, m.Value))
		}
		return "{" + strings.Join(parts, ","+blank()) + blank() + "}"
	}
	return v.Scalar.Value
}

// escaped writes a text with some characters as escapes.
func escaped(r *rand.Rand, s string) string {
	var b strings.Builder
	for _, c := range s {
		if c != '"' && c != '\\' && c >= ' ' && r.IntN(5) > 0 {
			b.WriteRune(c)
			continue
		}
		for _, u := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&b, `\u%04X`, u)
		}
	}
	return `"` + b.String() + `"`
}

// gist is what a document comes to: whether it counts, its faults in any
// order, and its answers.
func gist(d *iam.Document) []string {
	faults := messages(d)
	slices.Sort(faults)
	out := append([]string{fmt.Sprint(d.Invalid, d.Version.Value, d.ID.Value, len(d.Statements))}, faults...)
	p := iam.Policies{Identity: []*iam.Document{d}}
	list := []iam.Request{request("cloudwatch:DeleteAlarms", alarm), request("logs:GetLogEvents", logStream)}
	switch d.Kind {
	case iam.TrustDocument:
		p, list = iam.Policies{Trust: d}, []iam.Request{request("sts:AssumeRole", "arn:aws:iam::111122223333:role/r")}
	case iam.ResourceDocument:
		p = iam.Policies{Resource: d}
	}
	for _, q := range list {
		for _, open := range []bool{false, true} {
			q.Context = iam.Context{Open: open, Keys: []iam.ContextKey{{Name: "aws:PrincipalTag/t", Values: []string{"x"}}, {Name: "aws:username", Values: []string{"alice"}}}}
			a := iam.Decide(p, q, fakeFacts{})
			out = append(out, fmt.Sprint(a.Result, a.Explicit, a.Incomplete, len(a.Tests), len(a.Allowing), len(a.Denying)))
		}
	}
	return out
}

// TestADocumentAndItsReserialisationAgree writes documents back in three
// ways, one of them inside a text, and reads them again.
func TestADocumentAndItsReserialisationAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 3000 {
		kind := pick(r, []iam.DocumentKind{iam.IdentityDocument, iam.TrustDocument, iam.ResourceDocument})
		text := randomDocument(r, kind)
		v := jsonValue(t, text)
		want := gist(iam.Read(v, kind))
		for _, again := range []string{v.JSON(), rewritten(r, v), source.StringValue(source.NewString(v.JSON(), v.Range)).JSON()} {
			if diff := cmp.Diff(want, gist(iam.Read(jsonValue(t, again), kind))); diff != "" {
				t.Fatalf("(-%s\n+%s)\n%s", text, again, diff)
			}
		}
	}
}
