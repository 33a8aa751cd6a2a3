package cloudformation

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A deployment is where a stack set makes stacks of its template, with the
// same parameters in all of them ("AWS::CloudFormation::StackSet").
type deployment struct {
	// accounts are ids as written; open says that there may be others.
	accounts []source.String
	open     bool
	regions  []source.String
	// overrides are values of parameters for these stacks only.
	overrides *source.Value
}

// stackSet builds the template of a stack set as a unit of its own for each
// of its deployments: its stacks are in other accounts than the template that
// declares it.
func (b *builder) stackSet(res *resource) {
	for _, d := range b.deployments(res) {
		b.e.bearing(func() { b.deploy(res, d) })
	}
}

func (b *builder) deploy(res *resource, d deployment) {
	account, own := d.account(b.t.env.Account)
	c := &call{by: b.e, res: res, unit: true, apart: !own, account: account, inputs: map[string]source.Member{}}
	c.list(res.properties.Get("Parameters"))
	c.list(d.overrides)
	e := b.e.stackSet(res, c)
	if e == nil {
		return
	}
	child := newBuilder(e)
	child.unit.Name, child.unit.Region, child.caller = b.unit.Name, onlyText(d.regions).Value, b.nesting(res)
	if !own && account == "" {
		child.unit.Credentials = "the stack set " + res.id.Value
	}
	child.build()
	b.others = append(append(b.others, child.unit), child.others...)
}

// deployments are the groups of stacks, those without overrides as one. A
// stack set without groups gets its stacks elsewhere.
func (b *builder) deployments(res *resource) []deployment {
	var plain *deployment
	var out []deployment
	groups := b.e.property(res, "StackInstancesGroup")
	for _, g := range groups.Elements() {
		d := deploymentOf(g)
		switch {
		case d.overrides != nil:
			out = append(out, d)
		case plain == nil:
			plain = &d
		default:
			plain.accounts, plain.regions = append(plain.accounts, d.accounts...), append(plain.regions, d.regions...)
			plain.open = plain.open || d.open
		}
	}
	switch {
	case plain != nil:
		return append([]deployment{*plain}, out...)
	case len(out) == 0:
		return []deployment{{open: true}}
	}
	return out
}

// deploymentOf reads one group. Its accounts are all there are unless it names
// organizational units, or the file that lists them.
func deploymentOf(group *source.Value) deployment {
	targets := group.Get("DeploymentTargets")
	d := deployment{overrides: group.Get("ParameterOverrides")}
	if d.overrides != nil && d.overrides.Kind == source.Null {
		d.overrides = nil
	}
	for _, v := range targets.Get("Accounts").Elements() {
		d.accounts = append(d.accounts, scalar(v, "an account"))
		d.open = d.open || v.Maybe
	}
	for _, v := range group.Get("Regions").Elements() {
		d.regions = append(d.regions, scalar(v, "a region"))
	}
	filter := targets.Get("AccountFilterType").Text().Value
	units := targets.Get("OrganizationalUnitIds") != nil && filter != "INTERSECTION"
	d.open = d.open || units || targets.Get("AccountsUrl") != nil || len(d.accounts) == 0
	return d
}

// account is the id of the only account of a deployment, empty for several or
// an unknown one. own says that it is that of the template itself.
func (d deployment) account(self string) (id string, own bool) {
	if d.open || len(d.accounts) == 0 {
		return "", false
	}
	first := d.accounts[0].Value
	if slices.ContainsFunc(d.accounts, func(s source.String) bool { return s.Value != first }) {
		return "", false
	}
	switch {
	case first == source.Hole(source.HoleSelf, "") || first == self:
		return self, true
	case iam.IsAccountID(first):
		return first, false
	}
	return "", false
}

// onlyText is the only text of a list, zero for none, several or an unknown one.
func onlyText(list []source.String) source.String {
	if len(list) == 0 || !list[0].Known {
		return source.String{}
	}
	for _, s := range list {
		if s.Value != list[0].Value {
			return source.String{}
		}
	}
	return list[0]
}

// list takes parameters that are passed as a list of keys and values.
func (c *call) list(raw *source.Value) {
	if _, _, ok := intrinsic(raw); ok {
		raw = c.by.eval(raw)
	}
	if raw == nil || raw.Kind == source.Null {
		return
	}
	c.unread = c.unread || raw.Kind != source.List
	for _, item := range raw.Items {
		if _, _, ok := intrinsic(item); ok {
			item = c.by.eval(item)
		}
		switch key := item.Get("ParameterKey"); {
		case item == nil: // AWS::NoValue
		case key.IsScalar():
			c.pass(key.Text(), item.Get("ParameterValue"))
		default:
			c.unread = true
		}
	}
}

// stackSet is the evaluator of a stack set's template, which stands in the
// resource or in a file of its own; nil, and noted, when it cannot be read.
func (e *evaluator) stackSet(res *resource, c *call) *evaluator {
	raw := res.properties.Get("TemplateBody")
	if raw == nil {
		p := e.locate(res)
		if p.doc == nil {
			e.noteStack(res, p.missing)
			return nil
		}
		e.assumeStack(res, p.assumed)
		return e.enter(p, c)
	}
	root, diags := e.body(e.eval(raw))
	if root == nil || root.Kind != source.Object {
		if len(diags) == 0 {
			e.noteStack(res, "its template is made when the stack is deployed")
		}
		e.t.diagnostics = append(e.t.diagnostics, diags...)
		return nil
	}
	if !e.admit(raw.Range, c) {
		return nil
	}
	child := e.called(e.t.file, root, diags, c)
	c.refuse(child.t)
	return child
}

// body is a template that stands in a property: an object, or a text.
func (e *evaluator) body(v *source.Value) (*source.Value, []source.Diagnostic) {
	switch {
	case v == nil || v.Kind == source.Unread:
		return nil, nil
	case v.Kind != source.Str:
		return v, nil
	}
	if tree, ok := e.trees[v]; ok {
		return tree, nil
	}
	if pieces := source.Pieces(v.Scalar.Value); len(pieces) == 1 && pieces[0].IsHole() {
		return nil, nil
	}
	return readText(e.content(v))
}
