package cloudformation

// servicesTypes are types of other services that policies name often, and
// that telemetry goes to.
func servicesTypes() map[string]resourceType {
	return map[string]resourceType{
		"AWS::EC2::LaunchTemplate":              {name: "LaunchTemplateName", ref: refOther},
		"AWS::AutoScaling::LaunchConfiguration": {name: "LaunchConfigurationName"},
		"AWS::Lambda::Function":                 {name: "FunctionName", arn: arnOf("lambda", "REGION", "function:NAME")},
		"AWS::Serverless::Function":             {name: "FunctionName", arn: arnOf("lambda", "REGION", "function:NAME")},
		"AWS::StepFunctions::StateMachine":      {name: "StateMachineName", arn: arnOf("states", "REGION", "stateMachine:NAME"), ref: refARN, made: ownName()},
		"AWS::Serverless::StateMachine":         {name: "Name", arn: arnOf("states", "REGION", "stateMachine:NAME"), ref: refARN, made: ownName()},

		"AWS::S3::Bucket":                      {name: "BucketName", arn: "arn:PARTITION:s3:::NAME"},
		"AWS::SNS::Topic":                      {name: "TopicName", arn: arnOf("sns", "REGION", "NAME"), ref: refARN, attribute: "TopicArn", made: map[string]string{"TopicName": "NAME"}},
		"AWS::SQS::Queue":                      {name: "QueueName", arn: arnOf("sqs", "REGION", "NAME"), ref: refOther, made: map[string]string{"QueueName": "NAME"}},
		"AWS::DynamoDB::Table":                 {name: "TableName", arn: arnOf("dynamodb", "REGION", "table/NAME")},
		"AWS::Kinesis::Stream":                 {name: "Name", arn: arnOf("kinesis", "REGION", "stream/NAME")},
		"AWS::KinesisFirehose::DeliveryStream": {name: "DeliveryStreamName", arn: arnOf("firehose", "REGION", "deliverystream/NAME")},
		"AWS::SecretsManager::Secret":          {name: "Name", arn: arnOf("secretsmanager", "REGION", "secret:NAME-ID"), ref: refARN, attribute: "Id"},
		"AWS::KMS::Key":                        {arn: arnOf("kms", "REGION", "key/ID"), ref: refOther, made: map[string]string{"": "ID", "KeyId": "ID"}},
		"AWS::KMS::ReplicaKey":                 {arn: arnOf("kms", "REGION", "key/ID"), ref: refOther, made: map[string]string{"": "ID", "KeyId": "ID"}},
		"AWS::KMS::Alias":                      {name: "AliasName", arn: arnOf("kms", "REGION", "NAME")},
		"AWS::Events::EventBus":                {name: "Name", arn: arnOf("events", "REGION", "event-bus/NAME"), made: ownName()},
		"AWS::ECR::Repository":                 {name: "RepositoryName", arn: arnOf("ecr", "REGION", "repository/NAME")},
		"AWS::ECS::Cluster":                    {name: "ClusterName", arn: arnOf("ecs", "REGION", "cluster/NAME")},
		"AWS::EKS::Cluster":                    {name: "Name", arn: arnOf("eks", "REGION", "cluster/NAME")},
		"AWS::CodeBuild::Project":              {name: "Name", arn: arnOf("codebuild", "REGION", "project/NAME")},
		"AWS::CodeCommit::Repository":          {name: "RepositoryName", arn: arnOf("codecommit", "REGION", "NAME"), ref: refOther, made: map[string]string{"": "ID", "Name": "NAME"}},
		"AWS::SSM::Parameter":                  {name: "Name"},
		"AWS::OpenSearchService::Domain":       {name: "DomainName", arn: arnOf("es", "REGION", "domain/NAME"), made: map[string]string{"DomainArn": arnOf("es", "REGION", "domain/NAME")}},
		"AWS::Athena::WorkGroup":               {name: "Name"},
		"AWS::APS::Workspace":                  {arn: arnOf("aps", "REGION", "workspace/ID"), ref: refARN, made: map[string]string{"WorkspaceId": "ID"}},
		"AWS::Grafana::Workspace":              {ref: refOther, made: map[string]string{"": "ID", "Id": "ID"}},
	}
}

// ownName is for types of which an attribute Name says the name.
func ownName() map[string]string { return map[string]string{"Name": "NAME"} }
