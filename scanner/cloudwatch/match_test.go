package cloudwatch_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern string
		want    []string
	}{
		{"logs:PutLogEvents", []string{"logs:PutLogEvents"}},
		{"LOGS:putlogEVENTS", []string{"logs:PutLogEvents"}},
		{"oam:*Link", []string{"oam:CreateLink", "oam:DeleteLink", "oam:GetLink", "oam:UpdateLink"}},
		{"oam:?etLink", []string{"oam:GetLink"}},
		{"oam:GetLink?", nil},
		{"oam:GetLink*", []string{"oam:GetLink"}},
		{"oam:**etSink**Policy", []string{"oam:GetSinkPolicy"}},
		{"*:Link", []string{"application-signals:Link", "applicationinsights:Link", "cloudwatch:Link", "internetmonitor:Link", "logs:Link", "xray:Link"}},
		{"o?m:CreateSink", []string{"oam:CreateSink"}},
		{"logs", nil},
		{"logs*", nil},
		{"logs:", nil},
		{"logs:PutLogEvents,logs:Get*", nil},
		{"logs: *", nil},
		{"", nil},
		{"?", nil},
		{"s3:*", nil},
	}
	for _, tt := range tests {
		got := cloudwatch.Match(tt.pattern).Names()
		if len(got) == 0 {
			got = nil
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Match(%q): %s", tt.pattern, diff)
		}
	}
	for _, everything := range []string{"*", "*:*", "**"} {
		if n := cloudwatch.Match(everything).Len(); n != len(cloudwatch.Actions()) {
			t.Errorf("Match(%q) has %d actions", everything, n)
		}
	}
	if !cloudwatch.Match("cloudwatch:*").Equal(cloudwatch.OfService("CloudWatch")) {
		t.Error("cloudwatch:* is not the whole service")
	}
}

// TestMatchAgreesWithRegexp holds Match against the plain definition.
func TestMatchAgreesWithRegexp(t *testing.T) {
	patterns := []string{
		"logs:*", "logs:Put*", "logs:*Policy", "logs:*Delivery*", "cloudwatch:*Alarm?", "cloudwatch:*a*a*a*", "cloud*:Get*", "*:*Tag*", "?ogs:??t*",
		"xray:Get*Summar*s", "synthetics:*y", "*:?*", "i*:*Ro?e*", "application-signals*:*", "*s:List*s",
	}
	for _, p := range patterns {
		expr := strings.NewReplacer(`\*`, "[^:]*", `\?`, "[^:]").Replace(regexp.QuoteMeta(p))
		re := regexp.MustCompile("(?i)^" + expr + "$")
		set := cloudwatch.Match(p)
		if set.Empty() {
			t.Errorf("Match(%q) is empty", p)
		}
		for _, a := range cloudwatch.Actions() {
			if want := re.MatchString(a.String()); want != set.Has(a.ID) {
				t.Errorf("Match(%q) on %s: %v", p, &a, !want)
			}
		}
		if !cloudwatch.Match(strings.ToUpper(p)).Equal(set) || !cloudwatch.Match(p).Equal(set) {
			t.Errorf("Match(%q) changes with case or repetition", p)
		}
	}
}

func TestMatchHoley(t *testing.T) {
	hole := source.Hole(source.HoleFree, "var.x")
	tests := []struct {
		pattern string
		may     cloudwatch.ActionSet
	}{
		{"logs:Put" + hole, cloudwatch.Match("logs:Put*")},
		{hole, cloudwatch.Match("*")},
		{hole + ":Get*", cloudwatch.Match("*:Get*")},
		{"log" + hole + "LogEvents", cloudwatch.Match("logs:*LogEvents")},
		{"s3:" + hole, cloudwatch.ActionSet{}},
	}
	for _, tt := range tests {
		must, may := cloudwatch.MatchHoley(tt.pattern)
		if !must.Empty() || !may.Equal(tt.may) {
			t.Errorf("MatchHoley(%q): must %v, may %v", source.Show(tt.pattern), must.Names(), may.Names())
		}
	}
	must, may := cloudwatch.MatchHoley("logs:Get*")
	if !must.Equal(cloudwatch.Match("logs:Get*")) || !may.Equal(must) {
		t.Error("a pattern without holes is not settled")
	}
}

func TestMatchConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	want := cloudwatch.OfService("logs").Len()
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if got := cloudwatch.Match("lOgs:*").Len(); got != want {
					t.Errorf("logs:* has %d actions", got)
				}
			}
		})
	}
	wg.Wait()
}

// A pattern longer than the memo takes is still answered.
func TestMatchLong(t *testing.T) {
	p := "logs:PutLog" + strings.Repeat("*", 100_000) + "Events"
	if got := cloudwatch.Match(p).Names(); !cmp.Equal(got, []string{"logs:PutLogEvents"}) {
		t.Errorf("got %v", got)
	}
}

func TestNearest(t *testing.T) {
	tests := []struct{ action, want string }{
		{"cloudwatch:PutMetricDatas", "cloudwatch:PutMetricData"},
		{"logs:PutLogEvent", "logs:PutLogEvents"},
		{"cloudwatch-logs:GetLogEvents", "logs:GetLogEvents"},
		{"cloudwatchlogs:FilterLogEvents", "logs:FilterLogEvents"},
		{"x-ray:PutTraceSegments", "xray:PutTraceSegments"},
		{"Cloudwatch:Deletealarm", "cloudwatch:DeleteAlarms"},
		{"cloudwatch-logs:Get*", "logs:Get*"},
		{"x-ray:*", "xray:*"},
		{"logs:Frobnicate", ""},
		{"s3:GetObject", ""},
		{"logs:Zzz*", ""},
		{"logs", ""},
		{"logs:", ""},
	}
	for _, tt := range tests {
		if got, ok := cloudwatch.Nearest(tt.action); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", tt.action, got, ok, tt.want)
		}
	}
}
