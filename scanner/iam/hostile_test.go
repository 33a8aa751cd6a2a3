package iam_test

import (
	"strings"
	"testing"
	"time"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

// TestEndlessPatternsStayUndecided: patterns that AWS would never store must
// not keep a scan busy.
func TestEndlessPatternsStayUndecided(t *testing.T) {
	pattern := "arn:aws:logs:*:*:log-group:" + strings.Repeat("a*", 60000)
	query := "arn:aws:logs:*:*:log-group:" + strings.Repeat("*a", 60000)
	start := time.Now()
	if got := iam.ResourceMatches(pattern, query); got != iam.Maybe {
		t.Errorf("matches: %v", got)
	}
	if got := iam.Overlaps(pattern, query); got != iam.Maybe {
		t.Errorf("overlaps: %v", got)
	}
	if got := iam.Covers(pattern, query); got == iam.Yes {
		t.Error("covers")
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
}
