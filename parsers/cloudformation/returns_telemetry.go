package cloudformation

import "maps"

// telemetryTypes are the types of telemetry. The ARN is that of the resource;
// what Fn::GetAtt returns of a log group ends in ":*" besides.
func telemetryTypes() map[string]resourceType {
	out := logsTypes()
	maps.Copy(out, metricsTypes())
	maps.Copy(out, tracesTypes())
	maps.Copy(out, accessTypes())
	return out
}

func logsTypes() map[string]resourceType {
	return map[string]resourceType{
		"AWS::Logs::LogGroup": {
			name: "LogGroupName", arn: arnOf("logs", "REGION", "log-group:NAME"),
			made: map[string]string{"Arn": arnOf("logs", "REGION", "log-group:NAME:*")},
		},
		"AWS::Logs::LogStream":           {name: "LogStreamName"},
		"AWS::Logs::Destination":         {name: "DestinationName", arn: arnOf("logs", "REGION", "destination:NAME")},
		"AWS::Logs::DeliveryDestination": {name: "Name", arn: arnOf("logs", "REGION", "delivery-destination:NAME")},
		"AWS::Logs::DeliverySource":      {name: "Name", arn: arnOf("logs", "REGION", "delivery-source:NAME")},
		"AWS::Logs::Delivery":            {arn: arnOf("logs", "REGION", "delivery:ID"), made: madeID("DeliveryId")},
		"AWS::Logs::ResourcePolicy":      {name: "PolicyName"},
		"AWS::Logs::SubscriptionFilter":  {name: "FilterName"},
		"AWS::Logs::MetricFilter":        {name: "FilterName"},
		"AWS::Logs::QueryDefinition":     {name: "Name", ref: refOther, made: madeID("QueryDefinitionId")},
		"AWS::Logs::LogAnomalyDetector": {
			name: "DetectorName", arn: arnOf("logs", "REGION", "anomaly-detector:ID"), ref: refARN, attribute: "AnomalyDetectorArn",
		},
		"AWS::Logs::ScheduledQuery": {name: "Name", arn: arnOf("logs", "REGION", "scheduled-query:ID"), ref: refARN, attribute: "ScheduledQueryArn"},
		"AWS::Logs::Integration":    {name: "IntegrationName"},
		"AWS::Logs::Transformer":    {name: "LogGroupIdentifier"},
		"AWS::ObservabilityAdmin::OrganizationCentralizationRule": {
			name: "RuleName", arn: arnOf("observabilityadmin", "REGION", "organization-centralization-rule/NAME"), ref: refARN, attribute: "RuleArn",
		},
		"AWS::ObservabilityAdmin::OrganizationTelemetryRule": {
			name: "RuleName", arn: arnOf("observabilityadmin", "REGION", "organization-telemetry-rule/NAME"), ref: refARN, attribute: "RuleArn",
		},
		"AWS::ObservabilityAdmin::TelemetryRule": {
			name: "RuleName", arn: arnOf("observabilityadmin", "REGION", "telemetry-rule/NAME"), ref: refARN, attribute: "RuleArn",
		},
		"AWS::CloudTrail::Trail": {name: "TrailName", arn: arnOf("cloudtrail", "REGION", "trail/NAME")},
		"AWS::EC2::FlowLog":      {arn: arnOf("ec2", "REGION", "vpc-flow-log/ID"), made: madeID("Id")},
	}
}

func metricsTypes() map[string]resourceType {
	return map[string]resourceType{
		"AWS::CloudWatch::Alarm":           {name: "AlarmName", arn: arnOf("cloudwatch", "REGION", "alarm:NAME")},
		"AWS::CloudWatch::CompositeAlarm":  {name: "AlarmName", arn: arnOf("cloudwatch", "REGION", "alarm:NAME")},
		"AWS::CloudWatch::LogAlarm":        {name: "AlarmName", arn: arnOf("cloudwatch", "REGION", "alarm:NAME")},
		"AWS::CloudWatch::AlarmMuteRule":   {name: "Name", arn: arnOf("cloudwatch", "REGION", "alarm-mute-rule:NAME"), ref: refARN},
		"AWS::CloudWatch::AnomalyDetector": {made: madeID("Id")},
		"AWS::CloudWatch::Dashboard":       {name: "DashboardName", arn: arnOf("cloudwatch", "", "dashboard/NAME")},
		"AWS::CloudWatch::InsightRule":     {name: "RuleName", arn: arnOf("cloudwatch", "REGION", "insight-rule/NAME"), ref: refARN, made: map[string]string{"RuleName": "NAME"}},
		"AWS::CloudWatch::MetricStream":    {name: "Name", arn: arnOf("cloudwatch", "REGION", "metric-stream/NAME")},
		"AWS::Oam::Sink":                   {name: "Name", arn: arnOf("oam", "REGION", "sink/ID"), ref: refARN},
		"AWS::Oam::Link":                   {arn: arnOf("oam", "REGION", "link/ID"), ref: refARN},
	}
}

