package cloudwatch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func TestCounts(t *testing.T) {
	v := cloudwatch.DataVersion()
	if got := len(cloudwatch.Actions()); got != v.ActionCount {
		t.Errorf("%d actions, the header says %d", got, v.ActionCount)
	}
	if got := cloudwatch.Core().Len(); got != 589 {
		t.Errorf("%d core actions", got)
	}
	for service, want := range map[string]int{"cloudwatch": 150, "logs": 133, "xray": 43, "synthetics": 22, "rum": 20, "oam": 15, "iam": 24, "sts": 4} {
		if got := cloudwatch.OfService(service).Len(); got != want {
			t.Errorf("%s has %d actions, not %d", service, got, want)
		}
	}
}

func TestActionsAreInOrder(t *testing.T) {
	actions := cloudwatch.Actions()
	for i := range actions {
		a := &actions[i]
		if a.ID != cloudwatch.ActionID(i) || cloudwatch.ActionByID(a.ID) != a {
			t.Fatalf("%s has id %d at place %d", a, a.ID, i)
		}
		if got, ok := cloudwatch.Lookup(strings.ToUpper(a.String())); !ok || got != a {
			t.Errorf("Lookup does not find %s", a)
		}
		if i == 0 {
			continue
		}
		b := &actions[i-1]
		inOrder := b.Core == a.Core && strings.ToLower(b.String()) < strings.ToLower(a.String()) || b.Core && !a.Core
		if b.Service == a.Service && !inOrder {
			t.Errorf("%s stands before %s", b, a)
		}
	}
}

func TestActionFacts(t *testing.T) {
	tests := []struct {
		name    string
		classes []cloudwatch.Class
		impact  int
		level   cloudwatch.AccessLevel
		pass    string
	}{
		{"logs:PutSubscriptionFilter", []cloudwatch.Class{cloudwatch.ClassExfiltrate, cloudwatch.ClassEscalate, cloudwatch.ClassBlind}, 3, cloudwatch.LevelWrite, "logs.amazonaws.com"},
		{"logs:DeleteLogGroup", []cloudwatch.Class{cloudwatch.ClassBlind}, 3, cloudwatch.LevelWrite, ""},
		{"logs:FilterLogEvents", []cloudwatch.Class{cloudwatch.ClassRead}, 3, cloudwatch.LevelRead, ""},
		{"logs:DescribeLogGroups", []cloudwatch.Class{cloudwatch.ClassRecon}, 1, cloudwatch.LevelList, ""},
		{"logs:PutResourcePolicy", []cloudwatch.Class{cloudwatch.ClassControl}, 3, cloudwatch.LevelPermissions, ""},
		{"logs:TagResource", []cloudwatch.Class{cloudwatch.ClassTag}, 1, cloudwatch.LevelTagging, ""},
		{"cloudwatch:SetAlarmState", []cloudwatch.Class{cloudwatch.ClassBlind, cloudwatch.ClassEscalate, cloudwatch.ClassTamper}, 3, cloudwatch.LevelWrite, ""},
		{"cloudwatch:PutMetricData", []cloudwatch.Class{cloudwatch.ClassTamper, cloudwatch.ClassCost}, 2, cloudwatch.LevelWrite, ""},
		{"synthetics:CreateCanary", []cloudwatch.Class{cloudwatch.ClassEscalate, cloudwatch.ClassCost}, 3, cloudwatch.LevelWrite, "lambda.amazonaws.com"},
		{"oam:CreateLink", []cloudwatch.Class{cloudwatch.ClassExfiltrate}, 3, cloudwatch.LevelWrite, ""},
		{"iam:PassRole", []cloudwatch.Class{cloudwatch.ClassEscalate}, 2, cloudwatch.LevelWrite, ""},
	}
	for _, tt := range tests {
		a, ok := cloudwatch.Lookup(tt.name)
		if !ok {
			t.Errorf("%s is not in the catalogue", tt.name)
			continue
		}
		if diff := cmp.Diff(tt.classes, a.Classes); diff != "" {
			t.Errorf("%s: classes: %s", tt.name, diff)
		}
		if a.Impact != tt.impact || a.Level != tt.level || a.PassService != tt.pass {
			t.Errorf("%s: impact %d, level %s, passes to %q", tt.name, a.Impact, a.Level, a.PassService)
		}
		if a.Primary() != tt.classes[0] || !a.Has(tt.classes[0]) || a.Has(cloudwatch.Class(99)) {
			t.Errorf("%s: Primary or Has is wrong", tt.name)
		}
	}
}

