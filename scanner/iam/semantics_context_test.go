package iam_test

import (
	"testing"
)

// TestClosedContexts holds that nothing is added to a closed context.
func TestClosedContexts(t *testing.T) {
	get := ask("logs:GetLogEvents", logStream)
	for _, condition := range []string{
		`"Bool":{"aws:SecureTransport":"true"}`,
		`"DateGreaterThan":{"aws:CurrentTime":"1970-01-01"}`,
		`"StringLike":{"aws:PrincipalArn":"*"}`,
		`"StringLike":{"aws:PrincipalAccount":"*"}`,
		`"StringLike":{"aws:PrincipalType":"*"}`,
		`"StringLike":{"aws:userid":"*"}`,
		`"StringLike":{"aws:username":"*"}`,
		`"Bool":{"aws:PrincipalIsAWSService":"false"}`,
		`"Bool":{"aws:ViaAWSService":["true","false"]}`,
		`"NumericGreaterThan":{"aws:EpochTime":"0"}`,
		`"Null":{"aws:CurrentTime":"false"}`,
		`"StringEquals":{"aws:RequestedRegion":"us-east-1"}`,
	} {
		holds(t, []sentence{{condition, identity(under(condition)), get, "denied"}})
	}
	holds(t, []sentence{
		{"IfExists on an unlisted key", identity(under(`"BoolIfExists":{"aws:SecureTransport":"false"}`)), get, "allowed"},
		{"a negated test on an unlisted key", identity(under(`"StringNotEquals":{"aws:PrincipalType":"User"}`)), get, "allowed"},
	})
}

