package iam_test

import (
	"runtime/metrics"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// allocationLimit bounds, in bytes, what one input may allocate.
const allocationLimit = 64 << 20

// watch fails a test whose input allocates more than the limit.
func watch(t *testing.T) func() {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	return func() {
		metrics.Read(sample)
		if n := sample[0].Value.Uint64() - before; n > allocationLimit {
			t.Errorf("%d bytes allocated", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"logs:*","Resource":"*"}]}`,
		`{"Statement":{"Effect":"Deny","NotAction":["iam:*"],"NotResource":["arn:aws:s3:::x"],"Condition":{"Bool":{"aws:SecureTransport":false}}}}`,
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*"],"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
		`"{\"Statement\":[]}"`, `"%7B%22Statement%22%3A%5B%5D%7D"`, `[]`, `""`, `{"Statement":[null,1,"x",[{}]]}`,
		`{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":{},"Resource":[[]],"Condition":{"StringEquals":[],"x":{"a":1,"A":[null]}}}]}`,
	} {
		f.Add([]byte(s), uint8(iam.IdentityDocument))
		f.Add([]byte(s), uint8(iam.TrustDocument))
	}
	f.Fuzz(func(t *testing.T, data []byte, kind uint8) {
		defer watch(t)()
		v, _ := source.ReadJSON(source.New("p.json", data).Text())
		d := iam.Read(v, iam.DocumentKind(kind%7))
		if d == nil {
			return
		}
		for _, fault := range d.Faults {
			if fault.Message == "" || fault.Range.IsZero() {
				t.Errorf("fault without message or place: %+v", fault)
			}
		}
		p := iam.Policies{Identity: []*iam.Document{d}, Resource: d, Trust: d, Boundary: d}
		iam.Decide(p, iam.Request{Principal: alice, Action: "logs:GetLogEvents", Resource: "*", Context: iam.Context{Open: true}}, fakeFacts{})
	})
}

func FuzzMatch(f *testing.F) {
	hole := source.Hole(source.HoleFree, "x")
	for _, s := range [][2]string{
		{"logs:*", "logs:GetLogEvents"}, {"arn:aws:logs:*", alarm}, {"*a*b*c*d*e*", "abcdeabcdeabcde"}, {"${*}", "*"}, {"${", "}"},
		{hole + ":*", alarm}, {"arn:aws:logs:*:*:log-group:*:*", "arn:aws:logs:r:1:log-group:/a:*"}, {"\uFDD0x", "\uFDD1"}, {"????*", "é"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 256 || len(b) > 256 {
			t.Skip()
		}
		defer watch(t)()
		sameForms(t, a, b)
		iam.MatchAction(a, b)
		iam.ResourceMatches(a, b)
		iam.ResourceCovers(a, b)
		if iam.Covers(a, a) != iam.Yes {
			t.Errorf("%q does not cover itself", a)
		}
		covers, overlap := iam.Covers(a, b), iam.Overlaps(a, b)
		if overlap != iam.Overlaps(b, a) {
			t.Errorf("%q and %q overlap one way only", a, b)
		}
		if covers == iam.Yes && overlap == iam.No {
			t.Errorf("%q covers %q without meeting it", a, b)
		}
	})
}

// sameForms holds the compiled patterns of a statement that was read to those
// of an equal one that is matched as text.
func sameForms(t *testing.T, pattern, asked string) {
	text := func(s string) *source.Value { return source.StringValue(source.NewString(s, source.Range{})) }
	member := func(name string, v *source.Value) source.Member {
		return source.Member{Name: source.NewString(name, source.Range{}), Value: v}
	}
	for _, effect := range []string{"Allow", "Deny"} {
		for _, names := range [][2]string{{"Action", "Resource"}, {"NotAction", "NotResource"}} {
			st := &source.Value{Kind: source.Object, Members: []source.Member{
				member("Effect", text(effect)), member(names[0], text(pattern)), member(names[1], text(pattern)),
			}}
			d := iam.Read(&source.Value{Kind: source.Object, Members: []source.Member{member("Version", text("2012-10-17")), member("Statement", st)}}, iam.IdentityDocument)
			plain := &iam.Document{Kind: d.Kind, Version: d.Version, Invalid: d.Invalid}
			for _, read := range d.Statements {
				plain.Statements = append(plain.Statements, &iam.Statement{
					Effect: read.Effect, Actions: read.Actions, NotAction: read.NotAction, HasResource: read.HasResource,
					Resources: read.Resources, NotResource: read.NotResource, Maybe: read.Maybe,
				})
			}
			for _, r := range []iam.Request{request(asked, alarm), request("logs:GetLogEvents", asked), request(asked, asked)} {
				got := iam.Decide(iam.Policies{Identity: []*iam.Document{d}}, r, fakeFacts{})
				want := iam.Decide(iam.Policies{Identity: []*iam.Document{plain}}, r, fakeFacts{})
				if got.Result != want.Result || got.Explicit != want.Explicit {
					t.Errorf("%s %q, asked %q on %q: %v compiled, %v as text", effect, pattern, r.Action, r.Resource, got.Result, want.Result)
				}
			}
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range [][3]string{
		{"StringLike", "a*", "ab"}, {"ForAllValues:StringNotEquals", "x", ""}, {"ArnLike", "arn:aws:*:*:*:*", alarm}, {"DateLessThan", "2026-01-01", "1e300"},
		{"NumericEquals", "0x1p-2", "NaN"}, {"IpAddress", "::ffff:1.2.3.4/96", "1.2.3.4"}, {"Null", "true", "x"}, {"BoolIfExists", "${aws:x}", "true"},
		{"BinaryEquals", "====", "YQ=="}, {"StringEquals", source.Hole(source.HoleName, "n"), "x"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, operator, want, have string) {
		if len(want) > 256 || len(have) > 256 {
			t.Skip()
		}
		defer watch(t)()
		text := func(s string) source.String { return source.NewString(s, source.Range{}) }
		st := &iam.Statement{
			Effect: iam.Allow, Actions: []source.String{text("*")}, HasResource: true, Resources: []source.String{text("*")},
			Conditions: []iam.Condition{{Operator: text(operator), Key: text("k"), Values: []source.String{text(want)}}},
		}
		d := &iam.Document{Statements: []*iam.Statement{st}}
		r := request("logs:GetLogEvents", "*")
		r.Context.Keys = []iam.ContextKey{{Name: "k", Values: []string{have}}}
		closed := iam.Decide(iam.Policies{Identity: []*iam.Document{d}}, r, nil)
		if closed.Explicit {
			t.Error("an Allow denies")
		}
		r.Context = iam.Context{Open: true}
		iam.Decide(iam.Policies{Identity: []*iam.Document{d}}, r, nil)
	})
}
