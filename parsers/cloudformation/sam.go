package cloudformation

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A samType is a serverless type for which SAM makes a role when none is
// given ("AWS SAM generated CloudFormation resources").
type samType struct {
	service string   // whom the role trusts
	globals string   // its section of Globals
	always  []string // managed policies that the role always has
}

func samTypeOf(typ string) (samType, bool) {
	switch typ {
	case "AWS::Serverless::Function":
		return samType{"lambda.amazonaws.com", "Function", []string{"service-role/AWSLambdaBasicExecutionRole"}}, true
	case "AWS::Serverless::StateMachine":
		return samType{"states.amazonaws.com", "StateMachine", nil}, true
	}
	return samType{}, false
}

// samProperty is a property, of the resource or else of Globals.
func (t *template) samProperty(res *resource, s samType, name string) *source.Value {
	if v := res.properties.Get(name); v != nil {
		return v
	}
	return t.root.Get("Globals").Get(s.globals).Get(name)
}

// serverless makes the role of a function or state machine.
func (b *builder) serverless(res *resource) {
	s, _ := samTypeOf(res.typ)
	b.function(res)
	given := b.e.eval(b.t.samProperty(res, s, "Role"))
	if given != nil && !given.Maybe {
		return
	}
	id := &model.Identity{Kind: model.Role, Entity: b.entity(res, "")}
	id.Maybe = id.Maybe || given != nil
	id.Address += "Role"
	id.Name, id.Path = source.Unknown(source.HoleName, id.Address, res.id.Range), source.String{}
	id.TrustRange = res.id.Range
	trust := b.t.samProperty(res, s, "AssumeRolePolicyDocument")
	if trust == nil {
		trust = trustOf(s.service, res.id.Range)
	}
	id.Trust = b.document(trust, iam.TrustDocument, res.block())
	for _, name := range s.always {
		b.samManaged(id, name, res.id.Range)
	}
	if v := b.t.samProperty(res, s, "VpcConfig"); v != nil && s.service == "lambda.amazonaws.com" {
		b.samManaged(id, "service-role/AWSLambdaVPCAccessExecutionRole", v.Range)
	}
	b.samTracing(res, s, id)
	b.samBoundary(res, s, id)
	b.samPolicies(res, s, id)
	b.unit.Identities = append(b.unit.Identities, id)
}

// trustOf is the trust policy that SAM writes, placed at the resource.
func trustOf(service string, at source.Range) *source.Value {
	principal := objectAt(at, pair{"Service", textAt(service, at)})
	return documentAt(at, objectAt(at, pair{"Effect", textAt("Allow", at)}, pair{"Principal", principal}, pair{"Action", textAt("sts:AssumeRole", at)}))
}

type pair struct {
	name  string
	value *source.Value
}

func textAt(s string, at source.Range) *source.Value {
	return source.StringValue(source.NewString(s, at))
}

func objectAt(at source.Range, pairs ...pair) *source.Value {
	v := &source.Value{Kind: source.Object, Range: at}
	for _, p := range pairs {
		v.Members = append(v.Members, source.Member{Name: source.NewString(p.name, at), Value: p.value})
	}
	return v
}

func documentAt(at source.Range, statement *source.Value) *source.Value {
	return objectAt(at, pair{"Version", textAt("2012-10-17", at)}, pair{"Statement", statement})
}

func (b *builder) samManaged(id *model.Identity, name string, at source.Range) {
	arn := "arn:" + source.Hole(source.HolePartition, "") + ":iam::aws:policy/" + name
	ref := model.Ref{Value: source.NewString(arn, at)}
	id.Managed = append(id.Managed, &model.Attachment{Policy: ref, Range: at})
}

// samTracing adds what a role needs for X-Ray when tracing is on.
func (b *builder) samTracing(res *resource, s samType, id *model.Identity) {
	v := b.e.eval(b.t.samProperty(res, s, "Tracing"))
	on := v.Text()
	if v != nil && v.Kind == source.Object {
		on = v.Get("Enabled").Text()
	}
	if strings.EqualFold(on.Value, "Active") || strings.EqualFold(on.Value, "true") {
		b.samManaged(id, "AWSXrayWriteOnlyAccess", v.Range)
	}
}

