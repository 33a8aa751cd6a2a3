package cloudformation

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A samRole collects what a role that SAM makes is given.
type samRole struct {
	s   *serverless
	res *resource
	id  string
	// inline are entries of Policies, managed those of ManagedPolicyArns.
	inline, managed []*source.Value
	attached        map[string]bool
}

func (s *serverless) newRole(res *resource) *samRole {
	return &samRole{s: s, res: res, id: res.id.Value + "Role", attached: map[string]bool{}}
}

// attach attaches a managed policy once, also when one of AWS's own is written
// out in full.
func (r *samRole) attach(v *source.Value) {
	key := v.JSON()
	if name, ok := strings.CutPrefix(v.Text().Value, "arn:aws:iam::aws:policy/"); ok {
		key = awsManaged(name, v.Range).JSON()
	}
	if !r.attached[key] {
		r.attached[key] = true
		r.managed = append(r.managed, v)
	}
}

// function makes the function and its role ("AWS::Serverless::Function").
func (s *serverless) function(res *resource) {
	r := s.newRole(res)
	basic := "service-role/AWSLambdaBasicExecutionRole"
	if !isEmpty(res.properties.Get("DurableConfig")) {
		basic = "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
	}
	r.attach(awsManaged(basic, res.id.Range))
	r.tracing()
	if v := res.properties.Get("VpcConfig"); !isEmpty(v) {
		r.attach(awsManaged("service-role/AWSLambdaVPCAccessExecutionRole", v.Range))
	}
	r.deadLetters()
	r.eventInvoke()
	r.policies()
	s.alias(res)
	s.publicURL(res)
	s.functionEvents(r)
	role := s.functionRole(r)
	s.preference(res)
	res.typ = "AWS::Lambda::Function"
	res.properties = with(res.properties, res.id.Range, pair{"Role", role})
}

// functionRole makes the role, unless one is given, and gives the function's
// Role property. A role that is given under a condition is made under the
// opposite one.
func (s *serverless) functionRole(r *samRole) *source.Value {
	given := r.res.properties.Get("Role")
	arn := arnOfResource(r.id, r.res.id.Range)
	if given == nil || given.Kind == source.Null {
		s.role(r, "lambda.amazonaws.com", "lambda:createdBy", r.res.condition)
		return arn
	}
	condition, then, otherwise, ok := ifParts(given)
	switch {
	case !ok || !isNoValue(then) && !isNoValue(otherwise):
		return given
	case isNoValue(then) && isNoValue(otherwise):
		s.role(r, "lambda.amazonaws.com", "lambda:createdBy", r.res.condition)
		return arn
	case isNoValue(then):
		s.role(r, "lambda.amazonaws.com", "lambda:createdBy", condition.Text().Value)
		return ifAt(given.Range, condition, arn, otherwise)
	}
	name := condition.Text().Value
	not := objectAt(given.Range, pair{"Fn::Not", listAt(given.Range, objectAt(given.Range, pair{"Condition", condition}))})
	s.role(r, "lambda.amazonaws.com", "lambda:createdBy", s.condition("NOT"+name, not))
	return ifAt(given.Range, condition, then, arn)
}

// role adds the role.
func (s *serverless) role(r *samRole, service, createdBy, condition string) {
	at := r.res.id.Range
	properties := objectAt(at, pair{"ManagedPolicyArns", listAt(at, r.managed...)}, pair{"Policies", listAt(at, r.inline...)}, pair{"Tags", tagList(r.res, createdBy)})
	trust := source.Member{Name: source.NewString("AssumeRolePolicyDocument", at), Value: trustOf(service, at)}
	if m, ok := r.res.properties.Member("AssumeRolePolicyDocument"); ok && m.Value.Kind != source.Null {
		trust = m
	}
	properties.Members = append(properties.Members, trust)
	for _, name := range []string{"RolePath", "PermissionsBoundary"} {
		if m, ok := r.res.properties.Member(name); ok && m.Value.Kind != source.Null {
			properties.Members = append(properties.Members, m)
		}
	}
	properties = renamed(properties, "RolePath", "Path")
	s.add(r.res, r.id, "AWS::IAM::Role", condition, properties)
}

