package cloudformation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestIdentitiesAndTheirPolicies(t *testing.T) {
	u := linked(t, "identities.yaml")
	want := map[string][]string{
		"Operators": {"inline shared", "inline of-group", "managed Attached"},
		"Alice":     {"inline of-user", "managed Attached"},
		"Bob":       {"inline shared"},
		"Service":   {"inline shared", "inline of-role", "managed Attached"},
		"Linked":    nil,
	}
	got := map[string][]string{}
	for _, id := range u.Identities {
		got[id.Address] = names(id)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	alice, bob, service := identity(t, u, "Alice"), identity(t, u, "Bob"), identity(t, u, "Service")
	if !alice.HasLogin || bob.HasLogin {
		t.Error("Alice has a password and Bob has none")
	}
	if alice.Boundary == nil || alice.Boundary.To == nil || alice.Boundary.To.Address != "Boundary" {
		t.Errorf("boundary %+v", alice.Boundary)
	}
	if len(alice.GroupsOf) != 1 || len(bob.GroupsOf) != 1 || bob.GroupsOf[0].Address != "Operators" {
		t.Errorf("groups %v %v", alice.GroupsOf, bob.GroupsOf)
	}
	if len(service.Profiles) != 1 || service.Profiles[0].Path.Value != "/apps/" {
		t.Errorf("profiles %v", service.Profiles)
	}
	if got := service.Trust.Statements[0].Principals[0].Value.Show(); got != "arn:<partition>:iam::${PartnerAccountId}:root" {
		t.Errorf("principal %q", got)
	}
	if service.MaxSession.Value != "7200" || len(service.Tags) != 1 || service.Tags[0].Value.Value != "ops" {
		t.Errorf("role %+v", service)
	}
	if got := identity(t, u, "Linked").Path.Value; got != "/aws-service-role/autoscaling.amazonaws.com/" {
		t.Errorf("path of the service-linked role %q", got)
	}
	if bob.Name.Known || bob.Name.Range.Text() != "Bob" || alice.Name.Range.Text() != "alice" {
		t.Errorf("names %+v %+v", bob.Name, alice.Name)
	}
	if len(u.AccessKeys) != 1 || u.AccessKeys[0].To != bob || u.AccessKeys[0].Active.Value != "Inactive" {
		t.Errorf("access keys %+v", u.AccessKeys)
	}
}

func TestProviders(t *testing.T) {
	u := fixture(t, "identities.yaml")
	if len(u.Providers) != 2 || u.Providers[0].Kind != model.OIDC || u.Providers[1].Kind != model.SAML {
		t.Fatalf("providers %+v", u.Providers)
	}
	p := u.Providers[0]
	if p.URL.Value != "https://token.example.com" || p.Name.Value != "token.example.com" || len(p.Audience) != 1 || p.Audience[0].Value != "sts.amazonaws.com" {
		t.Errorf("provider %+v", p)
	}
	if got := u.Providers[1].Name.Value; got != "directory" {
		t.Errorf("SAML provider %q", got)
	}
}

func TestUnresolvedSaysHowToPassAValue(t *testing.T) {
	u := fixture(t, "identities.yaml")
	var bearing []model.Unresolved
	for _, x := range u.Unresolved {
		if x.Bears {
			bearing = append(bearing, x)
		}
	}
	if len(bearing) != 1 || bearing[0].Expression != "PartnerAccountId" || bearing[0].Assumed != "any account" ||
		!strings.Contains(bearing[0].Missing, "--parameter PartnerAccountId=VALUE") || bearing[0].Range.Text() != "${PartnerAccountId}" {
		t.Errorf("unresolved %+v", bearing)
	}
}

func TestMachines(t *testing.T) {
	u := linked(t, "compute.yaml")
	got := map[string]string{}
	for _, i := range u.Instances {
		profile := "none"
		if i.To != nil {
			profile = i.To.Address
		}
		if i.From != nil {
			profile += " from " + i.From.Address
		}
		got[i.Address] = fmt.Sprintf("%s, profile %s, tokens %q", i.Kind, profile, i.Tokens.Value)
	}
	want := map[string]string{
		"Machine":                       `instance, profile none from Template, tokens ""`,
		"Template":                      `launch template, profile NodeProfile, tokens "required"`,
		"Configuration":                 `launch configuration, profile NodeProfile, tokens "optional"`,
		"Fleet.LaunchSpecifications[0]": `launch specification, profile NodeProfile, tokens ""`,
		"Fleet.LaunchSpecifications[1]": `launch specification, profile none, tokens ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNeedsNameTheSignAndKeepNoUserData(t *testing.T) {
	u := fixture(t, "compute.yaml")
	var got []string
	for _, n := range u.Instances[0].Needs {
		got = append(got, n.Message+": "+n.Range.Text())
	}
	want := []string{
		"its user data names the AWS CLI: aws s3 cp"[:len("its user data names the AWS CLI: aws s3")],
		"its tags name the CloudWatch agent: AmazonCloudWatchAgent",
		"its metadata names the CloudWatch agent: cloudwatch-agent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text := fmt.Sprintf("%+v %+v", u.Instances[0], u.Unresolved); strings.Contains(text, "do-not-keep") {
		t.Error("user data is kept")
	}
}

func TestServicesThatMakeProfiles(t *testing.T) {
	u := fixture(t, "compute.yaml")
	var got []string
	for _, p := range u.ProfileUsers {
		template := ""
		if p.Template != nil {
			template = p.Template.Address
		}
		got = append(got, p.Address+" "+p.Service+" "+p.Role.Address+" "+template)
	}
	want := []string{"Cluster EKS Auto Mode NodeRole ", "Nodes EKS node group NodeRole Template", "Jobs Batch NodeProfile "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestResourcePolicies(t *testing.T) {
	u := fixture(t, "telemetry.yaml")
	got := map[string]string{}
	for _, p := range u.ResourcePolicies {
		if p.Document.Unknown || p.Document.Invalid || len(p.Document.Statements) != 1 {
			t.Errorf("%s: %+v", p.Address, p.Document)
			continue
		}
		st := p.Document.Statements[0]
		got[p.Address] = fmt.Sprintf("%s %s: %s at %s", p.Kind, p.Name.Value, st.Principals[0].Value.Show(), st.Actions[0].Range.Text())
	}
	want := map[string]string{
		"Account":     `log resource policy account: es.amazonaws.com at "logs:PutLogEvents"`,
		"Group":       `log group resource policy /app: * at logs:PutLogEvents`,
		"Destination": `log destination policy central: 111122223333 at "logs:PutSubscriptionFilter"`,
		"Delivery":    `delivery destination policy delivery: 111122223333 at logs:CreateDelivery`,
		"Sink":        `OAM sink policy monitoring: * at "oam:CreateLink"`,
		"Traces":      `X-Ray resource policy traces: arn:<partition>:iam::111122223333:root at "xray:PutTraceSegments"`,
		"Monitor":     `RUM resource policy site: * at "rum:PutRumEvents"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, p := range u.ResourcePolicies {
		if p.Document.Kind != iam.ResourceDocument {
			t.Errorf("%s: kind %d", p.Address, p.Document.Kind)
		}
	}
}

func TestUndecidedConditions(t *testing.T) {
	u := unit(t, "conditions.yaml", crowded(read(t, "testdata/fixtures/conditions.yaml")))
	prod := identity(t, u, "OnlyProd")
	if !prod.Maybe || prod.When != `Environment is "prod"` {
		t.Errorf("OnlyProd: maybe %v, when %q", prod.Maybe, prod.When)
	}
	// Inside of it its own condition holds.
	if diff := cmp.Diff([]string{"managed arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"}, names(prod)); diff != "" {
		t.Error(diff)
	}
	always := identity(t, u, "Always")
	want := []string{
		"inline base", "inline dev?",
		"managed arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess", "managed arn:aws:iam::aws:policy/CloudWatchFullAccess?",
	}
	if diff := cmp.Diff(want, names(always)); diff != "" {
		t.Error(diff)
	}
	if always.Maybe || always.Boundary == nil || !always.Boundary.Maybe {
		t.Errorf("Always: %+v", always)
	}
	if diff := cmp.Diff([]string{"logs:GetLogEvents ", "logs:* ?"}, statements(always.Inline[0].Document)); diff != "" {
		t.Error(diff)
	}
}

// A Condition block that may be missing must not pass for one that is there.
func TestAnUndecidedConditionBlockGivesBothStatements(t *testing.T) {
	u := unit(t, "conditions.yaml", crowded(read(t, "testdata/fixtures/conditions.yaml")))
	vendor := identity(t, u, "Vendor").Trust
	want := []string{"sts:AssumeRole if sts:ExternalId ?", "sts:AssumeRole ?"}
	if diff := cmp.Diff(want, statements(vendor)); diff != "" {
		t.Error(diff)
	}
	if vendor.Invalid {
		t.Errorf("faults %+v", vendor.Faults)
	}
}

func TestParametersDecideConditions(t *testing.T) {
	text := read(t, "testdata/fixtures/conditions.yaml")
	dev := parse(t, "c.yaml", text, map[string]string{"Environment": "dev", "ExternalId": ""}).Units[0]
	if len(dev.Identities) != 2 {
		t.Errorf("%d identities, want OnlyProd left out", len(dev.Identities))
	}
	always := identity(t, dev, "Always")
	if always.Boundary != nil || len(always.Inline) != 2 || always.Inline[1].Maybe || len(statements(always.Inline[0].Document)) != 2 {
		t.Errorf("Always: %v", names(always))
	}
	if diff := cmp.Diff([]string{"sts:AssumeRole "}, statements(identity(t, dev, "Vendor").Trust)); diff != "" {
		t.Error(diff)
	}
	prod := parse(t, "c.yaml", text, map[string]string{"Environment": "prod", "ExternalId": "x"}).Units[0]
	if id := identity(t, prod, "OnlyProd"); id.Maybe || id.When != "" {
		t.Errorf("OnlyProd: %+v", id)
	}
	if diff := cmp.Diff([]string{"sts:AssumeRole if sts:ExternalId "}, statements(identity(t, prod, "Vendor").Trust)); diff != "" {
		t.Error(diff)
	}
}

func TestLoopsAndJSONTexts(t *testing.T) {
	u := fixture(t, "loops.yaml")
	var got []string
	for _, id := range u.Identities {
		got = append(got, id.Address+" "+id.Name.Value+" "+id.Tags[0].Value.Value)
	}
	if diff := cmp.Diff([]string{"Rolered red-reader red", "Roleblue blue-reader blue"}, got); diff != "" {
		t.Error(diff)
	}
	st := u.ResourcePolicies[0].Document.Statements[0]
	if got := st.Actions[0].Range.Text(); got != "logs:PutLogEvents" {
		t.Errorf("the action is placed at %q", got)
	}
}

func TestRolesThatSAMMakes(t *testing.T) {
	u := linked(t, "serverless.yaml")
	got := map[string][]string{}
	for _, id := range u.Identities {
		got[id.Address] = append(names(id), "trust "+id.Trust.Statements[0].Principals[0].Value.Value)
		for _, p := range id.Inline {
			got[id.Address] = append(got[id.Address], statements(p.Document)...)
		}
	}
	want := map[string][]string{
		"CollectorRole": {
			"inline CollectorRolePolicy2", "inline CollectorRolePolicy3", "inline CollectorRolePolicy4",
			"managed arn:<partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
			"managed arn:<partition>:iam::aws:policy/AWSXrayWriteOnlyAccess",
			"managed arn:<partition>:iam::aws:policy/CloudWatchReadOnlyAccess",
			"managed arn:aws:iam::aws:policy/AmazonSQSFullAccess",
			"trust lambda.amazonaws.com", "cloudwatch:PutMetricData ", "logs:FilterLogEvents ", "logs:* ",
		},
		"FlowRole": {"managed arn:<partition>:iam::aws:policy/CloudWatchFullAccess", "trust states.amazonaws.com"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyUndecidedConditionsAreVariedOneByOne(t *testing.T) {
	var conditions, parameters, values strings.Builder
	for i := range 6 {
		fmt.Fprintf(&parameters, "  P%d: {Type: String}\n", i)
		fmt.Fprintf(&conditions, "  C%d: !Equals [!Ref P%d, x]\n", i, i)
		fmt.Fprintf(&values, "                k%d: !If [C%d, v, !Ref AWS::NoValue]\n", i, i)
	}
	u := unit(t, "v.yaml", crowded("Parameters:\n"+parameters.String()+"Conditions:\n"+conditions.String()+`Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: sts:AssumeRole
            Condition:
              StringEquals:
`+values.String()))
	got := statements(identity(t, u, "R").Trust)
	if len(got) != 14 || got[1] != "sts:AssumeRole ?" {
		t.Errorf("%d statements: %q", len(got), got)
	}
}

func TestWhatLiesElsewhereIsNoted(t *testing.T) {
	u := unit(t, "m.yaml", "Resources:\n  M: {Type: \"Acme::Iam::Roles::MODULE\"}\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: s3://b/n.yaml}\n")
	if len(u.Unresolved) != 2 || !u.Unresolved[0].Bears || !u.Unresolved[1].Bears || u.Unresolved[0].Range.Text() != "M" {
		t.Errorf("unresolved %+v", u.Unresolved)
	}
}

func TestTheAccountFillsItsHole(t *testing.T) {
	file := source.New("a.yaml", []byte("Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      ManagedPolicyName: !Sub 'p-${AWS::AccountId}'\n      PolicyDocument: {Version: 2012-10-17, Statement: []}\n"))
	got := cloudformation.New().Plan(&scanner.Env{Account: "111122223333"}, []*source.Source{file})[0](context.Background())
	p := got.Units[0].Policies[0]
	if p.Name.Value != "p-111122223333" || source.Show(p.ARN.Value) != "arn:<partition>:iam::111122223333:policy/p-111122223333" || got.Units[0].Account != "111122223333" {
		t.Errorf("%+v %+v", p.Name, p.ARN)
	}
}
