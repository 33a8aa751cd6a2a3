package iam_test

import (
	"fmt"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestConditions(t *testing.T) {
	const missing = "-"
	for _, c := range []struct {
		condition, value string
		want             string
	}{
		// A missing key.
		{`"StringEquals":{"k":"a"}`, missing, "denied"},
		{`"StringNotEquals":{"k":"a"}`, missing, "allowed"},
		{`"StringEqualsIfExists":{"k":"a"}`, missing, "allowed"},
		{`"ForAllValues:StringEquals":{"k":"a"}`, missing, "allowed"},
		{`"ForAllValues:StringNotEquals":{"k":"a"}`, missing, "allowed"},
		{`"ForAnyValue:StringEquals":{"k":"a"}`, missing, "denied"},
		{`"ForAnyValue:StringNotEquals":{"k":"a"}`, missing, "denied"},
		{`"Null":{"k":"true"}`, missing, "allowed"},
		{`"Null":{"k":false}`, missing, "denied"},
		{`"Null":{"k":["true","false"]}`, missing, "allowed"},
		// Lists.
		{`"ForAllValues:StringEquals":{"k":["a","b"]}`, `["a","b","a"]`, "allowed"},
		{`"ForAllValues:StringEquals":{"k":["a","b"]}`, `["a","c"]`, "denied"},
		{`"ForAllValues:StringNotEquals":{"k":["a","b"]}`, `["c","d"]`, "allowed"},
		{`"ForAllValues:StringNotEquals":{"k":["a","b"]}`, `["c","a"]`, "denied"},
		{`"ForAnyValue:StringEquals":{"k":"a"}`, `["c","a"]`, "allowed"},
		{`"ForAnyValue:StringNotEquals":{"k":["a","b"]}`, `["a","b"]`, "denied"},
		{`"ForAllValues:StringEquals":{"k":"a"}`, `[]`, "allowed"},
		{`"ForAnyValue:StringEquals":{"k":"a"}`, `[]`, "denied"},
		{`"ForAllValues:StringEquals":{"k":"a"}`, `""`, "allowed"},
		{`"ForAnyValue:StringEquals":{"k":""}`, `""`, "denied"},
		{`"StringEquals":{"k":"a"}`, `["a"]`, "denied"},
		{`"StringNotEquals":{"k":"b"}`, `["a"]`, "denied"},
		{`"ForAllValues:StringEquals":{"k":"a"}`, `"a"`, "allowed"},
		// Empty lists of values.
		{`"StringEquals":{"k":[]}`, `"a"`, "conditional"},
		{`"ForAllValues:StringEquals":{"k":[]}`, missing, "allowed"},
		{`"ForAllValues:StringEquals":{"k":[]}`, `["a"]`, "denied"},
		{`"StringEqualsIfExists":{"k":[]}`, missing, "allowed"},
		{`"ForAnyValue:StringEquals":{"k":[]}`, `["a"]`, "denied"},
		// Strings.
		{`"StringEquals":{"k":"a*"}`, `"ab"`, "denied"},
		{`"StringEquals":{"k":"A"}`, `"a"`, "denied"},
		{`"StringEqualsIgnoreCase":{"k":"ÀB"}`, `"àb"`, "allowed"},
		{`"StringNotEqualsIgnoreCase":{"k":"A"}`, `"a"`, "denied"},
		{`"StringLike":{"k":"a?c*"}`, `"abcd"`, "allowed"},
		{`"StringLike":{"k":"A*"}`, `"abcd"`, "denied"},
		{`"StringNotLike":{"k":["x*","a*"]}`, `"abcd"`, "denied"},
		{`"stringlike":{"K":"a*"}`, `"ab"`, "allowed"},
		{`"StringLike":{"k":"${*}"}`, `"ab"`, "denied"},
		{`"StringLike":{"k":"${*}"}`, `"*"`, "allowed"},
		// ARNs.
		{`"ArnEquals":{"k":"arn:aws:sns:*:1:t*"}`, `"arn:aws:sns:eu-west-1:1:topic"`, "allowed"},
		{`"ArnLike":{"k":"arn:aws:sns:*:topic"}`, `"arn:aws:sns:eu-west-1:1:topic"`, "denied"},
		{`"ArnLike":{"k":"arn:aws:sns:*:*:topic"}`, `"arn:aws:sns:eu-west-1:1:2:topic"`, "denied"},
		{`"ArnLike":{"k":"arn:aws:sns:EU-west-1:1:topic"}`, `"arn:aws:sns:eu-west-1:1:topic"`, "denied"},
		{`"ArnLike":{"k":"arn:*:*:*:*:*"}`, `"topic"`, "denied"},
		{`"ArnNotLike":{"k":"arn:aws:sns:*:1:*"}`, `"arn:aws:sns:eu-west-1:2:t"`, "allowed"},
		// Numbers and dates.
		{`"NumericEquals":{"k":3}`, `"3.0"`, "allowed"},
		{`"NumericNotEquals":{"k":[3,4]}`, `"4"`, "denied"},
		{`"NumericLessThanEquals":{"k":"10"}`, `"9"`, "allowed"},
		{`"NumericGreaterThan":{"k":"10"}`, `"9"`, "denied"},
		{`"NumericLessThan":{"k":"ten"}`, `"9"`, "conditional"},
		{`"NumericLessThan":{"k":"10"}`, `"nine"`, "denied"},
		{`"DateGreaterThan":{"k":"2026-01-01T00:00:00Z"}`, `"2026-01-01T01:00:00+02:00"`, "denied"},
		{`"DateLessThan":{"k":"2026-01-01"}`, `"1700000000"`, "allowed"},
		{`"DateEquals":{"k":"1700000000"}`, `"2023-11-14T22:13:20Z"`, "allowed"},
		// Booleans, addresses, bytes.
		{`"Bool":{"k":"TRUE"}`, `"true"`, "allowed"},
		{`"Bool":{"k":"yes"}`, `"true"`, "conditional"},
		{`"IpAddress":{"k":"203.0.113.0/24"}`, `"203.0.113.9"`, "allowed"},
		{`"IpAddress":{"k":"203.0.113.9"}`, `"203.0.113.9"`, "allowed"},
		{`"IpAddress":{"k":"::/0"}`, `"203.0.113.9"`, "denied"},
		{`"IpAddress":{"k":"2001:db8::/32"}`, `"2001:db8::1"`, "allowed"},
		{`"NotIpAddress":{"k":["10.0.0.0/8","203.0.113.0/24"]}`, `"203.0.113.9"`, "denied"},
		{`"IpAddress":{"k":"somewhere"}`, `"203.0.113.9"`, "conditional"},
		{`"BinaryEquals":{"k":"QmluYXJ5"}`, `"QmluYXJ5"`, "allowed"},
		{`"BinaryEquals":{"k":"QmluYXJ5"}`, `"QmluYXJ6"`, "denied"},
		// An unknown operator is an unknown test.
		{`"StringIs":{"k":"a"}`, `"a"`, "conditional"},
		// Operators and keys are all to hold.
		{`"StringEquals":{"k":"a","j":"b"}`, `"a"`, "denied"},
		{`"StringEquals":{"k":"a"},"Null":{"j":"true"}`, `"a"`, "allowed"},
		{``, missing, "allowed"},
	} {
		d := doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}`)
		r := request("cloudwatch:PutMetricData", "*")
		if c.value != missing {
			r.Context.Keys = []iam.ContextKey{contextKey(t, "K", c.value)}
		}
		if got := answer(iam.Decide(iam.Policies{Identity: []*iam.Document{d}}, r, fakeFacts{})); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.condition, c.value, got, c.want)
		}
	}
}

func contextKey(t *testing.T, name, value string) iam.ContextKey {
	t.Helper()
	v, diags := source.ReadJSON(source.New("k", []byte(value)).Text())
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	k := iam.ContextKey{Name: name, Multi: v.Kind == source.List}
	for _, e := range v.Elements() {
		k.Values = append(k.Values, e.Text().Value)
	}
	return k
}

func TestOpenContexts(t *testing.T) {
	service := "logs.amazonaws.com"
	for _, c := range []struct {
		condition, principal, want string
	}{
		{`"StringEquals":{"cloudwatch:namespace":"App"}`, alice, "conditional"},
		{`"StringNotEquals":{"cloudwatch:namespace":"App"}`, alice, "conditional"},
		{`"StringLikeIfExists":{"cloudwatch:namespace":"*"}`, alice, "allowed"},
		{`"StringLike":{"cloudwatch:namespace":"*"}`, alice, "conditional"},
		{`"StringLike":{"aws:PrincipalArn":"*"}`, alice, "allowed"},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/alice"}`, alice, "allowed"},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}`, session, "allowed"},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:sts::*:assumed-role/app/*"}`, session, "denied"},
		{`"StringEquals":{"aws:username":"alice"}`, alice, "allowed"},
		{`"StringEquals":{"aws:username":"alice"}`, session, "denied"},
		{`"StringNotEquals":{"aws:username":"alice"}`, session, "allowed"},
		{`"StringEquals":{"aws:PrincipalAccount":"111122223333"}`, session, "allowed"},
		{`"StringEquals":{"aws:PrincipalType":"User"}`, session, "denied"},
		{`"Bool":{"aws:SecureTransport":"true"}`, alice, "allowed"},
		{`"Bool":{"aws:SecureTransport":"false"}`, alice, "denied"},
		{`"Bool":{"aws:ViaAWSService":"true"}`, alice, "conditional"},
		{`"Bool":{"aws:ViaAWSService":["true","false"]}`, alice, "allowed"},
		{`"Bool":{"aws:PrincipalIsAWSService":"false"}`, alice, "allowed"},
		{`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, alice, "conditional"},
		{`"Null":{"aws:CurrentTime":"false"}`, alice, "allowed"},
		{`"Null":{"aws:CurrentTime":"true"}`, alice, "denied"},
		{`"NumericGreaterThan":{"aws:EpochTime":"0"}`, alice, "allowed"},
		{`"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, alice, "conditional"},
		{`"ForAllValues:StringEquals":{"aws:TagKeys":"team"}`, alice, "allowed"},
		{`"ForAllValues:StringEquals":{"logs:Other":"x"}`, alice, "allowed"},
		{`"StringEqualsIfExists":{"logs:Other":"x"}`, alice, "allowed"},
		{`"StringEquals":{"logs:Other":"x"}`, alice, "denied"},
		{`"StringEquals":{"token.actions.githubusercontent.com:sub":"x"}`, alice, "conditional"},
		{`"StringEquals":{"aws:PrincipalOrgPaths":"o-1/*"}`, alice, "denied"},
		{`"StringNotEquals":{"aws:PrincipalOrgPaths":"o-1/*"}`, alice, "conditional"},
		{`"StringEquals":{"aws:SourceAccount":"111122223333"}`, alice, "denied"},
		{`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, service, "denied"},
		{`"StringEquals":{"aws:SourceAccount":"111122223333"}`, service, "conditional"},
		{`"Bool":{"aws:PrincipalIsAWSService":"true"}`, service, "allowed"},
		{`"StringEquals":{"aws:PrincipalTag/team":"sre"}`, alice, "conditional"},
	} {
		r := request("cloudwatch:PutMetricData", "*")
		r.Principal, r.ResourceAccount, r.Context.Open = c.principal, "111122223333", true
		tail := `"Effect":"Allow","Action":"*","Resource":"*","Condition":{` + c.condition + `}`
		p := iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, tail)}}
		if c.principal == service {
			p = iam.Policies{Resource: doc(t, iam.ResourceDocument, `"Principal":"*",`+tail)}
		}
		d := iam.Decide(p, r, fakeFacts{})
		if got := answer(d); got != c.want {
			t.Errorf("%s for %s: %s, want %s", c.condition, c.principal, got, c.want)
		}
	}
}

func TestVariables(t *testing.T) {
	for _, c := range []struct {
		name, version, resource string
		keys                    []iam.ContextKey
		want                    string
	}{
		{"value", "2012-10-17", "/users/${aws:username}", []iam.ContextKey{{Name: "aws:username", Values: []string{"alice"}}}, "allowed"},
		{"case", "2012-10-17", "/users/${AWS:UserName}", []iam.ContextKey{{Name: "aws:username", Values: []string{"alice"}}}, "allowed"},
		{"2008", "2008-10-17", "/users/${aws:username}", []iam.ContextKey{{Name: "aws:username", Values: []string{"alice"}}}, "denied"},
		{"star in the value", "2012-10-17", "/users/${aws:username}", []iam.ContextKey{{Name: "aws:username", Values: []string{"*"}}}, "denied"},
		{"absent", "2012-10-17", "/users/${aws:username}*", nil, "denied"},
		{"default", "2012-10-17", "/users/${aws:username, 'alice'}", nil, "allowed"},
		{"default unused", "2012-10-17", "/users/${aws:username, 'alice'}", []iam.ContextKey{{Name: "aws:username", Values: []string{"bob"}}}, "denied"},
		{"list", "2012-10-17", "/users/${aws:username}", []iam.ContextKey{{Name: "aws:username", Values: []string{"alice"}, Multi: true}}, "denied"},
	} {
		d := read(t, iam.IdentityDocument, fmt.Sprintf(
			`{"Version":%q,"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b%s"}}`, c.version, c.resource))
		r := request("s3:GetObject", "arn:aws:s3:::b/users/alice")
		r.Context.Keys = c.keys
		if got := answer(iam.Decide(iam.Policies{Identity: []*iam.Document{d}}, r, nil)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
