package cloudformation

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// An slsFunction is a function of a service of the Serverless Framework.
type slsFunction struct {
	// key is its name in the service, name that of the function, id the start
	// of its logical ids.
	key, name source.String
	id        string
	at        source.Range
	body      *source.Value
	// silent says that it has no log group (disableLogs).
	silent bool
}

func (f slsFunction) logGroup() string { return "/aws/lambda/" + f.name.Value }

// readFunctions reads the functions, an object or a list of such.
func (s *service) readFunctions() {
	functions := s.at("functions")
	for _, part := range functions.Elements() {
		if part.Kind == source.Unread {
			s.unread = true
			s.say("functions", "the functions could not be read: "+packageIt, part.Range)
		}
		for _, m := range members(part) {
			s.functions = append(s.functions, s.readFunction(m))
		}
	}
}

func (s *service) readFunction(m source.Member) slsFunction {
	f := slsFunction{key: m.Name, id: normalised(m.Name.Value), at: m.Name.Range, body: m.Value, silent: m.Value.Get("disableLogs").Text().Is("true")}
	f.name = source.NewString(s.prefix+"-"+m.Name.Value, m.Name.Range)
	if v := m.Value.Get("name"); v.IsScalar() {
		f.name = v.Text()
	}
	return f
}

// normalised is the name of a function as logical ids begin with it.
func normalised(name string) string {
	name = strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name)
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// ownResources are the resources that the framework makes of functions, as far
// as they bear on telemetry ("AWS Infrastructure Resources").
func (s *service) ownResources() *source.Value {
	out := objectAt(s.root.Range)
	add := func(id source.String, typ string, properties *source.Value) {
		v := objectAt(properties.Range, pair{"Type", textAt(typ, id.Range)}, pair{"Properties", properties})
		out.Members = append(out.Members, source.Member{Name: id, Value: v})
	}
	for _, f := range s.functions {
		add(f.part("LambdaFunction"), "AWS::Lambda::Function", s.function(f))
		if !f.silent {
			add(f.part("LogGroup"), "AWS::Logs::LogGroup", s.logGroup(f))
		}
		if isEmpty(f.body.Get("role")) && f.body.Get("iamRoleStatements") != nil {
			id, role := s.ownRole(f)
			add(id, "AWS::IAM::Role", role)
		}
		f.subscriptions(add)
	}
	if s.isShared() {
		add(source.String{Value: executionRole, Known: true, Range: s.roleRange()}, "AWS::IAM::Role", s.sharedRole())
	}
	return out
}

func (f slsFunction) part(suffix string) source.String {
	return source.String{Value: f.id + suffix, Known: true, Range: f.at}
}

func (s *service) function(f slsFunction) *source.Value {
	variables := s.at("provider", "environment")
	switch own := f.body.Get("environment"); {
	case variables == nil:
		variables = own
	case own != nil:
		variables = overlaid(variables, own)
	}
	var environment *source.Value
	if variables != nil {
		environment = objectAt(variables.Range, pair{"Variables", variables})
	}
	return objectAt(f.body.Range, pair{"FunctionName", source.StringValue(f.name)}, pair{"Environment", environment}, pair{"Role", s.roleOf(f)})
}

func (s *service) logGroup(f slsFunction) *source.Value {
	or := func(own, common string) *source.Value {
		if v := f.body.Get(own); v != nil {
			return v
		}
		return s.at("provider", common)
	}
	return objectAt(f.body.Range,
		pair{"LogGroupName", source.StringValue(source.NewString(f.logGroup(), f.name.Range))},
		pair{"RetentionInDays", or("logRetentionInDays", "logRetentionInDays")},
		pair{"DataProtectionPolicy", or("logDataProtectionPolicy", "logDataProtectionPolicy")},
	)
}

// subscriptions make the subscription filters and the one permission of the
// cloudwatchLog events of a function ("CloudWatch Log").
func (f slsFunction) subscriptions(add func(source.String, string, *source.Value)) {
	target := arnOfResource(f.id+"LambdaFunction", f.at)
	var groups []string
	for _, ev := range f.body.Get("events").Elements() {
		v := ev.Get("cloudwatchLog")
		group, pattern := v, (*source.Value)(nil)
		if v != nil && v.Kind == source.Object {
			group, pattern = v.Get("logGroup"), v.Get("filter")
		}
		if !group.IsScalar() && (group == nil || group.Kind != source.Unread) {
			continue
		}
		if pattern == nil {
			pattern = textAt("", v.Range)
		}
		groups = append(groups, group.Scalar.Value)
		id := f.part("LogsSubscriptionFilterCloudWatchLog" + strconv.Itoa(len(groups)))
		id.Range = group.Range
		add(id, "AWS::Logs::SubscriptionFilter", objectAt(v.Range, pair{"LogGroupName", group}, pair{"FilterPattern", pattern}, pair{"DestinationArn", target}))
	}
	if len(groups) == 0 {
		return
	}
	principal := subAt("logs.${AWS::Region}.amazonaws.com", f.at)
	add(f.part("LambdaPermissionLogsSubscriptionFilterCloudWatchLog"), "AWS::Lambda::Permission", objectAt(f.at,
		pair{"FunctionName", target}, pair{"Action", textAt("lambda:InvokeFunction", f.at)}, pair{"Principal", principal},
		pair{"SourceArn", subAt(logGroupARN+commonStart(groups)+":*", f.at)},
	))
}

// commonStart is what some names begin with and a wildcard, or the only one.
func commonStart(names []string) string {
	start := []rune(names[0])
	for _, name := range names[1:] {
		n := 0
		for _, r := range name {
			if n == len(start) || start[n] != r {
				break
			}
			n++
		}
		start = start[:n]
	}
	out := string(start)
	if len(names) == 1 {
		return out
	}
	if i := strings.LastIndex(out, "\uFDD0"); i >= 0 && !strings.Contains(out[i:], "\uFDD1") {
		out = out[:i] // half of a hole is no text
	}
	return strings.TrimSuffix(out, "*") + "*"
}
