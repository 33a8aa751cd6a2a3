package cloudformation

// What Ref and Fn::GetAtt return is data (CloudFormation Template Reference,
// "Return values" of each resource type).

// A resourceType is what is known of a type: the property that names its
// resources, and its ARN with NAME, PATH, URL, PARTITION, REGION and ACCOUNT
// to be filled in.
type resourceType struct {
	name, arn string
	// ref is what Ref returns.
	ref refKind
	// attribute holds the ARN where that is not Arn.
	attribute string
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
// The ARN of a log group ends in ":*" here.
func resourceTypes() map[string]resourceType {
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

		"AWS::RolesAnywhere::Profile":        {arn: arnOf("rolesanywhere", "REGION", "profile/NAME"), ref: refOther, attribute: "ProfileArn"},
		"AWS::RolesAnywhere::TrustAnchor":    {arn: arnOf("rolesanywhere", "REGION", "trust-anchor/NAME"), ref: refOther, attribute: "TrustAnchorArn"},
		"AWS::AutoScaling::AutoScalingGroup": {name: "AutoScalingGroupName"},
		"AWS::EKS::Cluster":                  {name: "Name", arn: arnOf("eks", "REGION", "cluster/NAME")},

		"AWS::Logs::LogGroup":             {name: "LogGroupName", arn: arnOf("logs", "REGION", "log-group:NAME:*")},
		"AWS::Logs::Destination":          {name: "DestinationName", arn: arnOf("logs", "REGION", "destination:NAME")},
		"AWS::Logs::DeliveryDestination":  {name: "Name", arn: arnOf("logs", "REGION", "delivery-destination:NAME")},
		"AWS::Logs::ResourcePolicy":       {name: "PolicyName"},
		"AWS::XRay::ResourcePolicy":       {name: "PolicyName"},
		"AWS::Oam::Sink":                  {arn: arnOf("oam", "REGION", "sink/NAME"), ref: refARN},
		"AWS::RUM::AppMonitor":            {name: "Name"},
		"AWS::CloudWatch::Alarm":          {name: "AlarmName", arn: arnOf("cloudwatch", "REGION", "alarm:NAME")},
		"AWS::CloudWatch::CompositeAlarm": {name: "AlarmName", arn: arnOf("cloudwatch", "REGION", "alarm:NAME")},
		"AWS::CloudWatch::MetricStream":   {name: "Name", arn: arnOf("cloudwatch", "REGION", "metric-stream/NAME")},

		"AWS::EC2::LaunchTemplate":              {name: "LaunchTemplateName", ref: refOther},
		"AWS::AutoScaling::LaunchConfiguration": {name: "LaunchConfigurationName"},
		"AWS::Lambda::Function":                 {name: "FunctionName", arn: arnOf("lambda", "REGION", "function:NAME")},
		"AWS::Serverless::Function":             {name: "FunctionName", arn: arnOf("lambda", "REGION", "function:NAME")},
		"AWS::StepFunctions::StateMachine":      {name: "StateMachineName", arn: arnOf("states", "REGION", "stateMachine:NAME"), ref: refARN},
		"AWS::Serverless::StateMachine":         {name: "Name", arn: arnOf("states", "REGION", "stateMachine:NAME"), ref: refARN},
		"AWS::S3::Bucket":                       {name: "BucketName", arn: "arn:PARTITION:s3:::NAME"},
		"AWS::SNS::Topic":                       {name: "TopicName", arn: arnOf("sns", "REGION", "NAME"), ref: refARN, attribute: "TopicArn"},
		"AWS::SQS::Queue":                       {name: "QueueName", arn: arnOf("sqs", "REGION", "NAME"), ref: refOther},
		"AWS::DynamoDB::Table":                  {name: "TableName", arn: arnOf("dynamodb", "REGION", "table/NAME")},
		"AWS::Kinesis::Stream":                  {name: "Name", arn: arnOf("kinesis", "REGION", "stream/NAME")},
		"AWS::KinesisFirehose::DeliveryStream":  {name: "DeliveryStreamName", arn: arnOf("firehose", "REGION", "deliverystream/NAME")},
		"AWS::SecretsManager::Secret":           {arn: arnOf("secretsmanager", "REGION", "secret:NAME"), ref: refARN},
	}
}

// returns is the form of an attribute, of the empty one what Ref returns.
func (t resourceType) returns(attribute string) (form string, ok bool) {
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
