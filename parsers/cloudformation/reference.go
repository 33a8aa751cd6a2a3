package cloudformation

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// ref is Ref: a parameter, a pseudo parameter or a resource.
func (e *evaluator) ref(name string, r source.Range) *source.Value {
	if p := e.t.parameters[name]; p != nil {
		if e.t.call != nil {
			return e.passed(p, r)
		}
		return e.parameter(p, r)
	}
	if strings.HasPrefix(name, "AWS::") {
		return e.pseudo(name, r)
	}
	return e.attribute(name, "", r)
}

// pseudo is a pseudo parameter ("Pseudo parameters reference"). The domain is
// amazonaws.com outside China, where service principals name it no other way.
func (e *evaluator) pseudo(name string, r source.Range) *source.Value {
	switch name {
	case "AWS::NoValue":
		return nil
	case "AWS::NotificationARNs":
		return source.UnreadValue(name, r)
	}
	return source.StringValue(e.pseudoText(name, r))
}

// pseudoText is a pseudo parameter that is a text.
func (e *evaluator) pseudoText(name string, r source.Range) source.String {
	if v := e.pick(name); v != nil {
		if v.Other {
			return source.Unknown(source.HoleFree, name, r)
		}
		return source.NewString(v.Text, r)
	}
	switch name {
	case "AWS::AccountId":
		if e.t.env.Account != "" {
			return source.NewString(e.t.env.Account, r)
		}
		return source.Unknown(source.HoleSelf, "", r)
	case "AWS::Region":
		if e.t.env.Region != "" {
			return source.NewString(e.t.env.Region, r)
		}
		return source.Unknown(source.HoleRegion, "", r)
	case "AWS::Partition":
		if e.t.env.Region != "" && e.deciding { // ARNs keep it open, as on every road
			return source.NewString(partitionOf(e.t.env.Region), r)
		}
		return source.Unknown(source.HolePartition, "", r)
	case "AWS::URLSuffix":
		return source.NewString(suffixOf(e.t.env.Region), r)
	case "AWS::StackName":
		return source.Unknown(source.HoleName, e.t.prefix+name, r)
	case "AWS::StackId":
		return source.NewString(e.stackID(), r)
	}
	return source.Unknown(source.HoleFree, e.t.prefix+name, r)
}

// isPseudoText reports whether a name is that of a pseudo parameter that is a
// text.
func isPseudoText(name string) bool {
	switch name {
	case "AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::URLSuffix", "AWS::StackName", "AWS::StackId":
		return true
	}
	return false
}

// stackID is the ARN of the stack, of which the name and the last part are
// not known.
func (e *evaluator) stackID() string {
	return e.fill(arnOf("cloudformation", "REGION", "stack/"), &resource{}) +
		source.Hole(source.HoleName, e.t.prefix+"AWS::StackName") + "/" + source.Hole(source.HoleName, e.t.prefix+"AWS::StackId")
}

// parameter is a parameter's value; its origin is the default that gave it.
func (e *evaluator) parameter(p *parameter, r source.Range) *source.Value {
	name := e.t.prefix + p.name.Value
	if v := e.chosen(p); v != nil {
		return e.choice(v, p, r)
	}
	switch {
	case isParameterStore(p.typ), p.value == nil, e.asks(p):
		return e.undeclared(p, r)
	case p.noEcho && p.value.Scalar.Value != "" && !e.deciding:
		return e.unknown(source.HoleFree, name, "the parameter "+name+" is marked NoEcho, so its value is not used", r)
	}
	return e.written(p, p.value.Scalar, r)
}

// written is a parameter's value that stands at r and is supplied by s.
func (e *evaluator) written(p *parameter, s source.String, r source.Range) *source.Value {
	if isList(p.typ) {
		if !e.t.spend(strings.Count(s.Value, ",")) {
			return unevaluated(r)
		}
		return e.list(commaList(s, r))
	}
	return e.literal(source.StringValue(source.String{Value: s.Value, Known: true, Range: r, Origin: s.Place()}))
}

// undeclared is the value of a parameter that the template does not hold.
func (e *evaluator) undeclared(p *parameter, r source.Range) *source.Value {
	name := e.t.prefix + p.name.Value
	if isParameterStore(p.typ) {
		return e.unknown(source.HoleFree, name, "the parameter "+name+" is read from Parameter Store when the stack is deployed", r)
	}
	v := e.unknown(kindByName(name), name, "the parameter "+name+" has no default: pass --parameter "+name+"=VALUE", r)
	if isList(p.typ) {
		return source.UnreadValue(name, r)
	}
	return v
}