// TestOpenContextsByCaller holds what an open context knows of the caller.
func TestOpenContextsByCaller(t *testing.T) {
	const (
		role    = "arn:aws:iam::111122223333:role/app"
		root    = "arn:aws:iam::111122223333:root"
		fed     = "arn:aws:sts::111122223333:federated-user/fay"
		service = "events.amazonaws.com"
	)
	for _, c := range []struct{ condition, principal, want string }{
		// The ARN: of the role for sessions.
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice"}`, alice, "yes"},
		{`"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/bob"}`, alice, "no"},
		{`"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/bob"}`, alice, "yes"},
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}`, session, "yes"},
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}`, role, "yes"},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:sts::*:assumed-role/app/*"}`, session, "no"},
		{`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}`, session, "no"},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a*"}`, session, "yes"},
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:sts::111122223333:federated-user/fay"}`, fed, "yes"},
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}`, root, "yes"},
		{`"StringLike":{"aws:PrincipalArn":"*"}`, session, "yes"},
		{`"Null":{"aws:PrincipalArn":"true"}`, session, "no"},
		{`"StringLike":{"aws:PrincipalArn":"*"}`, service, "no"},
		// The account.
		{`"StringEquals":{"aws:PrincipalAccount":"111122223333"}`, alice, "yes"},
		{`"StringEquals":{"aws:PrincipalAccount":["444455556666","111122223333"]}`, session, "yes"},
		{`"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}`, role, "no"},
		{`"StringEquals":{"aws:PrincipalAccount":"444455556666"}`, root, "no"},
		{`"StringEquals":{"aws:PrincipalAccount":"111122223333"}`, service, "no"},
		// The type.
		{`"StringEquals":{"aws:PrincipalType":"User"}`, alice, "yes"},
		{`"StringEquals":{"aws:PrincipalType":"AssumedRole"}`, session, "yes"},
		{`"StringEquals":{"aws:PrincipalType":"AssumedRole"}`, role, "yes"},
		{`"StringEquals":{"aws:PrincipalType":"Account"}`, root, "yes"},
		{`"StringEquals":{"aws:PrincipalType":"FederatedUser"}`, fed, "yes"},
		{`"StringEquals":{"aws:PrincipalType":"User"}`, session, "no"},
		{`"StringEquals":{"aws:PrincipalType":"Anonymous"}`, "*", "yes"},
		// The id.
		{`"StringLike":{"aws:userid":"*"}`, alice, "yes"},
		{`"StringEquals":{"aws:userid":"AIDAEXAMPLE00000001"}`, alice, "maybe"},
		{`"StringLike":{"aws:userid":"AROA*:i-*"}`, session, "maybe"},
		{`"StringEquals":{"aws:userid":"111122223333"}`, root, "yes"},
		{`"StringEquals":{"aws:userid":"111122223333:fay"}`, fed, "yes"},
		{`"Null":{"aws:userid":"true"}`, session, "no"},
		{`"StringEquals":{"aws:userid":"anonymous"}`, "*", "yes"},
		// The name, of users only.
		{`"StringEquals":{"aws:username":"alice"}`, alice, "yes"},
		{`"StringEquals":{"aws:username":"bob"}`, alice, "no"},
		{`"StringLike":{"aws:username":"*"}`, session, "no"},
		{`"StringLike":{"aws:username":"*"}`, role, "no"},
		{`"StringLike":{"aws:username":"*"}`, root, "no"},
		{`"StringLike":{"aws:username":"*"}`, fed, "no"},
		{`"StringLike":{"aws:username":"*"}`, "*", "no"},
		{`"StringLike":{"aws:username":"*"}`, service, "no"},
		{`"StringNotEquals":{"aws:username":"alice"}`, session, "yes"},
		{`"StringEqualsIfExists":{"aws:username":"alice"}`, session, "yes"},
		{`"Null":{"aws:username":"true"}`, role, "yes"},
		// Whether it is a service, or called through one.
		{`"Bool":{"aws:PrincipalIsAWSService":"false"}`, alice, "yes"},
		{`"Bool":{"aws:PrincipalIsAWSService":"true"}`, session, "no"},
		{`"Bool":{"aws:PrincipalIsAWSService":"true"}`, service, "yes"},
		{`"Bool":{"aws:PrincipalIsAWSService":"false"}`, "*", "yes"},
		{`"Bool":{"aws:ViaAWSService":"true"}`, alice, "maybe"},
		{`"Bool":{"aws:ViaAWSService":"false"}`, alice, "maybe"},
		{`"Bool":{"aws:ViaAWSService":["true","false"]}`, alice, "yes"},
		{`"Null":{"aws:ViaAWSService":"false"}`, alice, "yes"},
		// The connection and the time.
		{`"Bool":{"aws:SecureTransport":"true"}`, alice, "yes"},
		{`"Bool":{"aws:SecureTransport":"true"}`, "*", "yes"},
		{`"Bool":{"aws:SecureTransport":"false"}`, alice, "no"},
		{`"BoolIfExists":{"aws:SecureTransport":"false"}`, alice, "no"},
		{`"Null":{"aws:CurrentTime":"false"}`, alice, "yes"},
		{`"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`, alice, "maybe"},
		{`"DateLessThanIfExists":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}`, alice, "maybe"},
		{`"NumericGreaterThan":{"aws:EpochTime":"0"}`, alice, "yes"},
		{`"NumericGreaterThanEquals":{"aws:EpochTime":0}`, alice, "yes"},
		{`"NumericLessThan":{"aws:EpochTime":"0"}`, alice, "maybe"},
		// Known only if given.
		{`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, alice, "maybe"},
		{`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/*"}`, alice, "maybe"},
		{`"StringEquals":{"aws:PrincipalTag/team":"a"}`, alice, "maybe"},
		{`"StringLike":{"aws:PrincipalTag/team":"*"}`, session, "maybe"},
		{`"Null":{"aws:PrincipalTag/team":"true"}`, session, "maybe"},
		{`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, alice, "maybe"},
		{`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, session, "maybe"},
		{`"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`, alice, "maybe"},
		{`"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}`, alice, "maybe"},
		{`"NumericGreaterThan":{"aws:MultiFactorAuthAge":"0"}`, alice, "maybe"},
		{`"StringEquals":{"aws:RequestedRegion":"us-east-1"}`, alice, "maybe"},
		{`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`, alice, "maybe"},
		// Conditions that can never hold for a service.
		{`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, service, "no"},
		{`"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`, service, "yes"},
		{`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}`, service, "yes"},
		{`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/*"}`, service, "no"},
		{`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, service, "no"},
		{`"StringEquals":{"aws:SourceAccount":"111122223333"}`, service, "maybe"},
		{`"ArnLike":{"aws:SourceArn":"arn:aws:events:*:*:rule/*"}`, service, "maybe"},
		// And for a principal of IAM.
		{`"StringEquals":{"aws:SourceAccount":"111122223333"}`, alice, "no"},
		{`"ArnLike":{"aws:SourceArn":"arn:aws:events:*:*:rule/*"}`, session, "no"},
		{`"StringEqualsIfExists":{"aws:SourceAccount":"444455556666"}`, alice, "yes"},
		// A list under a plain operator never matches.
		{`"StringEquals":{"aws:PrincipalOrgPaths":"o-1/*"}`, alice, "no"},
		{`"StringLike":{"aws:TagKeys":"*"}`, alice, "no"},
		{`"StringLikeIfExists":{"aws:CalledVia":"*"}`, alice, "maybe"},
	} {
		inOpenContext(t, c.condition, c.principal, "sns:Publish", topic, c.want)
	}
}

// TestOpenContextsByAction holds that a key which an action never carries is
// absent from its requests.
func TestOpenContextsByAction(t *testing.T) {
	for _, c := range []struct{ condition, action, resource, want string }{
		{`"StringEquals":{"cloudwatch:namespace":"App"}`, "cloudwatch:PutMetricData", "*", "maybe"},
		{`"StringEquals":{"CLOUDWATCH:Namespace":"App"}`, "CLOUDWATCH:putmetricdata", "*", "maybe"},
		{`"StringEquals":{"cloudwatch:namespace":"App"}`, "cloudwatch:DeleteAlarms", alarm, "no"},
		{`"StringLike":{"cloudwatch:namespace":"*"}`, "cloudwatch:PutMetricData", "*", "maybe"},
		{`"StringLikeIfExists":{"cloudwatch:namespace":"*"}`, "cloudwatch:PutMetricData", "*", "yes"},
		{`"StringNotEquals":{"cloudwatch:namespace":"App"}`, "cloudwatch:DeleteAlarms", alarm, "yes"},
		{`"StringEqualsIfExists":{"cloudwatch:namespace":"App"}`, "cloudwatch:DeleteAlarms", alarm, "yes"},
		{`"StringEqualsIfExists":{"cloudwatch:namespace":"App"}`, "cloudwatch:PutMetricData", "*", "maybe"},
		{`"ForAllValues:StringEquals":{"cloudwatch:namespace":"App"}`, "cloudwatch:DeleteAlarms", alarm, "yes"},
		{`"ForAnyValue:StringEquals":{"cloudwatch:namespace":"App"}`, "cloudwatch:DeleteAlarms", alarm, "no"},
		{`"Null":{"cloudwatch:namespace":"true"}`, "cloudwatch:DeleteAlarms", alarm, "yes"},
		{`"Null":{"cloudwatch:namespace":"false"}`, "cloudwatch:DeleteAlarms", alarm, "no"},
		{`"ForAllValues:StringEquals":{"cloudwatch:AlarmActions":"a"}`, "cloudwatch:PutMetricAlarm", alarm, "maybe"},
		{`"ForAllValues:StringEquals":{"cloudwatch:AlarmActions":"a"}`, "cloudwatch:DeleteAlarms", alarm, "yes"},
		{`"ForAllValues:StringLike":{"cloudwatch:AlarmActions":"*"}`, "cloudwatch:PutMetricAlarm", alarm, "yes"},
		{`"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`, "cloudwatch:DeleteAlarms", alarm, "yes"},
		{`"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`, "cloudwatch:TagResource", alarm, "maybe"},
		{`"StringEquals":{"aws:RequestTag/team":"a"}`, "cloudwatch:DeleteAlarms", alarm, "no"},
		{`"StringEquals":{"aws:RequestTag/team":"a"}`, "cloudwatch:TagResource", alarm, "maybe"},
		{`"StringEquals":{"aws:ResourceTag/team":"a"}`, "cloudwatch:DeleteAlarms", alarm, "maybe"},
		{`"StringEquals":{"logs:Nothing":"a"}`, "logs:GetLogEvents", logStream, "no"},
		{`"StringEquals":{"logs:Nothing":"a"}`, "logs:FutureAction", logStream, "maybe"},
		{`"StringEquals":{"newservice:key":"a"}`, "newservice:Do", "*", "maybe"},
		{`"StringEquals":{"aws:NewGlobalKey":"a"}`, "cloudwatch:DeleteAlarms", alarm, "maybe"},
		{`"StringEqualsIfExists":{"aws:NewGlobalKey":"a"}`, "cloudwatch:DeleteAlarms", alarm, "maybe"},
	} {
		inOpenContext(t, c.condition, alice, c.action, c.resource, c.want)
	}
}

// inOpenContext lays a condition beside an open context, in an Allow and in a
// Deny.
func inOpenContext(t *testing.T, condition, principal, action, resource, want string) {
	t.Helper()
	const test = `"Action":"*","Resource":"*","Principal":"*","Condition":{`
	public := func(more string) string {
		return `"resource":` + statements(`"Effect":"Allow",`+test+"}"+more)
	}
	request := askAs(principal, action, resource, "open") + `,"resource_account":"111122223333"`
	allowed := map[string]string{"yes": "allowed", "maybe": "conditional", "no": "denied"}[want]
	denied := map[string]string{"yes": "explicit", "maybe": "conditional", "no": "allowed"}[want]
	only := `"resource":` + statements(`"Effect":"Allow",`+test+condition+"}")
	if principal != "arn:aws:iam::111122223333:root" {
		holds(t, []sentence{{condition + " of " + principal + " on " + action + ", Allow", only, request, allowed}})
	}
	holds(t, []sentence{{condition + " of " + principal + " on " + action + ", Deny", public(`},{"Effect":"Deny",` + test + condition + "}"), request, denied}})
}
