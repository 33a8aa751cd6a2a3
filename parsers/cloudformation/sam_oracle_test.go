package cloudformation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// samTransform runs aws-sam-translator, where it is installed.
func samTransform(t *testing.T, in []byte, arguments ...string) []byte {
	t.Helper()
	if exec.Command("python3", "-c", "import samtranslator").Run() != nil {
		t.Skip("SKIPPED: aws-sam-translator is not installed, so nothing says that SAM makes the same resources")
	}
	cmd := exec.Command("python3", append([]string{"testdata/oracle/transform.py"}, arguments...)...)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("aws-sam-translator: %v\n%s", err, exit.Stderr)
	}
	return out
}

type object = map[string]any

// A samMaker makes templates that SAM accepts.
type samMaker struct{ *rand.Rand }

func (m samMaker) some() bool { return m.IntN(2) == 0 }

func pick[T any](m samMaker, of ...T) T { return of[m.IntN(len(of))] }

func (m samMaker) policy() any {
	document := object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": pick(m, "logs:*", "cloudwatch:PutDashboard"), "Resource": "*"}}}
	own := pick[any](m, document, object{"CloudWatchPutMetricPolicy": object{}}, object{"FilterLogEventsPolicy": object{"LogGroupName": pick[any](m, "/app", object{"Ref": "Group"})}})
	return pick[any](m,
		"CloudWatchReadOnlyAccess", "AWSLambdaBasicExecutionRole", object{"Ref": "Managed"}, own,
		object{"CloudWatchDashboardPolicy": object{}}, object{"CloudWatchDescribeAlarmHistoryPolicy": object{}},
		object{"Fn::If": []any{"Prod", own, object{"Ref": "AWS::NoValue"}}},
		object{"Fn::If": []any{"Prod", "CloudWatchFullAccess", "CloudWatchReadOnlyAccess"}},
		object{"Fn::If": []any{"Prod", object{"Ref": "AWS::NoValue"}, object{"Ref": "Managed"}}},
	)
}

func (m samMaker) policies() any {
	if m.IntN(4) == 0 {
		return m.policy()
	}
	var list []any
	for range m.IntN(4) {
		list = append(list, m.policy())
	}
	return list
}

func (m samMaker) common(p object) {
	if m.some() {
		p["Policies"] = m.policies()
	}
	if m.IntN(3) == 0 {
		p["PermissionsBoundary"] = object{"Ref": "Managed"}
	}
	if m.IntN(3) == 0 {
		p["RolePath"] = "/app/"
	}
	if m.IntN(3) == 0 {
		p["Tags"] = object{"team": "ops"}
	}
}