func isParameterStore(typ string) bool { return strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") }

func isList(typ string) bool { return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<") }

// commaList is the value of a list parameter that stands at r: blanks around
// items are dropped. Each item comes from its own part of the text.
func commaList(s source.String, r source.Range) *source.Value {
	list := &source.Value{Kind: source.List, Range: r, Origin: s.Place()}
	text, at := literalText(s), 0
	for _, part := range strings.Split(s.Value, ",") {
		item := strings.TrimSpace(part)
		from := at + strings.Index(part, item)
		at += len(part) + len(",")
		list.Items = append(list.Items, source.StringValue(source.String{
			Value: item, Known: true, Range: r, Origin: origin(text.Range(from, from+len(item)), s.Place()),
		}))
	}
	return list
}

// kindByName tells a parameter for an account id by its name; what it holds
// cannot be known otherwise.
func kindByName(name string) source.HoleKind {
	n := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "-", ""), "_", ""))
	switch {
	case strings.HasSuffix(n, "accountid"), strings.HasSuffix(n, "account"), strings.HasSuffix(n, "accountnumber"):
		return source.HoleAccount
	case n == "region" || strings.HasSuffix(n, "awsregion"):
		return source.HoleRegion
	}
	return source.HoleFree
}

// getAtt is Fn::GetAtt in both spellings: Resource.Attribute, or a list.
func (e *evaluator) getAtt(arg *source.Value, r source.Range) *source.Value {
	id, attribute := getAttParts(arg)
	if len(arg.Items) == 2 && arg.Items[1].Kind == source.Object {
		attribute = scalar(e.eval(arg.Items[1]), "attribute").Value
	}
	return e.attribute(id, attribute, r)
}

func getAttParts(arg *source.Value) (id, attribute string) {
	if arg.Kind == source.List && len(arg.Items) >= 1 {
		parts := make([]string, 0, len(arg.Items))
		for _, i := range arg.Items[1:] {
			parts = append(parts, i.Text().Value)
		}
		return arg.Items[0].Text().Value, strings.Join(parts, ".")
	}
	id, attribute, _ = strings.Cut(arg.Text().Value, ".")
	return id, attribute
}

// attribute is what AWS returns for an attribute of a resource, and for the
// empty attribute what Ref returns.
func (e *evaluator) attribute(id, attribute string, r source.Range) *source.Value {
	res := e.t.byID[id]
	if res == nil {
		return e.missing(id, attribute, r)
	}
	if output, ok := strings.CutPrefix(attribute, "Outputs."); ok && isStack(res.typ) {
		return e.stackOutput(res, output, r)
	}
	form, ok := e.t.types[res.typ].returns(attribute)
	var v *source.Value
	if ok {
		v = source.StringValue(source.NewString(e.fill(form, res), r))
	} else {
		v = e.unlisted(res, attribute, r)
	}
	e.addresses[v] = res.id.Value
	return v
}

// unlisted is an attribute that no table of ours has. AWS knows it; of what
// another stack or custom code returns nothing is known.
func (e *evaluator) unlisted(res *resource, attribute string, r source.Range) *source.Value {
	id := res.id.Value
	if attribute == "" {
		return source.StringValue(source.Unknown(source.HoleName, id, r))
	}
	label := id + "." + attribute
	if e.bears && (!strings.HasPrefix(res.typ, "AWS::") || strings.HasPrefix(res.typ, "AWS::CloudFormation::")) {
		e.note(label, "what "+id+" returns as "+attribute+" is known once the stack is deployed", source.HoleFree, r)
	}
	return source.StringValue(source.Unknown(source.HoleFree, label, r))
}

// missing is a reference to what the template does not declare; a macro may
// make it. The checker says so.
func (e *evaluator) missing(id, attribute string, r source.Range) *source.Value {
	name := strings.TrimSuffix(id+"."+attribute, ".")
	label := e.t.prefix + name
	if e.t.isMadeBySAM(id) || e.t.isMadeBySAM(name) {
		return source.StringValue(source.Unknown(source.HoleName, label, r))
	}
	return e.unknown(source.HoleFree, label, "the template does not declare "+source.Show(id), r)
}