// stateMachine makes the state machine and its role
// ("AWS::Serverless::StateMachine").
func (s *serverless) stateMachine(res *resource) {
	role := res.properties.Get("Role")
	if isEmpty(role) {
		r := s.newRole(res)
		r.policies()
		if v := res.properties.Get("Tracing").Get("Enabled"); v != nil && v.Kind == source.Bool && v.Scalar.Value == "true" {
			r.attach(awsManaged("AWSXrayWriteOnlyAccess", v.Range))
		}
		s.role(r, "states.amazonaws.com", "stateMachine:createdBy", res.condition)
		role = arnOfResource(r.id, res.id.Range)
	}
	s.stateMachineEvents(res)
	res.typ = "AWS::StepFunctions::StateMachine"
	res.properties = renamed(res.properties, "Name", "StateMachineName")
	res.properties = renamed(res.properties, "Logging", "LoggingConfiguration")
	res.properties = renamed(res.properties, "Tracing", "TracingConfiguration")
	res.properties = with(res.properties, res.id.Range, pair{"RoleArn", role})
}

// tracing attaches what X-Ray needs for every mode of Tracing but Disabled. A
// mode that a parameter gives is compared when its value is known.
func (r *samRole) tracing() {
	v := r.res.properties.Get("Tracing")
	if isEmpty(v) || v.Text().Is("Disabled") {
		return
	}
	policy := awsManaged("AWSXrayWriteOnlyAccess", v.Range)
	if fn, arg, ok := intrinsic(v); ok && fn == "Ref" && r.s.t.parameters[arg.Text().Value] != nil {
		off := objectAt(v.Range, pair{"Fn::Equals", listAt(v.Range, v, textAt("Disabled", v.Range))})
		name := r.s.condition("Tracing of "+r.res.id.Value, objectAt(v.Range, pair{"Fn::Not", listAt(v.Range, off)}))
		policy = ifAt(v.Range, textAt(name, v.Range), policy, refTo("AWS::NoValue", v.Range))
	}
	r.attach(policy)
}

// deadLetters lets the role send to DeadLetterQueue.
func (r *samRole) deadLetters() {
	v := r.res.properties.Get("DeadLetterQueue")
	to := v.Get("TargetArn")
	action := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}[v.Get("Type").Text().Value]
	if to == nil || action == "" {
		return
	}
	r.inline = append(r.inline, namedPolicy("DeadLetterQueuePolicy", documentAt(v.Range, allowAt(v.Range, to, action))))
}

// eventInvoke lets the role send to the destinations of EventInvokeConfig.
func (r *samRole) eventInvoke() {
	config := r.res.properties.Get("EventInvokeConfig").Get("DestinationConfig")
	for _, when := range []string{"OnSuccess", "OnFailure"} {
		v := config.Get(when)
		kind := v.Get("Type").Text().Value
		sends, ok := destinations()[kind]
		if !ok {
			continue
		}
		id := r.res.id.Value + "EventInvokeConfig" + when
		r.inline = append(r.inline, sends.policy(id, r.destination(v, id, kind)))
	}
}

// destination is the ARN given, else that of the queue or topic that SAM makes.
func (r *samRole) destination(v *source.Value, id, kind string) *source.Value {
	to := v.Get("Destination")
	if to != nil && to.Kind != source.Null {
		return to
	}
	if kind == "SNS" {
		r.s.add(r.res, id+"Topic", "AWS::SNS::Topic", r.res.condition, nil)
		return refTo(id+"Topic", v.Range)
	}
	r.s.add(r.res, id+"Queue", "AWS::SQS::Queue", r.res.condition, nil)
	return arnOfResource(id+"Queue", v.Range)
}

// A sending is what a role needs in order to send to a kind of destination.
type sending struct{ action, suffix string }

func destinations() map[string]sending {
	return map[string]sending{
		"SQS": {"sqs:SendMessage", "SQSPolicy"}, "SNS": {"sns:publish", "SNSPolicy"}, "EventBridge": {"events:PutEvents", "EventBridgePolicy"},
		"Lambda": {"lambda:InvokeFunction", "LambdaPolicy"}, "S3Bucket": {"s3:PutObject", "S3Policy"},
	}
}

func (d sending) policy(id string, to *source.Value) *source.Value {
	at := to.Range
	if d.suffix != "S3Policy" {
		return namedPolicy(id+d.suffix, unversioned(at, allowAt(at, to, d.action)))
	}
	objects := objectAt(at, pair{"Fn::Join", listAt(at, textAt("/", at), listAt(at, to, textAt("*", at)))})
	return namedPolicy(id+d.suffix, unversioned(at, allowAt(at, objects, d.action), allowAt(at, to, "s3:ListBucket")))
}

// preference remembers a function whose gradual deployment needs the common
// role.
func (s *serverless) preference(res *resource) {
	v := res.properties.Get("DeploymentPreference")
	if v == nil || v.Kind != source.Object || v.Get("Role") != nil || v.Get("Enabled").Text().Is("false") || res.properties.Get("AutoPublishAlias") == nil {
		return
	}
	s.preferences = append(s.preferences, res)
}

func policyName(role string, index int) string { return role + "Policy" + strconv.Itoa(index) }
