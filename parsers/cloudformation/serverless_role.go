package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// executionRole is the logical id of the role that functions share.
const executionRole = "IamRoleLambdaExecution"

// roleOf is the role of a function: one of its own, by its ARN or its logical
// id, else the shared one.
func (s *service) roleOf(f slsFunction) *source.Value {
	v := f.body.Get("role")
	switch {
	case isEmpty(v) && f.body.Get("iamRoleStatements") != nil:
		return arnOfResource(f.id+executionRole, f.at)
	case isEmpty(v) && !isEmpty(s.givenRole()):
		v = s.givenRole()
	case isEmpty(v):
		return arnOfResource(executionRole, f.at)
	}
	if v.IsScalar() && v.Scalar.Known && !strings.ContainsAny(v.Scalar.Value, ":/") {
		return arnOfResource(v.Scalar.Value, v.Range)
	}
	return v
}

// givenRole is the role that all functions have, when the service names one.
func (s *service) givenRole() *source.Value {
	if v := s.at("provider", "iam", "role"); v != nil && (v.Kind != source.Object || isCall(v)) {
		return v
	}
	return s.at("provider", "role")
}

func isCall(v *source.Value) bool {
	_, _, call := intrinsic(v)
	return call
}

// first is the first of some parts of the file that is written.
func (s *service) first(addresses ...string) *source.Value {
	for _, a := range addresses {
		if v := s.vars.lookup(a); v != nil && v.Kind != source.Null {
			return v
		}
	}
	return nil
}

// isShared reports whether some function has the shared role, as one of
// functions that cannot be read may.
func (s *service) isShared() bool {
	if !isEmpty(s.givenRole()) {
		return false
	}
	return s.unread || slices.ContainsFunc(s.functions, func(f slsFunction) bool {
		return isEmpty(f.body.Get("role")) && f.body.Get("iamRoleStatements") == nil
	})
}

// sharedRole makes the role of the functions that have none of their own
// ("IAM Permissions For Functions", "The Default IAM Role").
func (s *service) sharedRole() *source.Value {
	at := s.roleRange()
	name := s.first("provider.iam.role.name")
	if name == nil {
		name = objectAt(at, pair{"Fn::Join", listAt(at, textAt("-", at), listAt(at, textAt(s.prefix, at), refTo("AWS::Region", at), textAt("lambdaRole", at)))})
	}
	path := s.first("provider.iam.role.path")
	if path == nil {
		path = textAt("/", at)
	}
	statements := slices.Concat(s.logStatements(at), s.statements().Elements(), s.tracing())
	return objectAt(at,
		pair{"RoleName", name}, pair{"Path", path}, pair{"Tags", s.roleTags(at)},
		pair{"AssumeRolePolicyDocument", trustOf("lambda.amazonaws.com", at)},
		pair{"Policies", listAt(at, namedPolicy(s.prefix+"-lambda", documentAt(at, statements...)))},
		pair{"ManagedPolicyArns", s.managedPolicies(at)},
		pair{"PermissionsBoundary", s.first("provider.iam.role.permissionsBoundary", "provider.iam.role.permissionBoundary", "provider.rolePermissionsBoundary")},
	)
}

func (s *service) statements() *source.Value {
	return s.first("provider.iam.role.statements", "provider.iamRoleStatements")
}

func (s *service) roleTags(at source.Range) *source.Value {
	tags := members(s.at("provider", "iam", "role", "tags"))
	if len(tags) == 0 {
		return nil
	}
	list := listAt(at)
	for _, m := range tags {
		list.Items = append(list.Items, objectAt(m.Name.Range, pair{"Key", source.StringValue(m.Name)}, pair{"Value", m.Value}))
	}
	return list
}

func (s *service) managedPolicies(at source.Range) *source.Value {
	list := listAt(at, slices.Clone(s.first("provider.iam.role.managedPolicies", "provider.iamManagedPolicies").Elements())...)
	inside := func(f slsFunction) bool { return f.body.Get("vpc") != nil }
	if !isEmpty(s.at("provider", "vpc")) || slices.ContainsFunc(s.functions, inside) {
		list.Items = append(list.Items, awsManaged("service-role/AWSLambdaVPCAccessExecutionRole", at))
	}
	return list
}

