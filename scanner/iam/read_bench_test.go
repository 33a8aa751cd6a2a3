package iam_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

func BenchmarkRead(b *testing.B) {
	v := jsonValue(b, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:*","cloudwatch:*"],"Resource":"*"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		iam.Read(v, iam.IdentityDocument)
	}
}
