package cloudformation

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A survey is what the resources that are built depend on: the conditions and
// parameters that they name, by how often.
type survey struct {
	t          *template
	conditions map[string]int
	parameters map[string]*use
	visited    map[string]bool
	// weight is that of what is looked at.
	weight int
}

// A use is how a parameter is used outside of conditions.
type use struct {
	count int
	// decides says that its value is by itself something that access depends
	// on, and no mere part of the name of a resource.
	decides bool
}

func newSurvey(t *template) *survey {
	s := &survey{t: t, conditions: map[string]int{}, parameters: map[string]*use{}, visited: map[string]bool{}}
	for _, r := range t.resources {
		s.weight = 1
		if maker(r.typ) != nil {
			s.weight = built
		}
		if r.condition != "" {
			s.conditions[r.condition] += s.weight
		}
		s.value(r.properties, "", setting{})
	}
	s.weight = 1
	if v := t.root.Get("Outputs"); v != nil {
		s.value(v, "", setting{})
	}
	return s
}

// built is how much more a use in a resource weighs that is built than one in
// another, of which only some properties are looked at.
const built = 100

// A setting is where a value stands.
type setting struct {
	// bears says that it lies in a property that access depends on; resource
	// that it lies in a statement's resources.
	bears, resource bool
	// part says that it is only a part of a text.
	part bool
}

func (w setting) in(name string) setting {
	switch name {
	case "Policies", "PolicyDocument", "AssumeRolePolicyDocument", "ManagedPolicyArns", "PermissionsBoundary", "Roles", "Users",
		"Groups", "MetadataOptions", "AccessPolicy", "Policy", "DestinationPolicy", "ResourcePolicyDocument", "Role":
		w.bears = true
	case "PolicyName", "Sid", "Description", "Tags":
		w.bears = false
	case "Resource", "NotResource":
		w.resource = true
	}
	return w
}

func (s *survey) value(v *source.Value, name string, at setting) {
	if v == nil {
		return
	}
	at = at.in(name)
	if fn, arg, ok := intrinsic(v); ok {
		s.call(fn, arg, at)
		return
	}
	for _, m := range v.Members {
		s.value(m.Value, m.Name.Value, at)
	}
	for _, i := range v.Items {
		s.value(i, "", at)
	}
}

func (s *survey) call(fn string, arg *source.Value, at setting) {
	switch fn {
	case "Ref":
		s.name(arg.Text().Value, at)
		return
	case "Fn::GetAtt":
		id, _ := getAttParts(arg)
		s.resource(id)
		return
	case "Fn::If":
		if len(arg.Items) > 0 {
			s.conditions[arg.Items[0].Text().Value] += s.weight
		}
	case "Fn::Sub":
		s.sub(arg, at)
	case "Fn::Join":
		at.part = true
	}
	for _, i := range arg.Elements() {
		s.value(i, "", at)
	}
	if arg.Kind == source.Object {
		s.value(arg, "", at)
	}
}

func (s *survey) sub(arg *source.Value, at setting) {
	text := arg
	if arg.Kind == source.List && len(arg.Items) > 0 {
		text = arg.Items[0]
	}
	written := text.Text().Value
	at.part = at.part || isJoined(written)
	for p := range subParts(written) {
		if p.name != "" && !p.literal {
			s.name(p.name, at)
		}
	}
}

// name is a reference to a parameter or a resource.
func (s *survey) name(name string, at setting) {
	if p := s.t.parameters[name]; p != nil {
		u := s.parameters[name]
		if u == nil {
			u = &use{}
			s.parameters[name] = u
		}
		u.count += s.weight
		u.decides = u.decides || s.weight == built && at.bears && (!at.part || !at.resource || widens(p))
		return
	}
	id, _, _ := strings.Cut(name, ".")
	s.resource(id)
}

// widens reports whether a parameter may have a value that widens a text.
func widens(p *parameter) bool {
	for _, v := range p.allowed {
		if strings.ContainsAny(v, "*?") {
			return true
		}
	}
	return false
}

// resource is a reference to a resource, of which the name matters.
func (s *survey) resource(id string) {
	r := s.t.byID[id]
	if r == nil || s.visited[id] {
		return
	}
	s.visited[id] = true
	if name := s.t.types[r.typ].name; name != "" {
		s.value(r.properties.Get(name), "", setting{})
	}
}
