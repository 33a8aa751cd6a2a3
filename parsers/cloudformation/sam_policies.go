package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// policies reads Policies: names and ARNs of managed policies, documents, and
// policy templates, one or a list of them.
func (r *samRole) policies() {
	for i, v := range r.res.properties.Get("Policies").Elements() {
		r.policy(i, v, func(v *source.Value) *source.Value { return v })
	}
}

// policy reads one entry. within puts what it gives under the conditions that
// the entry stands under.
func (r *samRole) policy(i int, v *source.Value, within func(*source.Value) *source.Value) {
	if condition, then, otherwise, ok := ifParts(v); ok {
		none := refTo("AWS::NoValue", v.Range)
		r.branch(i, then, func(x *source.Value) *source.Value { return within(ifAt(v.Range, condition, x, none)) })
		r.branch(i, otherwise, func(x *source.Value) *source.Value { return within(ifAt(v.Range, condition, none, x)) })
		return
	}
	_, _, call := intrinsic(v)
	switch {
	case v.Kind == source.Null || isNoValue(v):
	case call || v.IsScalar():
		r.attach(within(r.managedPolicy(v)))
	case v.Kind == source.Object && v.Get("Statement") != nil:
		r.inline = append(r.inline, within(namedPolicy(policyName(r.id, i), v)))
	case v.Kind == source.Object && len(v.Members) == 1:
		r.policyTemplate(i, v, within)
	default:
		r.inline = append(r.inline, within(source.UnreadValue("a policy", v.Range)))
	}
}

// branch is a branch of Fn::If, which may hold several entries.
func (r *samRole) branch(i int, v *source.Value, within func(*source.Value) *source.Value) {
	for _, entry := range v.Elements() {
		r.policy(i, entry, within)
	}
}

// managedPolicy is the ARN of a managed policy. An AWS managed one may be
// written by its bare name, also in a parameter.
func (r *samRole) managedPolicy(v *source.Value) *source.Value {
	if v.IsScalar() {
		if s := v.Scalar.Value; !strings.Contains(s, ":") {
			return awsManaged(managedPath(s), v.Range)
		}
		return v
	}
	fn, arg, _ := intrinsic(v)
	p := r.s.t.parameters[arg.Text().Value]
	if fn != "Ref" || p == nil || p.value == nil || p.value.Scalar.Value == "" || strings.ContainsAny(p.value.Scalar.Value, ":,") {
		return v
	}
	prefix := subAt("arn:${AWS::Partition}:iam::aws:policy/", v.Range)
	return objectAt(v.Range, pair{"Fn::Join", listAt(v.Range, textAt("", v.Range), listAt(v.Range, prefix, v))})
}

// policyTemplate expands a policy template that touches telemetry. Of the
// others AWS documents that they do not; a name that is neither is noted.
func (r *samRole) policyTemplate(i int, v *source.Value, within func(*source.Value) *source.Value) {
	name := v.Members[0].Name
	statement := templateStatement(name, v.Members[0].Value)
	switch {
	case statement != nil:
		r.inline = append(r.inline, within(namedPolicy(policyName(r.id, i), unversioned(name.Range, statement))))
	case !isQuietTemplate(name.Value):
		r.s.note(samNote{"policy template " + name.Show(), "the policy template " + name.Show() + " is none that AWS documents", name.Range, true})
		r.inline = append(r.inline, within(source.UnreadValue("the policy template "+name.Value, name.Range)))
	}
}