// tracing lets functions send traces, if one of them does.
func (s *service) tracing() []*source.Value {
	common := s.first("provider.tracing.lambda")
	for _, f := range s.functions {
		v := f.body.Get("tracing")
		if isOff(v) {
			v = common
		}
		if !isOff(v) {
			return []*source.Value{allowAt(v.Range, listAt(v.Range, textAt("*", v.Range)), "xray:PutTraceSegments", "xray:PutTelemetryRecords")}
		}
	}
	return nil
}

func isOff(v *source.Value) bool { return isEmpty(v) || v.Text().Is("false") }

// roleRange is where the service speaks of the role.
func (s *service) roleRange() source.Range {
	provider, ok := s.root.Member("provider")
	if !ok {
		return s.root.Range
	}
	at := provider.Name.Range
	if m, ok := provider.Value.Member("iamRoleStatements"); ok {
		at = m.Name.Range
	}
	if iam, ok := provider.Value.Member("iam"); ok {
		at = iam.Name.Range
		if role, ok := iam.Value.Member("role"); ok {
			at = role.Name.Range
		}
	}
	return at
}

const logGroupARN = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"

// logStatements let the functions write to their log groups: to those of the
// names that the framework makes all at once, but for what is silent.
func (s *service) logStatements(at source.Range) []*source.Value {
	create, put, deny := listAt(at), listAt(at), listAt(at)
	made := s.unread
	for _, f := range s.functions {
		switch {
		case strings.HasPrefix(f.name.Value, s.prefix):
			made = made || !f.silent
			if f.silent {
				deny.Items = append(deny.Items, subAt(logGroupARN+f.logGroup()+":*", at))
			}
		case !f.silent:
			create.Items = append(create.Items, subAt(logGroupARN+f.logGroup()+":*", at))
			put.Items = append(put.Items, subAt(logGroupARN+f.logGroup()+":*:*", at))
		}
	}
	if made {
		create.Items = append(create.Items, subAt(logGroupARN+"/aws/lambda/"+s.prefix+"*:*", at))
		put.Items = append(put.Items, subAt(logGroupARN+"/aws/lambda/"+s.prefix+"*:*:*", at))
	}
	var out []*source.Value
	if len(create.Items) > 0 {
		out = append(out, allowAt(at, create, creating()...), allowAt(at, put, "logs:PutLogEvents"))
	}
	if made && len(deny.Items) > 0 {
		out = append(out, with(allowAt(at, deny, "logs:PutLogEvents"), at, pair{"Effect", textAt("Deny", at)}))
	}
	return out
}

// creating are the actions by which a function makes its log group.
func creating() []string {
	return []string{"logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"}
}

// ownRole makes the role of a function with statements of its own, which a
// plugin reads: how it names the role and what it adds is not known.
func (s *service) ownRole(f slsFunction) (source.String, *source.Value) {
	m, _ := f.body.Member("iamRoleStatements")
	at := m.Name.Range
	s.say("iamRoleStatements of "+f.key.Show(), "a plugin makes the role of the function: "+packageIt, at)
	statements := m.Value.Elements()
	if f.body.Get("iamRoleStatementsInherit").Text().Is("true") {
		statements = slices.Concat(statements, s.statements().Elements())
	}
	if !f.silent {
		create := allowAt(at, subAt(logGroupARN+f.logGroup()+":*", at), creating()...)
		put := allowAt(at, subAt(logGroupARN+f.logGroup()+":*:*", at), "logs:PutLogEvents")
		statements = append([]*source.Value{create, put}, statements...)
	}
	return source.String{Value: f.id + executionRole, Known: true, Range: at}, objectAt(at,
		pair{"RoleName", f.body.Get("iamRoleStatementsName")},
		pair{"AssumeRolePolicyDocument", trustOf("lambda.amazonaws.com", at)},
		pair{"Policies", listAt(at, namedPolicy(f.name.Value, documentAt(at, statements...)))},
	)
}
