package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A maker makes random policy documents, sound ones and some with a fault.
type maker struct{ *rand.Rand }

func choose[T any](m maker, list ...T) T { return list[m.IntN(len(list))] }

// chance is true once in n.
func (m maker) chance(n int) bool { return m.IntN(n) == 0 }

func textValue(s string) *source.Value {
	return source.StringValue(source.NewString(s, source.Range{}))
}

func scalarValue(k source.Kind, s string) *source.Value {
	return &source.Value{Kind: k, Scalar: source.NewString(s, source.Range{})}
}

// An objectValue is an object in the making.
type objectValue struct{ source.Value }

func (o *objectValue) add(name string, v *source.Value) {
	o.Kind = source.Object
	o.Members = append(o.Members, source.Member{Name: source.NewString(name, source.Range{}), Value: v})
}

// several is one of the values alone, or a list of some different ones.
func (m maker) several(values []*source.Value) *source.Value {
	if m.chance(3) {
		return values[m.IntN(len(values))]
	}
	out := &source.Value{Kind: source.List}
	for _, i := range m.Perm(len(values))[:1+m.IntN(min(3, len(values)))] {
		out.Items = append(out.Items, values[i])
	}
	return out
}

func (m maker) texts(list ...string) *source.Value {
	values := make([]*source.Value, len(list))
	for i, s := range list {
		values[i] = textValue(s)
	}
	return m.several(values)
}

func (m maker) document(kind iam.DocumentKind) *source.Value {
	var d objectValue
	if v := choose(m, "2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", ""); v != "" {
		d.add("Version", textValue(v))
	}
	if kind == iam.ResourceDocument && m.chance(3) {
		d.add("Id", textValue("Guard 1"))
	}
	list := &source.Value{Kind: source.List}
	for i := range 1 + m.IntN(3) {
		list.Items = append(list.Items, m.statement(kind, i))
	}
	if len(list.Items) == 1 && m.chance(2) {
		list = list.Items[0]
	}
	d.add("Statement", list)
	return &d.Value
}

func (m maker) statement(kind iam.DocumentKind, i int) *source.Value {
	var st objectValue
	if m.chance(2) {
		st.add("Sid", textValue(choose(m, "S", "s9", "S", "with blank")+strconv.Itoa(i)))
	}
	effect := choose(m, "Allow", "Allow", "Allow", "Deny")
	if m.chance(25) {
		effect = "allow"
	}
	st.add("Effect", textValue(effect))
	if kind != iam.IdentityDocument {
		st.add(choose(m, "Principal", "Principal", "Principal", "Principal", "Principal", "NotPrincipal"), m.principal())
	}
	m.what(&st, kind)
	if m.chance(2) {
		st.add("Condition", m.condition())
	}
	return &st.Value
}

// what adds actions and resources.
func (m maker) what(st *objectValue, kind iam.DocumentKind) {
	if kind == iam.TrustDocument {
		st.add("Action", m.texts("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:*", "STS:assume*"))
		return
	}
	actions := []string{
		"logs:*", "cloudwatch:DeleteAlarms", "cloudwatch:Delete*", "CLOUDWATCH:Put?etricData", "logs:Get*", "*", "cloud*:Get*", "logs:Get,logs:Put", "logs", "iam:*",
	}
	st.add(choose(m, "Action", "Action", "Action", "NotAction"), m.texts(actions...))
	if kind == iam.ResourceDocument && m.chance(3) {
		return
	}
	st.add(choose(m, "Resource", "Resource", "Resource", "NotResource"), m.texts(
		"*", "arn:aws:cloudwatch:*:*:alarm:prod-*", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-1", "arn:aws:logs:*:*:*",
		"arn:aws:logs:us-east-1:111122223333:log-group:/app/${aws:username}:*", "arn:aws:logs:*", "arn:aws:sns:us-east-1:111122223333:${*}",
		"arn:aws:logs:us-east-1:111122223333:log-group:/app/${aws:PrincipalTag/t, 'none'}:*", "prod",
	))
}