// templateStatement is the statement of a policy template that touches
// telemetry, nil for any other ("AWS SAM policy templates").
func templateStatement(name source.String, arguments *source.Value) *source.Value {
	at := name.Range
	all := textAt("*", at)
	switch name.Value {
	case "CloudWatchPutMetricPolicy":
		return allowAt(at, all, "cloudwatch:PutMetricData")
	case "CloudWatchDashboardPolicy":
		return allowAt(at, all, "cloudwatch:GetDashboard", "cloudwatch:ListDashboards", "cloudwatch:PutDashboard", "cloudwatch:ListMetrics")
	case "CloudWatchDescribeAlarmHistoryPolicy":
		return allowAt(at, all, "cloudwatch:DescribeAlarmHistory")
	case "FilterLogEventsPolicy":
		group := arguments.Get("LogGroupName")
		if group == nil {
			group = source.UnreadValue("LogGroupName", at)
		}
		text := "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${logGroupName}:log-stream:*"
		on := objectAt(at, pair{"Fn::Sub", listAt(at, textAt(text, at), objectAt(at, pair{"logGroupName", group}))})
		return allowAt(at, on, "logs:FilterLogEvents")
	}
	return nil
}

// isQuietTemplate reports whether AWS documents a policy template of that name
// that grants nothing on telemetry ("AWS SAM policy templates": policy
// template list).
func isQuietTemplate(name string) bool {
	_, found := slices.BinarySearch(quietTemplates(), name)
	return found
}

// quietTemplates are sorted.
func quietTemplates() []string {
	return strings.Fields(`
		AMIDescribePolicy AWSSecretsManagerGetSecretValuePolicy AWSSecretsManagerRotationPolicy AcmGetCertificatePolicy
		AthenaQueryPolicy CloudFormationDescribeStacksPolicy CodeCommitCrudPolicy CodeCommitReadPolicy
		CodePipelineLambdaExecutionPolicy CodePipelineReadOnlyPolicy ComprehendBasicAccessPolicy CostExplorerReadOnlyPolicy
		DynamoDBBackupFullAccessPolicy DynamoDBCrudPolicy DynamoDBReadPolicy DynamoDBReconfigurePolicy
		DynamoDBRestoreFromBackupPolicy DynamoDBStreamReadPolicy DynamoDBWritePolicy EC2CopyImagePolicy EC2DescribePolicy
		EFSWriteAccessPolicy EKSDescribePolicy EcsRunTaskPolicy ElasticMapReduceAddJobFlowStepsPolicy
		ElasticMapReduceCancelStepsPolicy ElasticMapReduceModifyInstanceFleetPolicy ElasticMapReduceModifyInstanceGroupsPolicy
		ElasticMapReduceSetTerminationProtectionPolicy ElasticMapReduceTerminateJobFlowsPolicy ElasticsearchHttpPostPolicy
		EventBridgePutEventsPolicy FirehoseCrudPolicy FirehoseWritePolicy KMSDecryptPolicy KMSEncryptPolicy
		KMSEncryptPolicy_v2 KinesisCrudPolicy KinesisStreamReadPolicy LambdaInvokePolicy MobileAnalyticsWriteOnlyAccessPolicy
		OrganizationsListAccountsPolicy PinpointEndpointAccessPolicy PollyFullAccessPolicy RekognitionDetectOnlyPolicy
		RekognitionFacesManagementPolicy RekognitionFacesPolicy RekognitionLabelsPolicy RekognitionNoDataAccessPolicy
		RekognitionReadPolicy RekognitionWriteOnlyAccessPolicy Route53ChangeResourceRecordSetsPolicy S3CrudPolicy
		S3FullAccessPolicy S3ReadPolicy S3WritePolicy SESBulkTemplatedCrudPolicy SESBulkTemplatedCrudPolicy_v2 SESCrudPolicy
		SESEmailTemplateCrudPolicy SESSendBouncePolicy SNSCrudPolicy SNSPublishMessagePolicy SQSPollerPolicy
		SQSSendMessagePolicy SSMParameterReadPolicy SSMParameterWithSlashPrefixReadPolicy SageMakerCreateEndpointConfigPolicy
		SageMakerCreateEndpointPolicy ServerlessRepoReadWriteAccessPolicy StepFunctionsCallbackPolicy
		StepFunctionsExecutionPolicy StepFunctionsExecutionPolicy_v2 TextractDetectAnalyzePolicy TextractGetResultPolicy
		TextractPolicy VPCAccessPolicy
`)
}