func TestLookupUnknown(t *testing.T) {
	for _, name := range []string{"", "logs", "logs:", "logs:PutLogEvent", "s3:GetObject", "logs:Put*"} {
		if a, ok := cloudwatch.Lookup(name); ok {
			t.Errorf("Lookup(%q) gives %s", name, a)
		}
	}
	if a := cloudwatch.ActionByID(cloudwatch.MaxActions); a != nil {
		t.Errorf("ActionByID of a wrong id gives %s", a)
	}
}

func TestClassSets(t *testing.T) {
	primary, core := cloudwatch.ActionSet{}, cloudwatch.Core()
	for c := cloudwatch.ClassRead; c <= cloudwatch.ClassManage; c++ {
		first, all := cloudwatch.ByPrimary(c), cloudwatch.ByClass(c, 0)
		if !first.Minus(all).Empty() || first.Empty() {
			t.Errorf("%s: primary set of %d, whole set of %d", c, first.Len(), all.Len())
		}
		if !primary.Intersect(first).Empty() {
			t.Errorf("%s: an action has two primary classes", c)
		}
		primary = primary.Union(first)
		if got, ok := cloudwatch.ParseClass(c.String()); !ok || got != c {
			t.Errorf("ParseClass(%q) = %v, %v", c.String(), got, ok)
		}
	}
	if primary.Len() != len(cloudwatch.Actions()) || !core.Minus(primary).Empty() {
		t.Errorf("%d actions have a primary class", primary.Len())
	}
	control := cloudwatch.ByClass(cloudwatch.ClassControl, 3).Intersect(core).Names()
	want := []string{
		"cloudwatch:CreateAccessGrant", "cloudwatch:CreateDomainAccessGrantForOrganization", "logs:AssociateKmsKey", "logs:DeleteAccountPolicy",
		"logs:DeleteDataProtectionPolicy", "logs:PutAccountPolicy", "logs:PutDataProtectionPolicy", "logs:PutDeliveryDestinationPolicy",
		"logs:PutDestination", "logs:PutDestinationPolicy", "logs:PutResourcePolicy", "logs:Unmask", "xray:PutEncryptionConfig", "xray:PutResourcePolicy",
	}
	if diff := cmp.Diff(want, control); diff != "" {
		t.Errorf("control at impact 3: %s", diff)
	}
	unknown := cloudwatch.Class(200)
	if !cloudwatch.ByClass(unknown, 0).Empty() || !cloudwatch.ByPrimary(unknown).Empty() || !cloudwatch.ByClass(cloudwatch.ClassRead, 4).Empty() {
		t.Error("a class or impact that does not exist has actions")
	}
	if _, ok := cloudwatch.ParseClass("unknown"); ok || unknown.String() != "unknown" || cloudwatch.AccessLevel(9).String() != "unknown" {
		t.Error("a class that does not exist has a name")
	}
}

func TestServices(t *testing.T) {
	var core, related []string
	for _, s := range cloudwatch.Services() {
		if s.Core {
			core = append(core, s.Prefix)
		} else {
			related = append(related, s.Prefix)
		}
		set := cloudwatch.OfService(s.Prefix)
		if set.Empty() || s.Core && set.Len() != s.ActionCount || !s.Core && set.Len() >= s.ActionCount {
			t.Errorf("%s: %d of %d actions", s.Prefix, set.Len(), s.ActionCount)
		}
		if !cloudwatch.KnownServicePrefix(strings.ToUpper(s.Prefix)) {
			t.Errorf("%s is no known prefix", s.Prefix)
		}
	}
	if len(core) != 14 || len(related) != 14 || !slices.IsSorted(core) || !slices.IsSorted(related) {
		t.Errorf("core %v, related %v", core, related)
	}
	if s, ok := cloudwatch.ServiceByPrefix("Evidently"); !ok || s.Retired != "2025-10-17" {
		t.Errorf("evidently: %+v, %v", s, ok)
	}
	if _, ok := cloudwatch.ServiceByPrefix("s3"); ok || !cloudwatch.KnownServicePrefix("s3") || cloudwatch.KnownServicePrefix("cloudwatch-logs") {
		t.Error("s3 is a known prefix outside the catalogue, cloudwatch-logs is none")
	}
	if !cloudwatch.RCPSupported("logs") || !cloudwatch.RCPSupported("S3") || cloudwatch.RCPSupported("synthetics") {
		t.Error("RCPSupported is wrong")
	}
	principals := cloudwatch.ServicePrincipals()
	if len(principals) != 20 || principals["delivery.logs.amazonaws.com"] == "" {
		t.Errorf("service principals: %v", principals)
	}
	clear(principals)
	if len(cloudwatch.ServicePrincipals()) == 0 {
		t.Error("a caller can change the service principals")
	}
}