func (m maker) principal() *source.Value {
	if m.chance(3) {
		return textValue("*")
	}
	var p objectValue
	kinds := map[string]*source.Value{
		"AWS": m.texts("111122223333", "012345678901", "*", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/alice",
			"arn:aws:iam::444455556666:role/ci", "arn:aws:iam::*:root", "AROAEXAMPLE123", "arn:aws:iam::111122223333:group/g"),
		"Service":       m.texts("ec2.amazonaws.com", "logs.us-east-1.amazonaws.com"),
		"Federated":     m.texts("cognito-identity.amazonaws.com", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"),
		"CanonicalUser": m.texts("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
	}
	names := []string{"AWS", "Service", "Federated", "CanonicalUser"}
	for _, i := range m.Perm(len(names))[:1+m.IntN(2)] {
		p.add(names[i], kinds[names[i]])
	}
	return &p.Value
}

// odd are texts that one syntax or another must escape.
func odd() []string {
	return []string{
		"a", "", "true", "null", "~", "x: y # z", "it's", `say "so"`, `back\slash`, "é", "%{if}", "<a&b>", "${aws:username}", "$${x", "${aws:username}-${$}",
		"- a", "{a}", "[a]", "*", "!Ref a", "&a", "tab\there", "two\nlines", " blanks ", "2026-11-25", "0x1f", "1e3", "007", "0b1", "yes", "a?*", "@a", "`a`", "EOF",
	}
}

func (m maker) condition() *source.Value {
	var c objectValue
	text := m.texts(odd()...)
	if m.chance(3) {
		text = m.texts("a", "alice", "é", "${aws:username}")
	}
	number := m.several([]*source.Value{scalarValue(source.Number, "7"), scalarValue(source.Number, "0.5"), textValue("12"), textValue("many"), scalarValue(source.Number, "-3")})
	truth := m.several([]*source.Value{scalarValue(source.Bool, "true"), scalarValue(source.Bool, "false"), textValue("true"), textValue("False")})
	tests := []struct {
		operator, key string
		values        *source.Value
	}{
		{"StringEquals", "aws:PrincipalTag/t", text}, {"StringNotLike", "aws:username", text}, {"StringLikeIfExists", "aws:PrincipalTag/a b", text},
		{"ForAnyValue:StringLike", "aws:TagKeys", text}, {"ForAllValues:StringEquals", "aws:TagKeys", text}, {"StringIs", "aws:x", text},
		{"Bool", "aws:MultiFactorAuthPresent", truth}, {"Null", "aws:TokenIssueTime", truth}, {"BoolIfExists", "aws:SecureTransport", truth},
		{"NumericLessThan", "aws:MultiFactorAuthAge", number}, {"numericequals", "aws:MultiFactorAuthAge", number},
		{"IpAddress", "aws:SourceIp", m.texts("192.0.2.0/24", "198.51.100.7", "2001:db8::/32", "here")},
		{"DateLessThan", "aws:CurrentTime", m.texts("2026-11-25", "2026-11-25T12:00:00Z", "1764072000", "now")},
		{"ArnLike", "aws:PrincipalArn", m.texts("arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:user/${aws:username}", "nothing")},
	}
	for _, i := range m.Perm(len(tests))[:1+m.IntN(3)] {
		var keys objectValue
		keys.add(tests[i].key, tests[i].values)
		if m.chance(4) {
			keys.add("aws:other", tests[i].values)
		}
		c.add(tests[i].operator, &keys.Value)
	}
	return &c.Value
}

// requests are questions that some of the documents answer differently.
func requests(kind iam.DocumentKind) []iam.Request {
	const alarm, group = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-1", "arn:aws:logs:us-east-1:111122223333:log-group:/app/alice:*"
	var out []iam.Request
	for _, who := range []string{"arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:role/ci", "ec2.amazonaws.com"} {
		for i, open := range []bool{false, true} {
			ask := func(action, resource string) {
				out = append(out, iam.Request{Principal: who, Action: action, Resource: resource, ResourceAccount: "111122223333", Context: iam.Context{
					Open: open,
					Keys: []iam.ContextKey{
						{Name: "aws:username", Values: []string{"alice"}}, {Name: "aws:PrincipalTag/t", Values: []string{odd()[i]}},
						{Name: "aws:MultiFactorAuthPresent", Values: []string{"true"}}, {Name: "aws:TagKeys", Values: []string{"a", "é"}, Multi: true},
						{Name: "aws:SourceIp", Values: []string{"192.0.2.9"}},
					},
				}})
			}
			if kind == iam.TrustDocument {
				ask("sts:AssumeRole", "arn:aws:iam::111122223333:role/r")
				continue
			}
			ask("cloudwatch:DeleteAlarms", alarm)
			ask("logs:GetLogEvents", group)
			ask("iam:PassRole", "*")
		}
	}
	return out
}

// policiesOf puts a document to its use.
func policiesOf(d *iam.Document) iam.Policies {
	switch d.Kind {
	case iam.TrustDocument:
		return iam.Policies{Trust: d}
	case iam.ResourceDocument:
		return iam.Policies{Resource: d}
	}
	return iam.Policies{Identity: []*iam.Document{d}}
}

// answersOf are the decisions on all requests, with their grounds in words.
func answersOf(d *iam.Document) []string {
	var out []string
	for _, q := range requests(d.Kind) {
		a := iam.Decide(policiesOf(d), q, nil)
		out = append(out, fmt.Sprintf("%s on %s by %s: %s, explicit %v, %d tests, %d allow, %d deny",
			q.Action, q.Resource, q.Principal, a.Result, a.Explicit, len(a.Tests), len(a.Allowing), len(a.Denying)))
	}
	return out
}
