package cloudformation_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// TestWrittenKeys: keys are found wherever a template holds them, at the key
// itself, and nothing of them is kept but the place and four characters.
func TestWrittenKeys(t *testing.T) {
	u := fixture(t, "fleet.yaml")
	var got []string
	for _, k := range u.WrittenKeys {
		origin := ""
		if !k.Origin.IsZero() {
			origin = " from " + k.Origin.String()
		}
		got = append(got, fmt.Sprintf("%s %s %q kind %d %q at %s%s", k.Address, k.Place, k.Argument, k.Kind, k.Last4, k.Range, origin))
	}
	want := []string{
		`Collector function environment "BUILD_ID" kind 1 "OP2C" at fleet.yaml:84:21 from fleet.yaml:13:14`,
		`Builder user data "" kind 3 "" at fleet.yaml:106:40`,
		`Builder resource metadata "accessKeyId" kind 1 "OP2D" at fleet.yaml:97:24`,
		`Builder resource metadata "secretKey" kind 3 "" at fleet.yaml:98:22`,
		`Outputs.Literal stack output "Literal" kind 1 "OP2E" at fleet.yaml:183:12`,
		`Parameters.BuildSecretKey parameter default "BuildSecretKey" kind 3 "" at fleet.yaml:17:14`,
		`Parameters.Sample parameter default "Sample" kind 4 "MPLE" at fleet.yaml:20:14`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, k := range u.WrittenKeys {
		if text := fmt.Sprintf("%+v", *k); strings.Contains(text, "AKIAQ3") || strings.Contains(text, "q7Hn4k") || k.Unit != u {
			t.Errorf("the key is kept: %s", k.Address)
		}
	}
}

// TestKeysAnnouncedInCapitals: as a shell's environment spells them, where
// nothing else of the template looks like a key.
func TestKeysAnnouncedInCapitals(t *testing.T) {
	secret := "q7Hn4kAbCdEfGh0123IjKlMnOpQrSt4567" + "UvWxYz"
	u := parse(t, "t.yaml", "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\nOutputs:\n  Env:\n    Value: AWS_SECRET_ACCESS_KEY="+secret+"\n", nil).Units[0]
	if len(u.WrittenKeys) != 1 || u.WrittenKeys[0].Place != model.OutputKey {
		t.Errorf("written keys %+v", u.WrittenKeys)
	}
}

// TestSecretsThatAreHandedOn: in whatever branch that may be taken, but not
// where the secret is put into a store for secrets.
func TestSecretsThatAreHandedOn(t *testing.T) {
	u := parse(t, "fleet.yaml", read(t, "testdata/fixtures/fleet.yaml"), map[string]string{"Stage": "prod"}).Units[0]
	var got []string
	for _, c := range u.AccessKeys[0].Shown {
		got = append(got, fmt.Sprintf("%s: %s", c.Range, c.Message))
	}
	want := []string{
		`fleet.yaml:177:3: output "Handed" hands the secret on`,
		`fleet.yaml:65:14: a parameter in plain text holds the secret`,
		`fleet.yaml:83:19: a function's environment holds the secret`,
		`fleet.yaml:103:9: user data holds the secret`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestProfilesByParameter: a parameter that is empty by default is there to be
// set, unless it was given so.
func TestProfilesByParameter(t *testing.T) {
	profiles := func(parameters map[string]string) map[string]string {
		p := parse(t, "fleet.yaml", read(t, "testdata/fixtures/fleet.yaml"), parameters)
		out := map[string]string{}
		for _, i := range p.Units[0].Instances {
			out[i.Address] = "none"
			if i.Profile != nil {
				out[i.Address] = i.Profile.Value.Show()
			}
			for _, n := range i.Needs {
				out[i.Address] += "; " + n.Message
			}
		}
		return out
	}
	for _, c := range []struct {
		name       string
		parameters map[string]string
		profile    string
	}{
		{"by default", nil, "${Profile}"},
		{"given", map[string]string{"Profile": "machines"}, "machines"},
		{"given as empty", map[string]string{"Profile": ""}, "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := map[string]string{
				"Builder": c.profile + "; its metadata names the CloudWatch agent",
				"Bare":    "none",
				"Unnamed": c.profile + "; its user data names the AWS CLI",
			}
			if diff := cmp.Diff(want, profiles(c.parameters)); diff != "" {
				t.Error(diff)
			}
		})
	}
	noted := false
	for _, x := range fixture(t, "fleet.yaml").Unresolved {
		noted = noted || x.Bears && strings.Contains(x.Missing, "the parameter Profile is empty by default: pass --parameter Profile=VALUE")
	}
	if !noted {
		t.Error("nothing says how to name the profile")
	}
}

func TestPermissionSets(t *testing.T) {
	u := undecided(t, "fleet.yaml")
	set := identity(t, u, "Reader")
	if set.Kind != model.PermissionSet || set.Boundary == nil || set.Boundary.Policy.Value.Value != "arn:aws:iam::aws:policy/ReadOnlyAccess" {
		t.Errorf("permission set %+v", set)
	}
	if len(set.Inline) != 1 || set.Inline[0].Document.Statements[0].Actions[0].Range.Text() != `"logs:Get*"` {
		t.Errorf("inline policies %+v", set.Inline)
	}
	if len(set.Assignments) != 1 || !set.Assignments[0].Maybe || set.Assignments[0].Range.Text() != "InProd" {
		t.Errorf("assignments %+v", set.Assignments)
	}
}

// TestUserDataIsUnpacked: user data may be plain, base64, or gzip in base64.
func TestUserDataIsUnpacked(t *testing.T) {
	const script = "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAQ3EGRZ5T7YUIOP2B\naws s3 cp s3://b/x x\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"a function": fmt.Sprintf("{Fn::Base64: %q}", script),
		"base64":     base64.StdEncoding.EncodeToString([]byte(script)),
		"gzip":       base64.StdEncoding.EncodeToString(packed.Bytes()),
	} {
		t.Run(name, func(t *testing.T) {
			u := unit(t, "u.yaml", "Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData: "+value+"\n")
			if len(u.Instances[0].Needs) != 1 || len(u.WrittenKeys) != 1 || u.WrittenKeys[0].Last4 != "OP2B" {
				t.Errorf("needs %v, keys %d", u.Instances[0].Needs, len(u.WrittenKeys))
			}
		})
	}
}

