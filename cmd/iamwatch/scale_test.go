package main

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// wholeServices are the archetypes that stand beside other actions in some
// AWS managed policies of the generator.
var wholeServices = map[string]string{
	"cloudwatch-star": "cloudwatch:*",
	"logs-star":       "logs:*",
}

// statements are the archetypes whose statement holds exactly these patterns.
var statements = map[string][]string{
	"admin-star":          {"*"},
	"alarm-blind":         {"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:SetAlarmState"},
	"alarm-wildcard":      {"cloudwatch:*Alarm*"},
	"dashboard-tamper":    {"cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"},
	"metric-forge":        {"cloudwatch:PutMetricData"},
	"metric-stream-exfil": {"cloudwatch:PutMetricStream", "cloudwatch:StartMetricStreams", "iam:PassRole"},
	"log-destroy":         {"logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"},
	"log-exfil":           {"logs:PutSubscriptionFilter", "logs:CreateExportTask", "logs:PutDestination"},
	"log-read-all":        {"logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery", "logs:GetQueryResults"},
	"oam-share":           {"oam:CreateLink", "oam:PutSinkPolicy", "cloudwatch:Link", "logs:Link"},
	"canary-run":          {"synthetics:CreateCanary", "synthetics:UpdateCanary", "iam:PassRole"},
	"rum-tamper":          {"rum:PutRumMetricsDestination", "rum:UpdateAppMonitor"},
	"xray-read-all":       {"xray:BatchGetTraces", "xray:GetTraceSummaries"},
}

// TestHoldersAtScale holds the model and the grants to the lists of a
// generated account: who holds which archetype, before Deny statements and
// boundaries cut anything.
func TestHoldersAtScale(t *testing.T) {
	for _, principals := range []int{1000, 10000} {
		t.Run(strconv.Itoa(principals), func(t *testing.T) {
			if principals > 1000 && testing.Short() {
				t.Skip("a large account is not for -short")
			}
			a := accounts.of(t, principals)
			got, want := holdersOf(readAccount(t, a)), a.holders(t)
			if len(want.Holders) < len(statements)+len(wholeServices) {
				t.Fatalf("the account plants %d archetypes only", len(want.Holders))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("holders (-planted +found):\n%s", d)
			}
		})
	}
}

func readAccount(t *testing.T, a madeAccount) *access.Graph {
	t.Helper()
	tr, err := discover([]string{a.dir}, a.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	l, err := scanner.Read(context.Background(), scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers()})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Complete() || l.Stats.Files != 2 {
		t.Fatalf("read %d files of 2: %v", l.Stats.Files, l.Diagnostics)
	}
	return l.Graph
}

// A census collects the holders of archetypes.
type census map[string]map[*model.Identity]bool

func (c census) add(archetype string, id *model.Identity) {
	if c[archetype] == nil {
		c[archetype] = map[*model.Identity]bool{}
	}
	c[archetype][id] = true
}

func holdersOf(g *access.Graph) expectedHolders {
	c, list := census{}, archetypes()
	for _, gr := range g.Grants() {
		for _, name := range granted(list, gr) {
			for _, h := range gr.Holders {
				c.add(name, h.Identity)
			}
		}
	}
	for _, e := range g.AllEntries() {
		if name := trusting(g, e); name != "" {
			c.add(name, e.Role)
		}
	}
	return c.list(g)
}

func (c census) list(g *access.Graph) expectedHolders {
	out := expectedHolders{Holders: map[string]map[string]int{}, ARNs: map[string][]string{}}
	for archetype, ids := range c {
		n := map[string]int{"user": 0, "group": 0, "role": 0}
		for id := range ids {
			n[id.Kind.String()]++
			out.ARNs[archetype] = append(out.ARNs[archetype], g.ARN(id))
		}
		out.Holders[archetype] = n
		slices.Sort(out.ARNs[archetype])
	}
	return out
}

// An archetype is a kind of statement by the actions of its own patterns.
type archetype struct {
	name    string
	actions cloudwatch.ActionSet
	// beside says that the statement may hold other actions too, as long as
	// it is no narrower archetype and not one of all services.
	beside bool
}

// archetypes are those of statements, the ones that stand alone first.
func archetypes() []archetype {
	all := cloudwatch.Match("*")
	list := []archetype{{name: "not-action", actions: all.Minus(matchAll("iam:*", "organizations:*", "account:*"))}}
	for name, patterns := range statements {
		list = append(list, archetype{name: name, actions: matchAll(patterns...)})
	}
	for name, pattern := range wholeServices {
		list = append(list, archetype{name: name, actions: cloudwatch.Match(pattern), beside: true})
	}
	return list
}

func matchAll(patterns ...string) cloudwatch.ActionSet {
	var s cloudwatch.ActionSet
	for _, p := range patterns {
		s = s.Union(cloudwatch.Match(p))
	}
	return s
}

// granted are the archetypes of an Allow statement: what its own patterns
// cover, on every resource and without condition.
func granted(list []archetype, gr *access.Grant) []string {
	if len(gr.Statement.Conditions) > 0 || gr.Reached != gr.Patterns {
		return nil
	}
	var out []string
	for _, a := range list {
		switch {
		case !a.beside && gr.Patterns == a.actions:
			return []string{a.name}
		case a.beside && a.actions.Minus(gr.Patterns).Empty():
			out = append(out, a.name)
		}
	}
	return out
}

// trusting is the archetype of a way into a role, empty for none.
func trusting(g *access.Graph, e *access.Entry) string {
	guarded := len(g.Guards(e)) > 0
	switch {
	case e.Kind == access.Service:
		if access.ServiceName(e.Principal.Value.Value) == "ec2" && len(e.Role.Profiles) == 0 {
			return "ec2-role-without-profile"
		}
	case e.Kind == access.WebIdentity:
		if s, _ := e.Subject(); s == access.AnyTenant {
			return "trust-oidc-wide"
		}
	case guarded:
	case e.Kind == access.Anyone:
		return "trust-anyone"
	case e.Kind == access.UnfamiliarAccount && e.Root:
		return "trust-foreign-root"
	case e.Kind == access.UnfamiliarAccount:
		return "trust-foreign-no-external-id"
	}
	return ""
}