func (m samMaker) functionSettings(p object) {
	if m.some() {
		p["Tracing"] = pick[any](m, "Active", "PassThrough", "Disabled", object{"Ref": "Tracing"})
	}
	if m.IntN(3) == 0 {
		p["VpcConfig"] = object{"SubnetIds": []any{"subnet-1"}, "SecurityGroupIds": []any{"sg-1"}}
	}
	if m.IntN(4) == 0 {
		p["AssumeRolePolicyDocument"] = object{"Version": "2012-10-17", "Statement": []any{
			object{"Effect": "Allow", "Principal": object{"Service": "edgelambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}}
	}
}

func (m samMaker) function() object {
	p := object{"InlineCode": "pass", "Handler": "index.handler", "Runtime": "python3.13", "Events": m.functionEvents()}
	m.common(p)
	m.functionSettings(p)
	if m.some() {
		p["AutoPublishAlias"] = "live"
		if m.some() {
			p["DeploymentPreference"] = object{"Type": "AllAtOnce", "PassthroughCondition": true}
		}
	}
	if m.IntN(3) == 0 {
		p["FunctionUrlConfig"] = object{"AuthType": pick(m, "NONE", "AWS_IAM")}
	}
	if m.IntN(4) == 0 {
		p["DeadLetterQueue"] = object{"Type": pick(m, "SQS", "SNS"), "TargetArn": "arn:aws:sqs:us-east-1:111122223333:dead"}
	}
	if m.IntN(4) == 0 {
		p["EventInvokeConfig"] = object{"DestinationConfig": object{
			"OnFailure": object{"Type": pick(m, "SQS", "SNS")},
			"OnSuccess": object{"Type": pick(m, "SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"), "Destination": "arn:aws:x:us-east-1:111122223333:to"}}}
	}
	if m.IntN(3) == 0 {
		none, given := any(object{"Ref": "AWS::NoValue"}), any("arn:aws:iam::111122223333:role/given")
		p["Role"] = pick[any](m, given, object{"Fn::If": []any{"Prod", none, given}}, object{"Fn::If": []any{"Prod", given, none}})
	}
	return m.resource("AWS::Serverless::Function", p)
}

func (m samMaker) functionEvents() object {
	all := object{
		"Stream":    object{"Type": "Kinesis", "Properties": object{"Stream": "arn:aws:kinesis:us-east-1:111122223333:stream/s", "StartingPosition": "LATEST"}},
		"Table":     object{"Type": "DynamoDB", "Properties": object{"Stream": "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/1", "StartingPosition": "LATEST"}},
		"Queue":     object{"Type": "SQS", "Properties": object{"Queue": "arn:aws:sqs:us-east-1:111122223333:q"}},
		"Nightly":   object{"Type": "ScheduleV2", "Properties": object{"ScheduleExpression": "rate(1 day)"}},
		"Hourly":    object{"Type": "Schedule", "Properties": object{"Schedule": "rate(1 hour)"}},
		"LogEvents": object{"Type": "CloudWatchLogs", "Properties": object{"LogGroupName": pick[any](m, "/app", object{"Ref": "Group"}), "FilterPattern": "ERROR"}},
	}
	out := object{}
	for _, name := range []string{"Hourly", "LogEvents", "Nightly", "Queue", "Stream", "Table"} {
		if m.IntN(4) == 0 {
			out[name] = all[name]
		}
	}
	return out
}

func (m samMaker) stateMachine() object {
	p := object{"Definition": object{"StartAt": "End", "States": object{"End": object{"Type": "Succeed"}}}}
	m.common(p)
	if m.some() {
		p["Tracing"] = object{"Enabled": m.some()}
	}
	if m.some() {
		p["Events"] = object{
			"Hourly": object{"Type": "Schedule", "Properties": object{"Schedule": "rate(1 hour)"}},
			"Fired":  object{"Type": "EventBridgeRule", "Properties": object{"Pattern": object{"source": []any{"x"}}}},
			"Daily":  object{"Type": "ScheduleV2", "Properties": object{"ScheduleExpression": "rate(1 day)"}},
		}
	}
	return m.resource("AWS::Serverless::StateMachine", p)
}

func (m samMaker) resource(typ string, properties object) object {
	r := object{"Type": typ, "Properties": properties}
	if m.some() {
		r["Condition"] = pick(m, "Prod", "Wide")
	}
	return r
}

func (m samMaker) template() object {
	t := object{
		"Transform":  pick[any](m, "AWS::Serverless-2016-10-31", []any{"AWS::Serverless-2016-10-31"}),
		"Parameters": object{"Stage": object{"Type": "String"}, "Tracing": object{"Type": "String", "Default": pick(m, "Active", "Disabled")}},
		"Conditions": object{
			"Prod": object{"Fn::Equals": []any{object{"Ref": "Stage"}, "prod"}},
			"Wide": object{"Fn::Not": []any{object{"Condition": "Prod"}}},
		},
		"Resources": object{
			"Group": object{"Type": "AWS::Logs::LogGroup"},
			"Managed": object{"Type": "AWS::IAM::ManagedPolicy", "Properties": object{"PolicyDocument": object{
				"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}}}},
			"Collector": m.function(), "Other": m.function(), "Flow": m.stateMachine(),
		},
	}
	if m.some() {
		globals := object{"Tags": object{"team": "all", "cost": "42"}}
		m.functionSettings(globals)
		t["Globals"] = object{"Function": globals}
	}
	return t
}

// TestSAMMakesTheSame compares the model of a template with the model of what
// SAM makes of it.
func TestSAMMakesTheSame(t *testing.T) {
	m := samMaker{rand.New(rand.NewPCG(5, 8))}
	var templates []object
	for range 40 {
		templates = append(templates, m.template())
	}
	in, err := json.Marshal(templates)
	if err != nil {
		t.Fatal(err)
	}
	var transformed []json.RawMessage
	if err := json.Unmarshal(samTransform(t, in), &transformed); err != nil {
		t.Fatal(err)
	}
	for i := range templates {
		text, err := json.Marshal(templates[i])
		if err != nil {
			t.Fatal(err)
		}
		got, want := unit(t, "t.json", string(text)), unit(t, "t.json", string(transformed[i]))
		sortUnit(got)
		sortUnit(want)
		if diff := cmp.Diff(want, got, withoutPlaces, cmpopts.IgnoreFields(model.Unit{}, "Unresolved")); diff != "" {
			t.Fatalf("template %d (-of SAM's +own):\n%s\n%s", i, diff, text)
		}
	}
}

func sortUnit(u *model.Unit) {
	byAddress := func(a, b model.Entity) int { return strings.Compare(a.Address, b.Address) }
	slices.SortFunc(u.Identities, func(a, b *model.Identity) int { return byAddress(a.Entity, b.Entity) })
	slices.SortFunc(u.SubscriptionFilters, func(a, b *model.SubscriptionFilter) int { return byAddress(a.Entity, b.Entity) })
	slices.SortFunc(u.FunctionPermissions, func(a, b *model.FunctionPermission) int { return byAddress(a.Entity, b.Entity) })
	slices.SortFunc(u.LogGroups, func(a, b *model.LogGroup) int { return byAddress(a.Entity, b.Entity) })
	for _, id := range u.Identities {
		slices.SortFunc(id.Tags, func(a, b model.Tag) int { return strings.Compare(a.Key.Value, b.Key.Value) })
	}
}

// TestPolicyTemplatesOfSAM: the templates that grant something on telemetry are
// expanded, the others are known, and no others are.
func TestPolicyTemplatesOfSAM(t *testing.T) {
	var services map[string][]string
	if err := json.Unmarshal(samTransform(t, nil, "names"), &services); err != nil {
		t.Fatal(err)
	}
	services["NoSuchPolicy"] = nil
	telemetry := []string{"cloudwatch", "logs", "xray", "rum", "synthetics", "oam", "application-signals", "observabilityadmin"}
	for name, of := range services {
		u := parse(t, "t.json", fmt.Sprintf(`{"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": {%q: {}}}}}}`, name), nil).Units[0]
		grants := slices.ContainsFunc(of, func(s string) bool { return slices.Contains(telemetry, s) })
		unknown := slices.ContainsFunc(u.Unresolved, func(x model.Unresolved) bool { return strings.HasPrefix(x.Expression, "policy template") && x.Bears })
		id := identity(t, u, "FRole")
		if unknown != (name == "NoSuchPolicy") || (id.Incomplete != "") != unknown || (len(id.Inline) == 1) != grants {
			t.Errorf("%s of %v: unknown %v, incomplete %q, %d inline policies", name, of, unknown, id.Incomplete, len(id.Inline))
		}
	}
}

func TestPoliciesOfSAMAreAttachedOnce(t *testing.T) {
	u := unit(t, "t.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies: [AWSLambdaBasicExecutionRole, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']\n")
	want := []string{"managed arn:<partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
	if diff := cmp.Diff(want, names(identity(t, u, "FRole"))); diff != "" {
		t.Error(diff)
	}
}

// TestWhatSAMTakesFromElsewhereIsNoted: applications of the repository and
// connectors; a bearing note is one that access may depend on.
func TestWhatSAMTakesFromElsewhereIsNoted(t *testing.T) {
	u := unit(t, "t.yaml", `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  App:
    Type: AWS::Serverless::Application
    Properties:
      Location: {ApplicationId: "arn:aws:serverlessrepo:us-east-1:111122223333:applications/a", SemanticVersion: 1.0.0}
  Join:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: F}, Destination: {Id: T}, Permissions: [Write]}
  F:
    Type: AWS::Serverless::Function
    Connectors:
      ToTable: {Properties: {Destination: {Id: T}, Permissions: [Read]}}
  T:
    Type: AWS::Serverless::SimpleTable
  Logged:
    Type: AWS::Serverless::GraphQLApi
  Quiet:
    Type: AWS::Serverless::GraphQLApi
    Properties: {Logging: false}
`)
	got := map[string]bool{}
	for _, x := range u.Unresolved {
		got[x.Expression] = x.Bears
	}
	if diff := cmp.Diff(map[string]bool{"application App": true, "connector Join": false, "connector F.ToTable": false}, got); diff != "" {
		t.Error(diff)
	}
	var roles []string
	for _, id := range u.Identities {
		roles = append(roles, id.Address)
	}
	if diff := cmp.Diff([]string{"FRole", "LoggedCloudWatchRole"}, roles); diff != "" {
		t.Error(diff)
	}
}
