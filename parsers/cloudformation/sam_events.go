package cloudformation

import (
	"cmp"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// An event is a member of Events.
type event struct {
	// id is the logical id of what SAM makes of it.
	id         string
	typ        string
	at         source.Range
	properties *source.Value
}

// events are the events of a resource, in the order in which SAM takes them.
func events(res *resource) []event {
	v := res.properties.Get("Events")
	if v == nil || v.Kind != source.Object {
		return nil
	}
	var out []event
	for _, m := range v.Members {
		out = append(out, event{res.id.Value + m.Name.Value, m.Value.Get("Type").Text().Value, m.Name.Range, m.Value.Get("Properties")})
	}
	slices.SortStableFunc(out, func(a, b event) int { return cmp.Compare(a.order(), b.order()) })
	return out
}

func (e event) order() string {
	if s := e.properties.Get("Path").Text().Value; s != "" {
		return s
	}
	return e.id
}

// functionEvents makes what the events of a function bring ("EventSource"): the
// managed policies of those that Lambda polls, the roles of schedules, the
// subscription filters of log groups.
func (s *serverless) functionEvents(r *samRole) {
	polled := map[string]string{
		"Kinesis": "AWSLambdaKinesisExecutionRole", "DynamoDB": "AWSLambdaDynamoDBExecutionRole",
		"SQS": "AWSLambdaSQSQueueExecutionRole", "MSK": "AWSLambdaMSKExecutionRole",
	}
	for _, ev := range events(r.res) {
		if name := polled[ev.typ]; name != "" {
			r.attach(awsManaged("service-role/"+name, ev.at))
		}
		switch ev.typ {
		case "ScheduleV2":
			s.eventRole(r.res, ev, "scheduler.amazonaws.com", ev.properties.Get("PermissionsBoundary"),
				namedPolicy(ev.id+"LambdaPolicy", unversioned(ev.at, allowAt(ev.at, s.functionTarget(r.res, ev.at), "lambda:InvokeFunction"))))
		case "CloudWatchLogs":
			s.subscription(r.res, ev)
		}
	}
}

// alias makes the alias that SAM publishes, if any ("AutoPublishAlias").
func (s *serverless) alias(res *resource) {
	name := res.properties.Get("AutoPublishAlias")
	if isEmpty(name) {
		return
	}
	s.add(res, s.t.aliasOf(res), "AWS::Lambda::Alias", res.condition, objectAt(name.Range,
		pair{"FunctionName", refTo(res.id.Value, name.Range)}, pair{"Name", name},
	))
}

// aliasOf is the logical id of the alias, empty for none.
func (t *template) aliasOf(res *resource) string {
	name := res.properties.Get("AutoPublishAlias")
	if isEmpty(name) {
		return ""
	}
	text := name.Text().Value
	if fn, arg, ok := intrinsic(name); ok && fn == "Ref" {
		if p := t.parameters[arg.Text().Value]; p != nil {
			text = p.value.Text().Value
		}
	}
	return res.id.Value + "Alias" + alphanumeric(text)
}

// functionTarget is the ARN that calls a function: of its alias, when SAM
// publishes one.
func (s *serverless) functionTarget(res *resource, at source.Range) *source.Value {
	if id := s.t.aliasOf(res); id != "" {
		return refTo(id, at)
	}
	return arnOfResource(res.id.Value, at)
}

// publicURL lets anyone call a function by its URL when that asks for no
// credentials ("FunctionUrlConfig", AuthType).
func (s *serverless) publicURL(res *resource) {
	v := res.properties.Get("FunctionUrlConfig").Get("AuthType")
	if !v.Text().Is("NONE") {
		return
	}
	function := refTo(res.id.Value, v.Range)
	if id := s.t.aliasOf(res); id != "" {
		function = refTo(id, v.Range)
	}
	permit := func(suffix, action string, more pair) {
		s.add(res, res.id.Value+suffix, "AWS::Lambda::Permission", res.condition, objectAt(v.Range,
			pair{"Action", textAt(action, v.Range)}, pair{"FunctionName", function}, pair{"Principal", textAt("*", v.Range)}, more,
		))
	}
	permit("UrlPublicPermissions", "lambda:InvokeFunctionUrl", pair{"FunctionUrlAuthType", v})
	permit("URLInvokeAllowPublicAccess", "lambda:InvokeFunction", pair{"InvokedViaFunctionUrl", &source.Value{Kind: source.Bool, Scalar: source.NewString("true", v.Range), Range: v.Range}})
}

// eventRole makes the role by which a service starts what an event is for,
// unless one is given.
func (s *serverless) eventRole(res *resource, ev event, service string, boundary, policy *source.Value) {
	if ev.properties.Get("RoleArn") != nil {
		return
	}
	s.add(res, ev.id+"Role", "AWS::IAM::Role", res.condition, objectAt(ev.at,
		pair{"AssumeRolePolicyDocument", trustOf(service, ev.at)}, pair{"Policies", listAt(ev.at, policy)}, pair{"PermissionsBoundary", boundary},
	))
}

// subscription makes the subscription filter and permission of a CloudWatchLogs
// event.
func (s *serverless) subscription(res *resource, ev event) {
	group, target := ev.properties.Get("LogGroupName"), s.functionTarget(res, ev.at)
	if group == nil {
		return
	}
	s.add(res, ev.id, "AWS::Logs::SubscriptionFilter", res.condition, objectAt(ev.at,
		pair{"LogGroupName", group}, pair{"FilterPattern", ev.properties.Get("FilterPattern")}, pair{"DestinationArn", target},
	))
	text := "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*"
	from := objectAt(ev.at, pair{"Fn::Sub", listAt(ev.at, textAt(text, ev.at), objectAt(ev.at, pair{"__LogGroupName__", group}))})
	function := refTo(res.id.Value, ev.at)
	if s.t.aliasOf(res) != "" {
		function = target
	}
	s.add(res, ev.id+"Permission", "AWS::Lambda::Permission", res.condition, objectAt(ev.at,
		pair{"Action", textAt("lambda:InvokeFunction", ev.at)}, pair{"FunctionName", function},
		pair{"Principal", textAt("logs.amazonaws.com", ev.at)}, pair{"SourceArn", from},
	))
}

// stateMachineEvents makes the roles by which events start a state machine.
func (s *serverless) stateMachineEvents(res *resource) {
	for _, ev := range events(res) {
		service, boundary, name := "", res.properties.Get("PermissionsBoundary"), ev.id+"Role"
		switch ev.typ {
		case "Schedule", "CloudWatchEvent", "EventBridgeRule":
			service = "events.amazonaws.com"
		case "Api":
			service = "apigateway.amazonaws.com"
		case "ScheduleV2":
			service, boundary, name = "scheduler.amazonaws.com", ev.properties.Get("PermissionsBoundary"), ev.id
		default:
			continue
		}
		policy := namedPolicy(name+"StartExecutionPolicy", unversioned(ev.at, allowAt(ev.at, refTo(res.id.Value, ev.at), "states:StartExecution")))
		s.eventRole(res, ev, service, boundary, policy)
	}
}
