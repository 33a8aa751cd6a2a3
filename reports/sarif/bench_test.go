package sarif_test

import (
	"io"
	"testing"

	"github.com/iamwatch/iamwatch/reports/internal/reporttest"
	"github.com/iamwatch/iamwatch/reports/sarif"
)

func BenchmarkLargestReport(b *testing.B) {
	r := reporttest.Many(sarif.LimitMaxResults)
	for b.Loop() {
		if err := (sarif.Reporter{Options: sarif.Options{MaxResults: sarif.LimitMaxResults}}).Report(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
