package iam_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

func benchPolicies(tb testing.TB) (iam.Policies, iam.Request) {
	d := func(text string) *iam.Document {
		return iam.Read(jsonValue(tb, text), iam.IdentityDocument)
	}
	p := iam.Policies{
		Identity: []*iam.Document{
			d(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","logs:Describe*","cloudwatch:Delete*"],"Resource":"arn:aws:cloudwatch:*:111122223333:alarm:prod-*"}]}`),
			d(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["cloudwatch:*"],"Resource":"*"}]}`),
		},
		Boundary: d(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:*","logs:*"],"Resource":"*"}]}`),
	}
	return p, request("cloudwatch:DeleteAlarms", alarm)
}

// BenchmarkDecide decides one request without conditions; the goal is one
// microsecond and no allocation.
func BenchmarkDecide(b *testing.B) {
	p, r := benchPolicies(b)
	b.ReportAllocs()
	for b.Loop() {
		if iam.Decide(p, r, fakeFacts{}).Result != iam.Allowed {
			b.Fatal("denied")
		}
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	p, r := benchPolicies(t)
	if n := testing.AllocsPerRun(100, func() { iam.Decide(p, r, fakeFacts{}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRead(b *testing.B) {
	v := jsonValue(b, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:*","cloudwatch:*"],"Resource":"*"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		iam.Read(v, iam.IdentityDocument)
	}
}