func (b *builder) samBoundary(res *resource, s samType, id *model.Identity) {
	b.e.bearing(func() {
		if v := b.e.eval(b.t.samProperty(res, s, "PermissionsBoundary")); v != nil {
			r := b.ref(v)
			id.Boundary = &model.Attachment{Policy: r, Range: v.Range, Maybe: r.Maybe}
		}
	})
}

// samPolicies reads Policies: names and ARNs of managed policies, documents,
// and policy templates.
func (b *builder) samPolicies(res *resource, s samType, id *model.Identity) {
	raw := b.t.samProperty(res, s, "Policies")
	if raw == nil {
		return
	}
	for i, v := range b.entries(raw) {
		if v.Kind == source.Object && v.Get("Statement") != nil {
			b.samInline(res, id, i, v)
			continue
		}
		if name, arguments, ok := samTemplate(v); ok {
			if doc := b.templateDocument(name, arguments); doc != nil {
				b.samInline(res, id, i, doc)
			}
			continue
		}
		b.samReference(id, v)
	}
}

func (b *builder) samInline(res *resource, id *model.Identity, i int, v *source.Value) {
	p := &model.Policy{Kind: model.Inline, Entity: b.part(res, "Policies", i, v, source.String{})}
	p.Document = b.document(v, iam.IdentityDocument, v.Range)
	id.Inline = append(id.Inline, p)
}

// samReference attaches a managed policy by ARN, or an AWS managed one by
// its bare name.
func (b *builder) samReference(id *model.Identity, raw *source.Value) {
	b.e.bearing(func() {
		v := b.e.eval(raw)
		if !v.IsScalar() {
			id.Incomplete = "its policies could not be read whole"
			return
		}
		r := b.ref(v)
		if r.Value.Known && !strings.Contains(r.Value.Value, ":") {
			b.samManaged(id, r.Value.Value, v.Range)
			return
		}
		id.Managed = append(id.Managed, &model.Attachment{Policy: r, Range: v.Range, Maybe: r.Maybe})
	})
}

// samTemplate is the name and arguments of a policy template.
func samTemplate(v *source.Value) (source.String, *source.Value, bool) {
	if _, _, call := intrinsic(v); call || v.Kind != source.Object || len(v.Members) != 1 {
		return source.String{}, nil, false
	}
	return v.Members[0].Name, v.Members[0].Value, true
}

// templateDocument is what a policy template stands for, nil for those that
// do not touch telemetry ("AWS SAM policy templates").
func (b *builder) templateDocument(name source.String, arguments *source.Value) *source.Value {
	at := name.Range
	actions, on := []string(nil), "*"
	switch name.Value {
	case "CloudWatchPutMetricPolicy":
		actions = []string{"cloudwatch:PutMetricData"}
	case "CloudWatchDashboardPolicy":
		actions = []string{"cloudwatch:GetDashboard", "cloudwatch:ListDashboards", "cloudwatch:PutDashboard", "cloudwatch:ListMetrics"}
	case "CloudWatchDescribeAlarmHistoryPolicy":
		actions = []string{"cloudwatch:DescribeAlarmHistory"}
	case "FilterLogEventsPolicy":
		actions = []string{"logs:FilterLogEvents"}
		group := scalar(b.e.eval(arguments.Get("LogGroupName")), "LogGroupName").Value
		on = b.e.fill(arnOf("logs", "REGION", "log-group:"), &resource{}) + group + ":log-stream:*"
	default:
		return nil
	}
	return allow(actions, on, at)
}

func allow(actions []string, on string, at source.Range) *source.Value {
	list := &source.Value{Kind: source.List, Range: at}
	for _, a := range actions {
		list.Items = append(list.Items, textAt(a, at))
	}
	return documentAt(at, objectAt(at, pair{"Effect", textAt("Allow", at)}, pair{"Action", list}, pair{"Resource", textAt(on, at)}))
}
