package cloudformation

import (
	"maps"
	"sync"
)

// What Ref and Fn::GetAtt return is data (CloudFormation Template Reference,
// "Return values" of each resource type).

// A resourceType is what is known of a type: the property that names its
// resources, and its ARN with NAME, PATH, URL, PARTITION, REGION, ACCOUNT and
// ID, which AWS makes up, to be filled in. MEMBER is the id of an account that
// AWS makes.
type resourceType struct {
	name, arn string
	// ref is what Ref returns.
	ref refKind
	// attribute holds the ARN where that is not Arn.
	attribute string
	// made are the forms of further attributes, and of those that are written
	// otherwise than the rest of this says; of the empty one what Ref returns.
	made map[string]string
}

type refKind uint8

const (
	refName refKind = iota
	refARN
	refOther // an id or URL that AWS makes
)

func arnOf(service, region, resource string) string {
	return "arn:PARTITION:" + service + ":" + region + ":ACCOUNT:" + resource
}

// resourceTypes are the types that policies, trusts and telemetry refer to.
// Nobody changes the table.
var resourceTypes = sync.OnceValue(func() map[string]resourceType {
	out := telemetryTypes()
	maps.Copy(out, servicesTypes())
	maps.Copy(out, identityTypes())
	return out
})

func identityTypes() map[string]resourceType {
	return map[string]resourceType{
		"AWS::IAM::Role":            {name: "RoleName", arn: arnOf("iam", "", "rolePATHNAME")},
		"AWS::IAM::User":            {name: "UserName", arn: arnOf("iam", "", "userPATHNAME")},
		"AWS::IAM::Group":           {name: "GroupName", arn: arnOf("iam", "", "groupPATHNAME")},
		"AWS::IAM::ManagedPolicy":   {name: "ManagedPolicyName", arn: arnOf("iam", "", "policyPATHNAME"), ref: refARN, attribute: "PolicyArn"},
		"AWS::IAM::InstanceProfile": {name: "InstanceProfileName", arn: arnOf("iam", "", "instance-profilePATHNAME")},
		"AWS::IAM::OIDCProvider":    {arn: arnOf("iam", "", "oidc-provider/URL"), ref: refARN},
		"AWS::IAM::SAMLProvider":    {name: "Name", arn: arnOf("iam", "", "saml-provider/NAME"), ref: refARN},
		"AWS::IAM::RolePolicy":      {name: "PolicyName", ref: refOther},
		"AWS::IAM::UserPolicy":      {name: "PolicyName", ref: refOther},
		"AWS::IAM::GroupPolicy":     {name: "PolicyName", ref: refOther},
		serviceLinkedRole:           {name: "RoleName", arn: arnOf("iam", "", "rolePATHNAME")},

		"AWS::IAM::ServerCertificate":        {name: "ServerCertificateName", arn: arnOf("iam", "", "server-certificatePATHNAME")},
		"AWS::IAM::VirtualMFADevice":         {name: "VirtualMfaDeviceName", arn: arnOf("iam", "", "mfaPATHNAME"), ref: refARN, attribute: "SerialNumber"},
		"AWS::Organizations::Account":        {ref: refOther, made: map[string]string{"": "MEMBER", "AccountId": "MEMBER"}},
		"AWS::Organizations::Organization":   {ref: refOther, made: map[string]string{"ManagementAccountId": "ACCOUNT"}},
		"AWS::AutoScaling::AutoScalingGroup": {name: "AutoScalingGroupName"},
		"AWS::Batch::ComputeEnvironment":     {name: "ComputeEnvironmentName", arn: arnOf("batch", "REGION", "compute-environment/NAME"), ref: refARN, attribute: "ComputeEnvironmentArn"},
	}
}

// returns is the form of an attribute, of the empty one what Ref returns.
func (t resourceType) returns(attribute string) (form string, ok bool) {
	if form, ok := t.made[attribute]; ok {
		return form, true
	}
	switch {
	case attribute == "" && t.ref == refARN:
		return t.arn, true
	case attribute == "":
		return "NAME", t.ref == refName && t.name != ""
	case attribute == t.name: // such as RoleName of a service-linked role
		return "NAME", true
	case attribute == "Arn" || attribute == t.attribute:
		return t.arn, t.arn != ""
	}
	return "", false
}
