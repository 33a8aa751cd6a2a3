package cloudformation

// What Ref and Fn::GetAtt return is data: forms with NAME, PATH, URL,
// PARTITION, REGION and ACCOUNT to be filled in (CloudFormation Template
// Reference, "Return values" of each resource type).

func arnOf(service, region, resource string) string {
	account := "ACCOUNT"
	if service == "s3" {
		account = ""
	}
	return "arn:PARTITION:" + service + ":" + region + ":" + account + ":" + resource
}

// returns is the form of an attribute, of the empty one what Ref returns.
func returns(typ, attribute string) (form string, ok bool) {
	arn, refIsARN := arnForm(typ)
	switch {
	case attribute == "" && (typ == "AWS::EC2::LaunchTemplate" || typ == "AWS::SQS::Queue"):
		return "", false // an id and a URL
	case attribute == "" && refIsARN:
		return arn, true
	case attribute == "":
		return "NAME", nameProperty(typ) != ""
	case arn != "" && (attribute == "Arn" || attribute == arnAttribute(typ)):
		return arn, true
	}
	return "", false
}

// arnAttribute is the attribute with a resource's ARN where it is not Arn.
func arnAttribute(typ string) string {
	switch typ {
	case "AWS::IAM::ManagedPolicy":
		return "PolicyArn"
	case "AWS::SNS::Topic":
		return "TopicArn"
	}
	return ""
}

// arnForm is the form of a type's ARN, and whether Ref returns it. The ARN of
// a log group ends in ":*" here.
func arnForm(typ string) (form string, refIsARN bool) {
	switch typ {
	case "AWS::IAM::Role":
		return arnOf("iam", "", "rolePATHNAME"), false
	case "AWS::IAM::User":
		return arnOf("iam", "", "userPATHNAME"), false
	case "AWS::IAM::Group":
		return arnOf("iam", "", "groupPATHNAME"), false
	case "AWS::IAM::ManagedPolicy":
		return arnOf("iam", "", "policyPATHNAME"), true
	case "AWS::IAM::InstanceProfile":
		return arnOf("iam", "", "instance-profilePATHNAME"), false
	case "AWS::IAM::OIDCProvider":
		return arnOf("iam", "", "oidc-provider/URL"), true
	case "AWS::IAM::SAMLProvider":
		return arnOf("iam", "", "saml-provider/NAME"), true
	case "AWS::Logs::LogGroup":
		return arnOf("logs", "REGION", "log-group:NAME:*"), false
	case "AWS::Logs::Destination":
		return arnOf("logs", "REGION", "destination:NAME"), false
	case "AWS::Logs::DeliveryDestination":
		return arnOf("logs", "REGION", "delivery-destination:NAME"), false
	case "AWS::Oam::Sink":
		return arnOf("oam", "REGION", "sink/NAME"), true
	case "AWS::Lambda::Function", "AWS::Serverless::Function":
		return arnOf("lambda", "REGION", "function:NAME"), false
	case "AWS::S3::Bucket":
		return arnOf("s3", "", "NAME"), false
	case "AWS::SNS::Topic":
		return arnOf("sns", "REGION", "NAME"), true
	case "AWS::SQS::Queue":
		return arnOf("sqs", "REGION", "NAME"), false
	case "AWS::DynamoDB::Table":
		return arnOf("dynamodb", "REGION", "table/NAME"), false
	case "AWS::Kinesis::Stream":
		return arnOf("kinesis", "REGION", "stream/NAME"), false
	case "AWS::KinesisFirehose::DeliveryStream":
		return arnOf("firehose", "REGION", "deliverystream/NAME"), false
	case "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm":
		return arnOf("cloudwatch", "REGION", "alarm:NAME"), false
	case "AWS::CloudWatch::MetricStream":
		return arnOf("cloudwatch", "REGION", "metric-stream/NAME"), false
	case "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine":
		return arnOf("states", "REGION", "stateMachine:NAME"), true
	case "AWS::SecretsManager::Secret":
		return arnOf("secretsmanager", "REGION", "secret:NAME"), true
	}
	return "", false
}

// nameProperty is the property that names a resource of a type, empty when
// AWS makes the name, or Ref returns something else.
func nameProperty(typ string) string {
	switch typ {
	case "AWS::IAM::Role":
		return "RoleName"
	case "AWS::IAM::User":
		return "UserName"
	case "AWS::IAM::Group":
		return "GroupName"
	case "AWS::IAM::ManagedPolicy":
		return "ManagedPolicyName"
	case "AWS::IAM::InstanceProfile":
		return "InstanceProfileName"
	case "AWS::Logs::LogGroup":
		return "LogGroupName"
	case "AWS::Logs::Destination":
		return "DestinationName"
	case "AWS::Lambda::Function", "AWS::Serverless::Function":
		return "FunctionName"
	case "AWS::S3::Bucket":
		return "BucketName"
	case "AWS::SNS::Topic":
		return "TopicName"
	case "AWS::SQS::Queue":
		return "QueueName"
	case "AWS::DynamoDB::Table":
		return "TableName"
	case "AWS::KinesisFirehose::DeliveryStream":
		return "DeliveryStreamName"
	case "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm":
		return "AlarmName"
	case "AWS::EC2::LaunchTemplate":
		return "LaunchTemplateName"
	case "AWS::AutoScaling::LaunchConfiguration":
		return "LaunchConfigurationName"
	case "AWS::Logs::ResourcePolicy", "AWS::XRay::ResourcePolicy":
		return "PolicyName"
	case "AWS::IAM::SAMLProvider", "AWS::Kinesis::Stream", "AWS::CloudWatch::MetricStream", "AWS::RUM::AppMonitor",
		"AWS::Logs::DeliveryDestination":
		return "Name"
	}
	return ""
}
