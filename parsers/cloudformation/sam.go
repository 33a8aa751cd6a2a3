package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A samNote is what a serverless resource brings that the template does not
// hold. It bears on access unless it is known not to.
type samNote struct {
	expression, missing string
	at                  source.Range
	bears               bool
}

// A serverless transform makes plain resources of the serverless ones, as AWS
// SAM does when the stack is deployed ("AWS SAM resource and property
// reference", "Generated CloudFormation resources for AWS SAM"). What it makes
// stands where the source of it is written, and its functions are still to be
// worked out, so that it holds under every condition.
type serverless struct {
	t *template
	// preferences are the functions with gradual deployments that need a role.
	preferences []*resource
}

const (
	samTransform = "AWS::Serverless-2016-10-31"
	samPrefix    = "AWS::Serverless::"
)

// transformServerless replaces the serverless resources of the template and
// adds what they stand for.
func (t *template) transformServerless() {
	s := serverless{t: t}
	for _, res := range slices.Clone(t.resources) {
		if strings.HasPrefix(res.typ, samPrefix) {
			s.resource(res)
		}
	}
	s.deploymentRole()
}

func (s *serverless) resource(res *resource) {
	res.properties = s.t.withGlobals(res)
	switch strings.TrimPrefix(res.typ, samPrefix) {
	case "Function":
		s.function(res)
	case "StateMachine":
		s.stateMachine(res)
	case "SimpleTable":
		res.typ = "AWS::DynamoDB::Table"
	case "Application":
		s.application(res)
	case "GraphQLApi":
		s.graphQL(res)
	case "CapacityProvider":
		s.capacityProvider(res)
	case "Connector":
		s.connector(res.id)
	}
	if v := res.body.Get("Connectors"); v != nil && v.Kind == source.Object {
		for _, m := range v.Members {
			s.connector(source.String{Value: res.id.Value + "." + m.Name.Value, Known: true, Range: m.Name.Range})
		}
	}
}

// add adds a resource that the serverless resource of brings about. Of what
// stands beside its properties only its construct path is kept: the rest is
// read once, of the serverless resource.
func (s *serverless) add(of *resource, id, typ, condition string, properties *source.Value) {
	name := of.id
	name.Value = id
	body := &source.Value{Kind: source.Object, Range: of.body.Range}
	if v := of.body.Get("Metadata").Get(pathMetadata); v != nil {
		body = objectAt(of.body.Range, pair{"Metadata", objectAt(v.Range, pair{pathMetadata, v})})
	}
	s.t.addResource(&resource{id: name, typ: typ, body: body, properties: properties, condition: condition})
}

// connector notes a connector. The services that connectors give permissions
// for are known, and telemetry is none of them ("Managing resource permissions
// with AWS SAM connectors": supported source and destination resource types).
func (s *serverless) connector(id source.String) {
	s.note(samNote{"connector " + id.Value, "the policies of the connector " + id.Value + ", none of them for telemetry, are made when the stack is deployed", id.Range, false})
}

func (s *serverless) note(n samNote) { s.t.samNotes = append(s.t.samNotes, n) }

// application makes a nested stack of an application with a template of its
// own ("AWS::Serverless::Application"). One of the repository is not at hand.
func (s *serverless) application(res *resource) {
	location := res.properties.Get("Location")
	if location != nil && location.Kind == source.Object && location.Get("ApplicationId") != nil {
		s.note(samNote{"application " + res.id.Value, "the application " + res.id.Value + " is in the AWS Serverless Application Repository and not in the template", res.id.Range, true})
		return
	}
	res.typ = "AWS::CloudFormation::Stack"
	res.properties = renamed(res.properties, "Location", "TemplateURL")
}