func tracesTypes() map[string]resourceType {
	return map[string]resourceType{
		"AWS::XRay::ResourcePolicy": {name: "PolicyName"},
		"AWS::XRay::Group":          {name: "GroupName", arn: arnOf("xray", "REGION", "group/NAME/ID"), ref: refARN, attribute: "GroupARN"},
		"AWS::XRay::SamplingRule": {
			name: "RuleName", arn: arnOf("xray", "REGION", "sampling-rule/NAME"), ref: refARN, attribute: "RuleARN",
		},
		"AWS::XRay::TransactionSearchConfig": {made: ownAccount()},
		"AWS::Synthetics::Canary": {
			name: "Name", arn: arnOf("synthetics", "REGION", "canary:NAME"),
			made: map[string]string{"Id": "ID", "Code.SourceLocationArn": arnOf("lambda", "REGION", "layer:cwsyn-NAME-ID")},
		},
		"AWS::Synthetics::Group":             {name: "Name", arn: arnOf("synthetics", "REGION", "group:ID"), made: map[string]string{"Id": "ID"}},
		"AWS::RUM::AppMonitor":               {name: "Name", arn: arnOf("rum", "REGION", "appmonitor/NAME"), made: map[string]string{"Id": "ID"}},
		"AWS::ApplicationSignals::Discovery": {made: ownAccount()},
		"AWS::ApplicationSignals::ServiceLevelObjective": {
			name: "Name", arn: arnOf("application-signals", "REGION", "slo/NAME"), ref: refARN,
		},
		"AWS::Evidently::Project": {name: "Name", arn: arnOf("evidently", "REGION", "project/NAME"), ref: refARN},
	}
}

// accessTypes give credentials to those who are no identities of the account.
func accessTypes() map[string]resourceType {
	return map[string]resourceType{
		"AWS::Cognito::IdentityPool": {
			name: "IdentityPoolName", arn: arnOf("cognito-identity", "REGION", "identitypool/REGION:ID"),
			made: map[string]string{"": "REGION:ID", "Id": "REGION:ID", "Name": "NAME"},
		},
		"AWS::Cognito::IdentityPoolRoleAttachment": {made: madeID("Id")},
		"AWS::Cognito::UserPool": {
			arn:  arnOf("cognito-idp", "REGION", "userpool/ID"),
			made: map[string]string{"": "ID", "UserPoolId": "ID", "ProviderName": "cognito-idp.REGION.amazonaws.com/ID"},
		},
		"AWS::Cognito::UserPoolGroup":     {name: "GroupName"},
		"AWS::RolesAnywhere::Profile":     {arn: arnOf("rolesanywhere", "REGION", "profile/ID"), attribute: "ProfileArn", made: madeID("ProfileId")},
		"AWS::RolesAnywhere::TrustAnchor": {arn: arnOf("rolesanywhere", "REGION", "trust-anchor/ID"), attribute: "TrustAnchorArn", made: madeID("TrustAnchorId")},
		"AWS::Cognito::UserPoolClient":    {made: madeID("ClientId")},
	}
}

// madeID is for types of which Ref and one attribute return an id that AWS
// makes up.
func madeID(attribute string) map[string]string {
	return map[string]string{"": "ID", attribute: "ID"}
}

// ownAccount is for types of which there is one an account.
func ownAccount() map[string]string {
	return map[string]string{"": "ACCOUNT", "AccountId": "ACCOUNT"}
}
