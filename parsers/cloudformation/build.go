package cloudformation

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A builder makes a unit of the resources of a template.
type builder struct {
	t    *template
	e    *evaluator
	unit *model.Unit
	// maybe and when are those of the resource being built.
	maybe bool
	when  string
	// assignments are those of permission sets that may come later.
	assignments []looseAssignment
	// keys are the access keys of the unit by logical id.
	keys map[string]*model.AccessKey
	// caller is the stack that the template is nested in.
	caller nesting
	// nested are the builders of nested templates.
	nested []*builder
	// others are the units of stacks in other accounts.
	others []*model.Unit
}

func newBuilder(e *evaluator) *builder {
	u := &model.Unit{Input: model.CloudFormation, Name: e.t.file.Path, Account: e.t.env.Account, Region: e.t.env.Region}
	return &builder{t: e.t, e: e, unit: u, keys: map[string]*model.AccessKey{}}
}

// build builds every resource that exists, or may exist, under the
// evaluator's assignment.
func (b *builder) build() {
	b.noteTransforms()
	b.noteServerless()
	for _, res := range b.t.resources {
		build := maker(res.typ)
		if build == nil {
			b.noteElsewhere(res)
			continue
		}
		b.maybe, b.when = b.caller.maybe, b.caller.when
		assume := assignment{}
		if res.condition != "" {
			switch b.e.condition(res.condition) {
			case no:
				continue
			case maybe:
				b.maybe, b.when = true, both(b.caller.when, b.e.describe(res.condition))
				assume[res.condition] = yes
			}
		}
		b.e.assuming(assume, func() {
			b.noteIncluded(res)
			build(b, res)
		})
	}
	if b.e.root == b.e {
		b.finish()
		b.unit.Unresolved = b.e.unresolved
	}
}

// finish settles what needs the whole unit.
func (b *builder) finish() {
	b.setAssignments()
	b.showSecrets()
	b.otherKeys()
	for _, n := range b.nested {
		n.finish()
	}
}

// noteTransforms says that a macro of unknown effect changes the template.
func (b *builder) noteTransforms() {
	for _, s := range b.t.transforms {
		switch s.Value {
		case "AWS::LanguageExtensions", samTransform, frameworkName:
			continue
		}
		name := s.Show()
		note := func() {
			b.e.note("Transform "+name, "the macro "+name+" runs when the stack is deployed", source.HoleFree, s.Range)
		}
		if s.Value != includeMacro {
			note()
			continue
		}
		b.e.bearing(note) // what it includes may be anything
	}
}

// noteIncluded says that a macro, such as a snippet in a bucket, adds to a
// resource or its properties what the template does not show.
func (b *builder) noteIncluded(res *resource) {
	b.e.bearing(func() {
		for _, v := range []*source.Value{res.body, res.properties} {
			if m, ok := v.Member(transformKey); ok {
				b.e.transform(m.Value, m.Name.Range)
			}
		}
	})
}

// noteElsewhere says that a module declares more than the template shows.
func (b *builder) noteElsewhere(res *resource) {
	if strings.HasSuffix(res.typ, "::MODULE") {
		b.e.bearing(func() {
			b.e.note("module "+res.id.Value, "the module "+res.typ+" is registered with CloudFormation and not in the template", source.HoleFree, res.id.Range)
		})
	}
}

// maker is what builds resources of a type, nil for one that does not matter.
func maker(typ string) func(*builder, *resource) {
	for _, family := range []func(string) func(*builder, *resource){identityMaker, fleetMaker, telemetryMaker, stackMaker} {
		if build := family(typ); build != nil {
			return build
		}
	}
	return nil
}

func telemetryMaker(typ string) func(*builder, *resource) { return telemetryBuilders()[typ] }

// entity is a resource as the model has it. Its name is placed at the
// property that gives it, else at the logical id; a type without such a
// property has no name.
func (b *builder) entity(res *resource, nameProperty string) model.Entity {
	x := model.Entity{
		Address: res.id.Value, Range: res.id.Range, Block: res.block(), Maybe: b.maybe, When: b.when, Module: b.caller.calls,
	}
	if nameProperty == "" {
		return x
	}
	x.Name = source.Unknown(source.HoleName, res.id.Value, res.id.Range)
	if s := b.text(res, nameProperty); s.Value != "" {
		x.Name = s
	}
	x.Path = b.text(res, "Path")
	return x
}

// part is an entity inside a resource, such as one of its inline policies.
func (b *builder) part(res *resource, field string, index int, v *source.Value, name source.String) model.Entity {
	x := model.Entity{
		Address: res.id.Value + "." + field + "[" + strconv.Itoa(index) + "]",
		Name:    name, Range: name.Range, Block: v.Range, Maybe: b.maybe || v.Maybe, When: b.when, Module: b.caller.calls,
	}
	if name.Value == "" {
		x.Name, x.Range = source.Unknown(source.HoleName, x.Address, v.Range), v.Range
	}
	return x
}

// text is a property as text, zero when it is not written.
func (b *builder) text(res *resource, name string) source.String {
	return scalar(b.e.property(res, name), res.id.Value+"."+name)
}

// ref is a value as a reference to another thing.
func (b *builder) ref(v *source.Value) model.Ref {
	return referTo(b.e.addresses[v], scalar(v, "a reference"), v.Maybe)
}

// refs are the references of a property that holds a list of them. Unknown is
// what stands in for the list when it could not be read.
func (b *builder) refs(res *resource, name string) (list []model.Ref, ranges []source.Range, unknown *source.Value) {
	b.e.bearing(func() {
		v := b.e.property(res, name)
		if v != nil && v.Kind == source.Unread {
			unknown = v
			return
		}
		for _, i := range v.Elements() {
			r := b.ref(i)
			r.Maybe = r.Maybe || v.Maybe
			list = append(list, r)
			ranges = append(ranges, i.Range)
		}
	})
	return list, ranges, unknown
}

// oneRef is a property that holds one reference, nil when it is not written.
func (b *builder) oneRef(res *resource, name string) *model.Ref {
	var out *model.Ref
	b.e.bearing(func() {
		if v := b.e.property(res, name); v != nil && v.Kind != source.Null {
			r := b.ref(v)
			out = &r
		}
	})
	return out
}

// document is a property that holds a policy document.
func (b *builder) document(raw *source.Value, kind iam.DocumentKind, at source.Range) *iam.Document {
	if d := b.e.document(raw, kind); d != nil {
		return d
	}
	return &iam.Document{Kind: kind, Range: at, Unknown: true, Reason: "the document is not in the template"}
}