// TestWhatFleetsReturn: Ref and Fn::GetAtt by the return values that the
// CloudFormation Template Reference gives for each type.
func TestWhatFleetsReturn(t *testing.T) {
	for _, c := range []struct{ typ, properties, expression, want string }{
		{"AWS::IAM::ServiceLinkedRole", "AWSServiceName: autoscaling.amazonaws.com, CustomSuffix: x", "!Ref R", "AWSServiceRoleFor${R}_x"},
		{"AWS::IAM::ServiceLinkedRole", "AWSServiceName: autoscaling.amazonaws.com", "!GetAtt R.RoleName", "AWSServiceRoleFor${R}"},
		{"AWS::IAM::ServerCertificate", "ServerCertificateName: c, Path: /cloudfront/", "!GetAtt R.Arn", "arn:<partition>:iam::<self>:server-certificate/cloudfront/c"},
		{"AWS::IAM::VirtualMFADevice", "VirtualMfaDeviceName: m, Users: [u]", "!Ref R", "arn:<partition>:iam::<self>:mfa/m"},
		{"AWS::IAM::InstanceProfile", "InstanceProfileName: p, Roles: [r]", "!Ref R", "p"},
		{"AWS::IAM::AccessKey", "UserName: u", "!Ref R", "${R}"},
		{"AWS::Organizations::Account", "AccountName: a, Email: a@example.com", "!Sub 'arn:aws:iam::${R}:root'", "arn:aws:iam::${R}:root"},
		{"AWS::Organizations::Account", "AccountName: a, Email: a@example.com", "!GetAtt R.AccountId", "${R}"},
		{"AWS::Organizations::Organization", "FeatureSet: ALL", "!GetAtt R.ManagementAccountId", "<self>"},
		{"AWS::Batch::ComputeEnvironment", "Type: MANAGED, ComputeEnvironmentName: c", "!Ref R", "arn:<partition>:batch:<region>:<self>:compute-environment/c"},
		{"AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName: g, MinSize: '0', MaxSize: '1'", "!Ref R", "g"},
		{"AWS::RolesAnywhere::Profile", "Name: n, RoleArns: []", "!GetAtt R.ProfileArn", "arn:<partition>:rolesanywhere:<region>:<self>:profile/${R}"},
		{"AWS::SSO::PermissionSet", "Name: n, InstanceArn: i", "!GetAtt R.PermissionSetArn", "${R.PermissionSetArn}"},
	} {
		t.Run(c.typ+" "+c.expression, func(t *testing.T) {
			u := unit(t, "r.yaml", "Resources:\n  R:\n    Type: "+c.typ+"\n    Properties: {"+c.properties+"}\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: u\n      Tags:\n        - Key: k\n          Value: "+c.expression+"\n")
			if got := identity(t, u, "U").Tags[0].Value.Show(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestOddShapes: properties of any other shape than the type's are no reason
// to fail.
func TestOddShapes(t *testing.T) {
	shapes := []string{`5`, `null`, `"x"`, `[]`, `{}`, `[[1], null]`, `{"Ref": "Nope"}`, `{"Fn::If": ["Nope", {}, []]}`, `{"Fn::GetAtt": ["R", "Arn"]}`, `[{"Key": []}]`, `{"LaunchTemplate": {"Overrides": [5, {}]}}`}
	types := map[string][]string{
		"AWS::EC2::Instance":                             {"IamInstanceProfile", "LaunchTemplate", "MetadataOptions", "UserData", "Tags"},
		"AWS::EC2::LaunchTemplate":                       {"LaunchTemplateData", "LaunchTemplateName"},
		"AWS::EC2::SpotFleet":                            {"SpotFleetRequestConfigData"},
		"AWS::EC2::EC2Fleet":                             {"LaunchTemplateConfigs"},
		"AWS::AutoScaling::AutoScalingGroup":             {"LaunchTemplate", "MixedInstancesPolicy", "LaunchConfigurationName"},
		"AWS::ImageBuilder::InfrastructureConfiguration": {"InstanceProfileName", "InstanceMetadataOptions", "Tags"},
		"AWS::EKS::Nodegroup":                            {"NodeRole", "LaunchTemplate"},
		"AWS::EKS::PodIdentityAssociation":               {"RoleArn", "ClusterName"},
		"AWS::Batch::ComputeEnvironment":                 {"ComputeResources"},
		"AWS::ElasticBeanstalk::Environment":             {"OptionSettings"},
		"AWS::Lambda::Function":                          {"Environment"},
		"AWS::SSO::PermissionSet":                        {"InlinePolicy", "ManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary", "Tags"},
		"AWS::SSO::Assignment":                           {"PermissionSetArn", "TargetId"},
		"AWS::RolesAnywhere::Profile":                    {"SessionPolicy", "RoleArns"},
		"AWS::RolesAnywhere::TrustAnchor":                {"Source"},
		"AWS::Organizations::Policy":                     {"Content", "TargetIds", "Type"},
		"AWS::IAM::ServiceLinkedRole":                    {"AWSServiceName", "CustomSuffix"},
		"AWS::IAM::AccessKey":                            {"UserName", "Status"},
		"AWS::SSM::Parameter":                            {"Value"},
	}
	for typ, properties := range types {
		for _, name := range append(properties, "") {
			for _, shape := range shapes {
				body := fmt.Sprintf(`{%q: %s}`, name, shape)
				if name == "" {
					body = shape
				}
				got := parse(t, "odd.json", fmt.Sprintf(`{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R": {"Type": %q, "Properties": %s, "Metadata": %s},
					"K": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "secret"}}}, "Outputs": {"O": %s}}`, typ, body, shape, shape), nil)
				if len(got.Units) != 1 {
					t.Errorf("%s %s: %d units", typ, body, len(got.Units))
				}
				model.Link(&model.Model{Units: got.Units}, "")
			}
		}
	}
}