// Every resource type that an action names must have a template, or a grant on
// it would look impossible.
func TestEveryResourceTypeHasATemplate(t *testing.T) {
	for _, a := range cloudwatch.Actions() {
		arns, known := cloudwatch.Facts{}.ActionResourceARNs(a.String())
		if !known || len(arns) != len(a.ResourceTypes) {
			t.Errorf("%s: %d templates for %d resource types", &a, len(arns), len(a.ResourceTypes))
		}
		for _, arn := range arns {
			if !strings.HasPrefix(arn, "arn:") || strings.Count(arn, ":") < 5 {
				t.Errorf("%s: template %q", &a, arn)
			}
		}
	}
}

func TestFacts(t *testing.T) {
	const group = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}"
	tests := []struct {
		action string
		arns   []string
		keys   []string
	}{
		{"logs:DeleteLogGroup", []string{group + ":*"}, []string{"aws:ResourceTag/${TagKey}"}},
		{"logs:GetLogEvents", []string{group + ":log-stream:${LogStreamName}"}, []string{"aws:ResourceTag/${TagKey}"}},
		{"logs:PutSubscriptionFilter", []string{"arn:${Partition}:logs:${Region}:${Account}:destination:${DestinationName}", group + ":*"}, []string{"aws:ResourceTag/${TagKey}"}},
		{"logs:PutResourcePolicy", nil, nil},
		{"cloudwatch:DeleteAlarms", []string{"arn:${Partition}:cloudwatch:${Region}:${Account}:alarm:${AlarmName}"}, []string{"aws:ResourceTag/${TagKey}"}},
		{"iam:PassRole", []string{"arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"}, []string{"aws:ResourceTag/${TagKey}", "iam:AssociatedResourceArn", "iam:PassedToService", "iam:ResourceTag/${TagKey}"}},
	}
	f := cloudwatch.Facts{}
	for _, tt := range tests {
		arns, known := f.ActionResourceARNs(strings.ToLower(tt.action))
		if diff := cmp.Diff(tt.arns, arns); diff != "" || !known {
			t.Errorf("%s: known %v: %s", tt.action, known, diff)
		}
		keys, known := f.ActionConditionKeys(tt.action)
		if diff := cmp.Diff(tt.keys, keys); diff != "" || !known {
			t.Errorf("%s: known %v: %s", tt.action, known, diff)
		}
	}
	for _, a := range []string{"logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource"} {
		arns, _ := f.ActionResourceARNs(a)
		if !slices.Contains(arns, group) || slices.Contains(arns, group+":*") {
			t.Errorf("%s: %v", a, arns)
		}
	}
	if _, known := f.ActionResourceARNs("s3:GetObject"); known || f.KnownAction("s3:GetObject") || !f.KnownAction("Logs:putlogevents") {
		t.Error("KnownAction is wrong")
	}
	if _, known := f.ActionConditionKeys("s3:GetObject"); known {
		t.Error("the condition keys of s3:GetObject are known")
	}
	if got := f.ActionsOfService("oam"); len(got) != 15 || got[0] != "oam:CreateLink" || !f.RCPSupported("xray") {
		t.Errorf("actions of oam: %v", got)
	}
	if r, ok := cloudwatch.ResourceTypeOf("oam", "Sink"); !ok || !strings.HasSuffix(r.ARN, ":sink/${ResourceId}") {
		t.Errorf("oam sink: %+v", r)
	}
	for _, pair := range [][2]string{{"oam", "sink"}, {"s3", "bucket"}} {
		if _, ok := cloudwatch.ResourceTypeOf(pair[0], pair[1]); ok {
			t.Errorf("%v is a resource type", pair)
		}
	}
}

func TestSetAlgebra(t *testing.T) {
	var s cloudwatch.ActionSet
	for _, id := range []cloudwatch.ActionID{0, 63, 64, 588, cloudwatch.MaxActions - 1, cloudwatch.MaxActions, 65535} {
		s.Add(id)
	}
	if diff := cmp.Diff([]cloudwatch.ActionID{0, 63, 64, 588, cloudwatch.MaxActions - 1}, s.IDs()); diff != "" {
		t.Error(diff)
	}
	if !s.Has(64) || s.Has(65) || s.Has(65535) || s.Len() != 5 || s.Empty() {
		t.Error("Has, Len or Empty is wrong")
	}
	core := cloudwatch.Core()
	logs := cloudwatch.OfService("logs")
	rest := core.Minus(logs)
	if !rest.Union(logs).Equal(core) || !rest.Intersect(logs).Empty() || rest.Len() != core.Len()-logs.Len() {
		t.Error("Union, Intersect or Minus is wrong")
	}
}