// fill puts a resource's name and path into a form of the table. It does so
// in one pass: a name may hold any word.
func (e *evaluator) fill(form string, res *resource) string {
	pairs := append(make([][2]string, 0, maxWords),
		[2]string{"PARTITION", source.Hole(source.HolePartition, "")},
		[2]string{"REGION", orHole(e.t.env.Region, source.HoleRegion)},
		[2]string{"ACCOUNT", orHole(e.t.env.Account, source.HoleSelf)})
	if strings.Contains(form, "MEMBER") {
		pairs = append(pairs, [2]string{"MEMBER", source.Hole(source.HoleAccount, res.id.Value)})
	}
	if strings.Contains(form, "ID") {
		pairs = append(pairs, [2]string{"ID", source.Hole(source.HoleName, res.id.Value)})
	}
	if strings.Contains(form, "NAME") {
		pairs = append(pairs, [2]string{"NAME", e.nameOf(res)})
	}
	if strings.Contains(form, "PATH") {
		pairs = append(pairs, [2]string{"PATH", e.pathOf(res)})
	}
	if strings.Contains(form, "URL") {
		pairs = append(pairs, [2]string{"URL", e.issuerOf(res)})
	}
	return replaceWords(form, pairs)
}

// maxWords is how many words a form may hold.
const maxWords = 8

// replaceWords replaces the words of a form, all of them upper case. A
// strings.Replacer would be made for each call, at many times the cost.
func replaceWords(form string, pairs [][2]string) string {
	var b strings.Builder
	from := 0
	for at := 0; at < len(form); {
		word := ""
		if form[at] >= 'A' && form[at] <= 'Z' {
			for _, p := range pairs {
				if strings.HasPrefix(form[at:], p[0]) {
					b.WriteString(form[from:at])
					b.WriteString(p[1])
					word = p[0]
					break
				}
			}
		}
		if at += max(len(word), 1); word != "" {
			from = at
		}
	}
	b.WriteString(form[from:])
	return b.String()
}

// orHole is a text, or a hole when it is not known.
func orHole(text string, kind source.HoleKind) string {
	if text == "" {
		return source.Hole(kind, "")
	}
	return text
}

// property works out one property of a resource.
func (e *evaluator) property(res *resource, name string) *source.Value {
	key := res.id.Value + "." + name
	p := res.properties.Get(name)
	if p == nil || e.visiting[key] || len(e.visiting) > maxChain {
		return nil
	}
	e.visiting[key] = true
	defer delete(e.visiting, key)
	return e.eval(p)
}

// A nameKey is a resource whose name was worked out, and what for.
type nameKey struct {
	res             *resource
	bears, deciding bool
}

// nameOf is a resource's name, worked out once unless it depends on a
// condition that is not decided.
func (e *evaluator) nameOf(res *resource) string {
	key := nameKey{res, e.bears, e.deciding}
	if name, ok := e.names[key]; ok {
		return name
	}
	undecided := len(e.undecided)
	name := e.findName(res)
	if len(e.undecided) == undecided {
		e.names[key] = name
	}
	return name
}

// findName is a resource's name, a hole when AWS will make one.
func (e *evaluator) findName(res *resource) string {
	if res.typ == serviceLinkedRole {
		return e.serviceRoleName(res)
	}
	if p := e.t.types[res.typ].name; p != "" {
		if s := scalar(e.property(res, p), res.id.Value); s.Value != "" {
			return s.Value
		}
	}
	return source.Hole(source.HoleName, res.id.Value)
}

func (e *evaluator) pathOf(res *resource) string {
	if res.typ == serviceLinkedRole {
		return "/aws-service-role/" + scalar(e.property(res, "AWSServiceName"), "AWSServiceName").Value + "/"
	}
	if s := e.property(res, "Path").Text(); s.Value != "" {
		return s.Value
	}
	return "/"
}

// issuerOf is an OIDC provider's URL without its scheme, as its ARN has it.
func (e *evaluator) issuerOf(res *resource) string {
	s := e.property(res, "Url").Text()
	if s.Value == "" {
		return source.Hole(source.HoleFree, res.id.Value+".Url")
	}
	return issuer(s.Value)
}
