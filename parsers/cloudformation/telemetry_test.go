package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestTelemetryLeftOpen reads telemetry of which the template leaves something
// open: it is there, and nothing about it is guessed.
func TestTelemetryLeftOpen(t *testing.T) {
	u := undecided(t, "telemetry-unknown.yaml")
	group, perhaps := u.LogGroups[0], u.LogGroups[1]
	roles := u.IdentityPoolRoles[0]
	for _, c := range []struct{ what, got, want string }{
		{"a retention that may not be written", group.Retention.Show(), "${Group.RetentionInDays}"},
		{"a key that may not be written", shownRef(group.KMSKey), "arn:aws:kms:eu-west-1:<self>:alias/logs?"},
		{"a group that may not be there", mark(perhaps.Retained.Value, perhaps.Maybe), "true?"},
		{"a data protection policy of unknown text", u.DataProtections[0].Unread, "${Protection}"},
		{"the group of that policy", u.DataProtections[0].Group.Address, "Group"},
		{"the role of a filter", shownRef(u.SubscriptionFilters[0].Role), "arn:<partition>:iam::<self>:role/forward?"},
		{"an account policy of unknown type", u.AccountPolicies[0].Subscription.Destination.Value.Show(), "${Stream}"},
		{"an account policy of unknown text", u.AccountPolicies[1].Unread, "${Rule}"},
		{"an insight rule of unknown text", u.InsightRules[0].Unread, "${Rule}"},
		{"alarm actions of which nothing is known", shownRefs(u.Alarms[0].AlarmActions), "${Actions}?"},
		{"an alarm action that may not be there", shownRefs(u.Alarms[0].OKActions), "arn:<partition>:sns:<region>:<self>:pager?"},
		{"a filter that may not be there", mark(u.MetricStreams[0].IncludeFilters[1].Namespace.Value, u.MetricStreams[0].IncludeFilters[1].Maybe), "app?"},
		{"the type of a destination by its target", u.DeliveryDestinations[0].Type.Value, "CWL"},
		{"a switch that depends on a condition", mark("known", !u.IdentityPools[0].AllowUnauthenticated.Known), "known?"},
		{"roles of users", shownRefs(roles.Authenticated), "arn:<partition>:iam::<self>:role/${User}? arn:<partition>:iam::<self>:role/${Guest}?"},
		{"roles of guests", shownRefs(roles.Unauthenticated), "arn:<partition>:iam::<self>:role/${Guest}?"},
		{"a mapping that may not be there", mark(roles.Mappings[1].Type.Value, roles.Mappings[1].Maybe), "Rules?"},
		{"roles that depend on a condition as a whole", u.IdentityPoolRoles[1].Incomplete, "roles is not known"},
		{"the role of visitors", shownRef(u.AppMonitors[0].GuestRole), "arn:<partition>:iam::<self>:role/${Guest}?"},
		{"a destination of metrics", mark(u.RUMDestinations[0].Address, u.RUMDestinations[0].Maybe), "Monitor.MetricDestinations[0]"},
		{"one that may not be there", mark(u.RUMDestinations[1].Address, u.RUMDestinations[1].Maybe), "Monitor.MetricDestinations[1]?"},
		{"the monitor that a policy guards", u.AppMonitors[0].Policies[0].Kind.String(), "RUM resource policy"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
	if u.Canaries[0].VPC.IsZero() {
		t.Error("a canary that may lie in a VPC is taken for one outside")
	}
}

func shownRef(r *model.Ref) string {
	if r == nil {
		return "none"
	}
	return mark(r.Value.Show(), r.Maybe)
}

func shownRefs(list []model.Ref) string {
	var out []string
	for _, r := range list {
		out = append(out, shownRef(&r))
	}
	return strings.Join(out, " ")
}

// TestOpenTelemetryIsNoted: what keeps documents and destinations from being
// known is said to bear on access, with the way to pass it.
func TestOpenTelemetryIsNoted(t *testing.T) {
	got := map[string]bool{}
	for _, n := range fixture(t, "telemetry-unknown.yaml").Unresolved {
		if !strings.Contains(n.Missing, "--parameter "+n.Expression+"=") {
			t.Errorf("%s: %s", n.Expression, n.Missing)
		}
		got[n.Expression] = n.Bears
	}
	for _, name := range []string{"Protection", "Rule", "Stream", "Actions"} {
		if !got[name] {
			t.Errorf("%s is not noted as bearing on access: %v", name, got)
		}
	}
}

// TestFaultsInTelemetryDocumentsAreTold: a document that is no JSON is told
// where it is written, and leaves the rest of the template as it is.
func TestFaultsInTelemetryDocumentsAreTold(t *testing.T) {
	for name, body := range map[string]string{
		"account policy":  "{Type: AWS::Logs::AccountPolicy, Properties: {PolicyName: p, PolicyType: SUBSCRIPTION_FILTER_POLICY, PolicyDocument: '{\"DestinationArn\": }'}}",
		"insight rule":    "{Type: AWS::CloudWatch::InsightRule, Properties: {RuleName: r, RuleState: ENABLED, RuleBody: '{\"LogGroupNames\": }'}}",
		"data protection": "{Type: AWS::Logs::LogGroup, Properties: {DataProtectionPolicy: '{\"Statement\": }'}}",
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, "t.yaml", "Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /a}}\n  X: "+body+"\n", nil)
			if len(p.Diagnostics) != 1 || p.Diagnostics[0].Warning || p.Diagnostics[0].Range.From().Line != 3 {
				t.Errorf("diagnostics %v", p.Diagnostics)
			}
			if p.Units[0].LogGroups[0].Name.Value != "/a" {
				t.Error("the rest is lost")
			}
		})
	}
}