// graphQL makes the role by which AppSync writes logs, unless one is given or
// logging is off ("AWS::Serverless::GraphQLApi", Logging).
func (s *serverless) graphQL(res *resource) {
	logging := res.properties.Get("Logging")
	if logging.Text().Is("false") || logging.Get("CloudWatchLogsRoleArn") != nil {
		return
	}
	at := res.id.Range
	s.add(res, res.id.Value+"CloudWatchRole", "AWS::IAM::Role", res.condition, objectAt(at,
		pair{"AssumeRolePolicyDocument", trustOf("appsync.amazonaws.com", at)},
		pair{"ManagedPolicyArns", listAt(at, awsManaged("service-role/AWSAppSyncPushToCloudWatchLogs", at))},
	))
}

// capacityProvider makes the role by which Lambda manages instances
// ("AWS::Serverless::CapacityProvider", OperatorRole).
func (s *serverless) capacityProvider(res *resource) {
	if res.properties.Get("OperatorRole") != nil {
		return
	}
	at := res.id.Range
	s.add(res, res.id.Value+"OperatorRole", "AWS::IAM::Role", res.condition, objectAt(at,
		pair{"AssumeRolePolicyDocument", trustOf("lambda.amazonaws.com", at)},
		pair{"ManagedPolicyArns", listAt(at, awsManaged("AWSLambdaManagedEC2ResourceOperator", at))},
		pair{"Tags", tagList(res, "lambda:createdBy")},
	))
}

// deploymentRole makes the one role by which CodeDeploy shifts the traffic of
// all functions that name no role of their own ("DeploymentPreference").
func (s *serverless) deploymentRole() {
	if len(s.preferences) == 0 {
		return
	}
	first := s.preferences[0]
	at := first.properties.Get("DeploymentPreference").Range
	s.add(first, "CodeDeployServiceRole", "AWS::IAM::Role", s.deploymentCondition(), objectAt(at,
		pair{"AssumeRolePolicyDocument", trustOf("codedeploy.amazonaws.com", at)},
		pair{"ManagedPolicyArns", listAt(at, awsManaged("service-role/AWSCodeDeployRoleForLambda", at))},
	))
}

// deploymentCondition is under what some function is deployed gradually. A
// function passes its condition on when it says so (PassthroughCondition).
func (s *serverless) deploymentCondition() string {
	var names []string
	either := listAt(s.preferences[0].id.Range)
	seen := map[string]bool{}
	for _, res := range s.preferences {
		if res.condition == "" || !res.properties.Get("DeploymentPreference").Get("PassthroughCondition").Text().Is("true") {
			return ""
		}
		if !seen[res.condition] {
			seen[res.condition] = true
			names = append(names, res.condition)
			either.Items = append(either.Items, objectAt(either.Range, pair{"Condition", textAt(res.condition, either.Range)}))
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	return s.condition("ServerlessCodeDeployCondition", objectAt(either.Range, pair{"Fn::Or", either}))
}

// condition declares a condition, unless the template has one of that name.
func (s *serverless) condition(name string, v *source.Value) string {
	if s.t.conditions[name] == nil {
		s.t.conditions[name] = v
	}
	return name
}

// noteServerless says what serverless resources bring that is not at hand.
func (b *builder) noteServerless() {
	for _, n := range b.t.samNotes {
		note := func() { b.e.note(n.expression, n.missing, source.HoleFree, n.at) }
		if n.bears {
			b.e.bearing(note)
			continue
		}
		note()
	}
}

// isMadeBySAM reports whether SAM makes a resource of that logical id whose
// name nobody knows before: implicit APIs, the alias and version of a
// function, and the stage and deployment of an API ("Generated CloudFormation resources for AWS SAM").
func (t *template) isMadeBySAM(id string) bool {
	if strings.HasPrefix(id, "ServerlessRestApi") || strings.HasPrefix(id, "ServerlessHttpApi") {
		return slices.ContainsFunc(t.transforms, func(s source.String) bool { return s.Value == samTransform })
	}
	owner, of, ok := strings.Cut(id, ".")
	if !ok || t.byID[owner] == nil {
		return false
	}
	switch t.byID[owner].typ {
	case "AWS::Lambda::Function":
		return of == "Alias" || of == "Version"
	case "AWS::Serverless::Api", "AWS::Serverless::HttpApi":
		return of == "Stage" || of == "Deployment"
	}
	return false
}
