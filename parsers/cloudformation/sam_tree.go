package cloudformation

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A pair is a member of an object that is made.
type pair struct {
	name  string
	value *source.Value
}

func textAt(s string, at source.Range) *source.Value {
	return source.StringValue(source.NewString(s, at))
}

func listAt(at source.Range, items ...*source.Value) *source.Value {
	return &source.Value{Kind: source.List, Range: at, Items: items}
}

// objectAt is an object of the pairs that have a value.
func objectAt(at source.Range, pairs ...pair) *source.Value {
	v := &source.Value{Kind: source.Object, Range: at}
	for _, p := range pairs {
		if p.value != nil {
			v.Members = append(v.Members, source.Member{Name: source.NewString(p.name, at), Value: p.value})
		}
	}
	return v
}

func refTo(name string, at source.Range) *source.Value {
	return objectAt(at, pair{"Ref", textAt(name, at)})
}

func arnOfResource(id string, at source.Range) *source.Value {
	return objectAt(at, pair{"Fn::GetAtt", listAt(at, textAt(id, at), textAt("Arn", at))})
}

func subAt(text string, at source.Range) *source.Value {
	return objectAt(at, pair{"Fn::Sub", textAt(text, at)})
}

func documentAt(at source.Range, statements ...*source.Value) *source.Value {
	return objectAt(at, pair{"Version", textAt("2012-10-17", at)}, pair{"Statement", listAt(at, statements...)})
}

// unversioned is a document without Version, as SAM writes some.
func unversioned(at source.Range, statements ...*source.Value) *source.Value {
	return objectAt(at, pair{"Statement", listAt(at, statements...)})
}

// trustOf is the trust policy that SAM writes for a service.
func trustOf(service string, at source.Range) *source.Value {
	principal := objectAt(at, pair{"Service", listAt(at, textAt(service, at))})
	return documentAt(at, objectAt(at, pair{"Effect", textAt("Allow", at)}, pair{"Principal", principal}, pair{"Action", listAt(at, textAt("sts:AssumeRole", at))}))
}

func allowAt(at source.Range, on *source.Value, actions ...string) *source.Value {
	list := listAt(at)
	for _, a := range actions {
		list.Items = append(list.Items, textAt(a, at))
	}
	return objectAt(at, pair{"Effect", textAt("Allow", at)}, pair{"Action", list}, pair{"Resource", on})
}

// namedPolicy is an entry of Policies of AWS::IAM::Role.
func namedPolicy(name string, document *source.Value) *source.Value {
	at := document.Range
	return objectAt(at, pair{"PolicyName", textAt(name, at)}, pair{"PolicyDocument", document})
}

// awsManaged is the ARN of an AWS managed policy in whichever partition.
func awsManaged(pathAndName string, at source.Range) *source.Value {
	return subAt("arn:${AWS::Partition}:iam::aws:policy/"+pathAndName, at)
}

// managedPath is the path and name of an AWS managed policy as far as the
// catalogue has the path; names are unique over all paths.
func managedPath(name string) string {
	if p, ok := cloudwatch.Managed(name); ok {
		return p.ARN[len("arn:aws:iam::aws:policy/"):]
	}
	return name
}

// renamed is an object with a member under another name.
func renamed(v *source.Value, from, to string) *source.Value {
	if v.Get(from) == nil {
		return v
	}
	c := *v
	c.Members = slices.Clone(v.Members)
	for i, m := range c.Members {
		if m.Name.Value == from {
			c.Members[i].Name.Value = to
		}
	}
	return &c
}

// with is an object with further members, which replace those of their name.
func with(v *source.Value, at source.Range, pairs ...pair) *source.Value {
	c := source.Value{Kind: source.Object, Range: at}
	if v != nil {
		c = *v
	}
	c.Members = slices.Clone(c.Members)
	for _, p := range pairs {
		if p.value == nil {
			continue
		}
		c.Members = slices.DeleteFunc(c.Members, func(m source.Member) bool { return m.Name.Value == p.name })
		c.Members = append(c.Members, source.Member{Name: source.NewString(p.name, p.value.Range), Value: p.value})
	}
	return &c
}

// tagList is the map Tags of a serverless resource as the list that plain
// resources have, the tag that SAM adds before it.
func tagList(res *resource, createdBy string) *source.Value {
	at := res.id.Range
	tag := func(key, value *source.Value) *source.Value {
		return objectAt(at, pair{"Key", key}, pair{"Value", value})
	}
	list := listAt(at, tag(textAt(createdBy, at), textAt("SAM", at)))
	tags := res.properties.Get("Tags")
	if _, _, call := intrinsic(tags); call || tags == nil || tags.Kind != source.Object {
		return list
	}
	for _, m := range tags.Members {
		list.Items = append(list.Items, tag(source.StringValue(m.Name), m.Value))
	}
	return list
}

// isNoValue reports whether a value is {"Ref": "AWS::NoValue"}.
func isNoValue(v *source.Value) bool {
	fn, arg, ok := intrinsic(v)
	return ok && fn == "Ref" && arg.Text().Value == "AWS::NoValue"
}

// isEmpty reports whether a value is written as nothing: SAM takes it for
// absent.
func isEmpty(v *source.Value) bool {
	switch {
	case v == nil || v.Kind == source.Null:
		return true
	case v.Kind == source.Object:
		return len(v.Members) == 0
	case v.Kind == source.List:
		return len(v.Items) == 0
	}
	return v.Kind == source.Str && v.Scalar.Value == ""
}

// ifParts are the parts of a call of Fn::If.
func ifParts(v *source.Value) (condition, then, otherwise *source.Value, ok bool) {
	fn, arg, call := intrinsic(v)
	if !call || fn != "Fn::If" || len(arg.Items) != 3 {
		return nil, nil, nil, false
	}
	return arg.Items[0], arg.Items[1], arg.Items[2], true
}

func ifAt(at source.Range, condition, then, otherwise *source.Value) *source.Value {
	return objectAt(at, pair{"Fn::If", listAt(at, condition, then, otherwise)})
}