// TestPoliciesThatMayNotBeThere: AWS::NoValue takes a policy away.
func TestPoliciesThatMayNotBeThere(t *testing.T) {
	const policy = `{Statement: [{Effect: Allow, Principal: "*", Action: "*", Resource: "*"}]}`
	for name, c := range map[string]struct{ value, want string }{
		"written":               {policy, "there"},
		"taken away":            {"!Ref AWS::NoValue", "none"},
		"empty":                 {"''", "none"},
		"under a condition":     {"!If [Open, " + policy + ", !Ref AWS::NoValue]", "there?"},
		"under one that is met": {"!If [Met, " + policy + ", !Ref AWS::NoValue]", "there"},
		"under one that is not": {"!If [Met, !Ref AWS::NoValue, " + policy + "]", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			u := unit(t, "t.yaml", crowded("Parameters:\n  P: {Type: String}\nConditions:\n  Open: !Equals [!Ref P, a]\n  Met: !Equals [a, a]\n"+
				"Resources:\n  G: {Type: AWS::Logs::LogGroup, Properties: {ResourcePolicyDocument: "+c.value+", DataProtectionPolicy: "+c.value+"}}\n"+
				"  S: {Type: AWS::Oam::Sink, Properties: {Name: s, Policy: "+c.value+"}}\n"+
				"  D: {Type: AWS::Logs::DeliveryDestination, Properties: {Name: d, DeliveryDestinationPolicy: "+strings.ReplaceAll(c.value, policy, "{DeliveryDestinationPolicy: "+policy+"}")+"}}\n"))
			got := map[string]string{"group": "none", "sink": "none", "protection": "none", "delivery": "none"}
			for _, p := range u.ResourcePolicies {
				got[map[model.ResourcePolicyKind]string{model.LogGroupPolicy: "group", model.OAMSinkPolicy: "sink", model.DeliveryDestinationPolicy: "delivery"}[p.Kind]] = mark("there", p.Maybe)
			}
			for _, p := range u.DataProtections {
				got["protection"] = mark("there", p.Maybe)
			}
			if diff := cmp.Diff(map[string]string{"group": c.want, "sink": c.want, "protection": c.want, "delivery": c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTelemetryOfNewerTypes: types that cfn-lint does not know yet.
func TestTelemetryOfNewerTypes(t *testing.T) {
	u := unit(t, "t.yaml", "Resources:\n  A: {Type: AWS::CloudWatch::LogAlarm, Properties: {AlarmName: a, ActionsEnabled: false, AlarmActions: [!Ref T]}}\n"+
		"  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}\n  G: {Type: AWS::CloudWatch::AccessGrant, Properties: {Name: g}}\n")
	a := u.Alarms[0]
	if a.Kind != model.LogAlarm || a.ActionsEnabled.Value != "false" || shownRefs(a.AlarmActions) != "arn:<partition>:sns:<region>:<self>:t" {
		t.Errorf("the log alarm is %+v", a)
	}
	if len(u.Unresolved) != 1 || u.Unresolved[0].Expression != "access grant G" || !u.Unresolved[0].Bears {
		t.Errorf("of the access grant is noted: %+v", u.Unresolved)
	}
}

// TestTelemetryOfWrongShape: what no schema allows is read without a panic.
func TestTelemetryOfWrongShape(t *testing.T) {
	for _, value := range []string{"null", "[]", "[[]]", "{}", "{a: [b]}", "text", "1", "!Ref Nothing", "!If [Nothing, {}, []]", "!GetAtt X.Arn"} {
		for _, res := range []struct{ typ, properties string }{
			{"AWS::Logs::LogGroup", "LogGroupName RetentionInDays KmsKeyId DataProtectionPolicy ResourcePolicyDocument"},
			{"AWS::Logs::SubscriptionFilter", "FilterName LogGroupName DestinationArn RoleArn FilterPattern"},
			{"AWS::Logs::MetricFilter", "FilterName MetricTransformations"},
			{"AWS::Logs::AccountPolicy", "PolicyName PolicyType PolicyDocument"},
			{"AWS::Logs::DeliveryDestination", "Name DestinationResourceArn DeliveryDestinationPolicy"},
			{"AWS::CloudWatch::Alarm", "AlarmActions Metrics Dimensions Namespace MetricName"},
			{"AWS::CloudWatch::MetricStream", "IncludeFilters ExcludeFilters FirehoseArn"},
			{"AWS::CloudWatch::InsightRule", "RuleName RuleBody"},
			{"AWS::Oam::Link", "SinkIdentifier ResourceTypes LinkConfiguration"},
			{"AWS::ObservabilityAdmin::OrganizationCentralizationRule", "RuleName Rule"},
			{"AWS::Synthetics::Canary", "ArtifactConfig VPCConfig RunConfig ExecutionRoleArn"},
			{"AWS::RUM::AppMonitor", "Name AppMonitorConfiguration ResourcePolicy"},
			{"AWS::Cognito::IdentityPoolRoleAttachment", "IdentityPoolId Roles RoleMappings"},
			{"AWS::Lambda::Permission", "Principal FunctionName SourceArn"},
		} {
			text := "Resources:\n  X:\n    Type: " + res.typ + "\n    Properties:\n"
			for _, p := range strings.Fields(res.properties) {
				text += "      " + p + ": " + value + "\n"
			}
			if got := parse(t, "t.yaml", text, nil); len(got.Units) != 1 {
				t.Errorf("no unit of\n%s", text)
			}
		}
	}
}

// TestTelemetryReturns: what Ref and Fn::GetAtt return of telemetry resources.
func TestTelemetryReturns(t *testing.T) {
	const account = ":<region>:<self>:"
	for _, c := range []struct{ typ, properties, expression, want string }{
		{"AWS::Logs::LogGroup", "LogGroupName: /a", "!GetAtt X.Arn", "arn:<partition>:logs" + account + "log-group:/a:*"},
		{"AWS::Logs::LogGroup", "LogGroupName: /a", "!Ref X", "/a"},
		{"AWS::Logs::Delivery", "DeliverySourceName: s", "!Ref X", "${X}"},
		{"AWS::Logs::Delivery", "DeliverySourceName: s", "!GetAtt X.Arn", "arn:<partition>:logs" + account + "delivery:${X}"},
		{"AWS::Logs::LogAnomalyDetector", "DetectorName: d", "!Ref X", "arn:<partition>:logs" + account + "anomaly-detector:${X}"},
		{"AWS::CloudWatch::Alarm", "AlarmName: a", "!Ref X", "a"},
		{"AWS::CloudWatch::Alarm", "ActionsEnabled: true", "!GetAtt X.Arn", "arn:<partition>:cloudwatch" + account + "alarm:${X}"},
		{"AWS::CloudWatch::AlarmMuteRule", "Name: m", "!Ref X", "arn:<partition>:cloudwatch" + account + "alarm-mute-rule:m"},
		{"AWS::CloudWatch::InsightRule", "RuleName: r", "!GetAtt X.RuleName", "r"},
		{"AWS::CloudWatch::InsightRule", "RuleName: r", "!Ref X", "arn:<partition>:cloudwatch" + account + "insight-rule/r"},
		{"AWS::Logs::MetricFilter", "FilterName: f", "!Ref X", "f"},
		{"AWS::Oam::Sink", "Name: s", "!Ref X", "arn:<partition>:oam" + account + "sink/${X}"},
		{"AWS::XRay::SamplingRule", "RuleName: r", "!GetAtt X.RuleARN", "arn:<partition>:xray" + account + "sampling-rule/r"},
		{"AWS::XRay::TransactionSearchConfig", "IndexingPercentage: 1", "!Ref X", "<self>"},
		{"AWS::Synthetics::Canary", "Name: c", "!Ref X", "c"},
		{"AWS::Synthetics::Canary", "Name: c", "!GetAtt X.Code.SourceLocationArn", "arn:<partition>:lambda" + account + "layer:cwsyn-c-${X}"},
		{"AWS::RUM::AppMonitor", "Name: m", "!GetAtt X.Id", "${X}"},
		{"AWS::ApplicationSignals::ServiceLevelObjective", "Name: o", "!GetAtt X.Arn", "arn:<partition>:application-signals" + account + "slo/o"},
		{"AWS::ObservabilityAdmin::TelemetryRule", "RuleName: r", "!Ref X", "arn:<partition>:observabilityadmin" + account + "telemetry-rule/r"},
		{"AWS::Cognito::IdentityPool", "IdentityPoolName: p", "!Ref X", "<region>:${X}"},
		{"AWS::Cognito::IdentityPool", "IdentityPoolName: p", "!GetAtt X.Name", "p"},
		{"AWS::CloudTrail::Trail", "TrailName: t", "!GetAtt X.Arn", "arn:<partition>:cloudtrail" + account + "trail/t"},
		{"AWS::KMS::Key", "Enabled: true", "!GetAtt X.Arn", "arn:<partition>:kms" + account + "key/${X}"},
		{"AWS::SecretsManager::Secret", "Name: s", "!Ref X", "arn:<partition>:secretsmanager" + account + "secret:s-${X}"},
		{"AWS::Events::EventBus", "Name: b", "!GetAtt X.Arn", "arn:<partition>:events" + account + "event-bus/b"},
		{"AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName: d", "!GetAtt X.Arn", "arn:<partition>:firehose" + account + "deliverystream/d"},
	} {
		u := unit(t, "t.yaml", "Resources:\n  X:\n    Type: "+c.typ+"\n    Properties: {"+c.properties+"}\n"+
			"  F: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: /f, FilterPattern: '', DestinationArn: "+c.expression+"}}\n")
		to := u.SubscriptionFilters[0].Destination
		if diff := cmp.Diff(c.want+" of X", source.Show(to.Value.Value)+" of "+to.Address); diff != "" {
			t.Errorf("%s %s:\n%s", c.typ, c.expression, diff)
		}
	}
}
