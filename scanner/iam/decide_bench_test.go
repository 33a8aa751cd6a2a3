package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

// A question is a request, the documents that bear on it and the answer.
type question struct {
	name     string
	policies iam.Policies
	request  iam.Request
	want     iam.Result
	explicit bool
}

// tenStatements is a document of ten ordinary statements that allow parts of
// other services, the telemetry of one application included.
func tenStatements(app string) string {
	var out []string
	for _, s := range [][2]string{
		{`"s3:GetObject","s3:ListBucket"`, `"arn:aws:s3:::APP-data","arn:aws:s3:::APP-data/*"`},
		{`"dynamodb:GetItem","dynamodb:Query","dynamodb:PutItem"`, `"arn:aws:dynamodb:*:111122223333:table/APP-*"`},
		{`"sqs:SendMessage","sqs:ReceiveMessage"`, `"arn:aws:sqs:us-east-1:111122223333:APP-queue"`},
		{`"kms:Decrypt","kms:GenerateDataKey*"`, `"arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"`},
		{`"logs:CreateLogStream","logs:PutLogEvents"`, `"arn:aws:logs:*:*:log-group:/APP/*"`},
		{`"cloudwatch:PutMetricData","cloudwatch:Get*","cloudwatch:List*"`, `"*"`},
		{`"cloudwatch:DescribeAlarms","cloudwatch:SetAlarmState"`, `"arn:aws:cloudwatch:*:111122223333:alarm:APP-*"`},
		{`"ec2:Describe*"`, `"*"`},
		{`"ssm:GetParameter*"`, `"arn:aws:ssm:*:111122223333:parameter/APP/*"`},
		{`"xray:PutTraceSegments","xray:PutTelemetryRecords"`, `"*"`},
	} {
		out = append(out, fmt.Sprintf(`{"Effect":"Allow","Action":[%s],"Resource":[%s]}`, s[0], strings.ReplaceAll(s[1], "APP", app)))
	}
	return strings.Join(out, ",")
}

func questions(tb testing.TB) []question {
	policy := func(kind iam.DocumentKind, statements ...string) *iam.Document {
		return iam.Read(jsonValue(tb, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`), kind)
	}
	const (
		allow = `{"Effect":"Allow","Action":["logs:Describe*","cloudwatch:Delete*"],"Resource":"arn:aws:cloudwatch:*:111122223333:alarm:prod-*"}`
		deny  = `{"Effect":"Deny","Action":"cloudwatch:Delete*","Resource":"arn:aws:cloudwatch:*:*:alarm:prod-*"}`
		all   = `{"Effect":"Allow","Action":["cloudwatch:*","logs:*","s3:*"],"Resource":"*"}`
		role  = "arn:aws:iam::111122223333:role/app"
	)
	identity := func(statements ...string) *iam.Document { return policy(iam.IdentityDocument, statements...) }
	three := []*iam.Document{identity(tenStatements("blue")), identity(tenStatements("green")), identity(tenStatements("prod"), allow)}
	sink := policy(iam.ResourceDocument, `{"Effect":"Allow","Action":"logs:PutSubscriptionFilter","Resource":"*","Principal":{"AWS":["444455556666","111122223333"]}}`)
	trust := policy(iam.TrustDocument,
		`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}}`,
		`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::111122223333:role/ci","`+role+`"]}}`)
	assume := identity(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/*"}`)
	by := func(r iam.Request, principal string) iam.Request {
		r.Principal = principal
		return r
	}
	deleted := request("cloudwatch:DeleteAlarms", alarm)
	abroad := by(request("logs:PutSubscriptionFilter", "arn:aws:logs:us-east-1:444455556666:destination:central"), role)
	abroad.ResourceAccount = "444455556666"
	bounded := iam.Policies{Identity: three[2:], Boundary: policy(iam.BoundaryDocument, all)}
	return []question{
		{"identity allow", iam.Policies{Identity: three[2:]}, deleted, iam.Allowed, false},
		{"identity deny", iam.Policies{Identity: []*iam.Document{three[2], identity(deny)}}, deleted, iam.Denied, true},
		{"no grant", iam.Policies{Identity: three[:2]}, deleted, iam.Denied, false},
		{"boundary", bounded, deleted, iam.Allowed, false},
		{"role with three documents", iam.Policies{Identity: three}, by(deleted, role), iam.Allowed, false},
		{"cross-account", iam.Policies{Identity: []*iam.Document{three[0], identity(all)}, Resource: sink}, abroad, iam.Allowed, false},
		{"trust", iam.Policies{Identity: []*iam.Document{three[0], assume}, Trust: trust},
			by(request("sts:AssumeRole", "arn:aws:iam::111122223333:role/reader"), role), iam.Allowed, false},
	}
}

// documents are all documents of a question.
func (q *question) documents() []*iam.Document {
	docs := append([]*iam.Document{q.policies.Boundary, q.policies.Resource, q.policies.Trust}, q.policies.Identity...)
	out := docs[:0]
	for _, d := range docs {
		if d != nil {
			out = append(out, d)
		}
	}
	return out
}

// compareAll is the yardstick: it lays every pattern as plain text beside the
// request, each once, which no decision on the same documents can do without.
func compareAll(docs []*iam.Document, r *iam.Request) int {
	n := 0
	for _, d := range docs {
		for _, st := range d.Statements {
			for i := range st.Actions {
				if strings.EqualFold(st.Actions[i].Value, r.Action) {
					n++
				}
			}
			for i := range st.Resources {
				if strings.EqualFold(st.Resources[i].Value, r.Resource) {
					n++
				}
			}
		}
	}
	return n
}

// BenchmarkDecide decides requests without conditions; the goal is one
// microsecond and no allocation. Beside each runs its yardstick.
func BenchmarkDecide(b *testing.B) {
	for _, q := range questions(b) {
		docs := q.documents()
		b.Run(q.name+"/decide", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if iam.Decide(q.policies, q.request, cloudwatch.Facts{}).Result != q.want {
					b.Fatal("another answer")
				}
			}
		})
		b.Run(q.name+"/yardstick", func(b *testing.B) {
			for b.Loop() {
				compareAll(docs, &q.request)
			}
		})
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	for _, q := range questions(t) {
		d := iam.Decide(q.policies, q.request, cloudwatch.Facts{})
		if d.Result != q.want || d.Explicit != q.explicit {
			t.Errorf("%s: %s, explicit %v", q.name, d.Result, d.Explicit)
		}
		if n := testing.AllocsPerRun(100, func() { iam.Decide(q.policies, q.request, cloudwatch.Facts{}) }); n != 0 {
			t.Errorf("%s: %v allocations", q.name, n)
		}
	}
}
