package terraform

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// headerBlock is a block that stands in the plan.
func headerBlock(r *PlannedResource) *hclsyntax.Block {
	kind := "resource"
	if r.Data {
		kind = "data"
	}
	b := placedBlock(kind, r.Header, r.Block)
	b.Labels, b.LabelRanges = []string{r.Type, r.Name}, []hcl.Range{hclRange(r.Header), hclRange(r.Header)}
	return b
}

// placedBlock is a block without content at a place of the plan.
func placedBlock(kind string, header, all source.Range) *hclsyntax.Block {
	end := all
	if all.Source != nil {
		end = all.Source.Range(all.End()-1, all.End())
	}
	return &hclsyntax.Block{
		Type: kind, TypeRange: hclRange(header), OpenBraceRange: hclRange(header), CloseBraceRange: hclRange(end),
		Body: &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: hclRange(all)},
	}
}

// A joiner joins what the configuration has in a block with the values that
// the plan has for it.
type joiner struct {
	e *evaluator
	// written is the block's body in the configuration, sc its scope; own
	// says that it is the scope in which the joined block is read.
	written *hclsyntax.Body
	sc      *scope
	own     bool
	// header is where a value stands that the configuration has not; nil
	// for its place in the plan.
	header *hcl.Range
	// away says that the configuration is that of the plan, and the places
	// those of something else.
	away bool
	// role is the name of the role that is joined.
	role string
	out  *hclsyntax.Body
}

// joined is the block of an instance.
func (e *evaluator) joined(r *PlannedResource, written *resource, o *object) *hclsyntax.Block {
	out := headerBlock(r)
	j := joiner{e: e, sc: o.sc, own: true, out: out.Body, written: &hclsyntax.Body{}}
	if written != nil {
		j.written = written.block.Body
	}
	switch {
	case written != nil && !o.inst.cfg.planned:
		b := *written.block
		b.Body = out.Body
		out = &b
		at := headerRange(written.block)
		j.header = &at
	case !o.inst.by.IsZero(): // the module is not at hand
		at := hclRange(o.inst.by)
		out.TypeRange, out.LabelRanges, out.OpenBraceRange, out.CloseBraceRange = at, []hcl.Range{at, at}, at, at
		j.header, j.away = &at, true
	}
	if !r.Data && r.Type == "aws_iam_role" {
		j.role = r.Values.Get("name").Text().Value
	}
	values := r.Values
	if values == nil { // all of them are known only after apply
		values = &source.Value{Kind: source.Object}
	}
	j.join(values)
	return out
}

// join fills the body. An argument that the plan has no value for is as the
// configuration has it: it is known only after apply. One that is null or
// empty is absent.
func (j *joiner) join(values *source.Value) {
	known := map[string]bool{}
	for _, m := range values.Members {
		name := m.Name.Value
		if m.Value.Kind == source.Unread {
			known[name] = j.withhold(m)
			continue
		}
		known[name] = true
		if j.role != "" && !j.writes(name) {
			m = j.e.planned.apart(j.role, m)
		}
		if !isUnset(m.Value) {
			j.member(m)
		}
	}
	for _, name := range sortedKeys(j.written.Attributes) {
		if !known[name] {
			j.keep(j.written.Attributes[name])
		}
	}
	for _, b := range j.written.Blocks {
		if !known[blockName(b)] {
			j.keepBlock(b)
		}
	}
}

// writes reports whether the configuration has an argument or a block.
func (j *joiner) writes(name string) bool {
	return j.written.Attributes[name] != nil || slices.ContainsFunc(j.written.Blocks, func(b *hclsyntax.Block) bool { return blockName(b) == name })
}

// withhold adds an argument whose value may not be used, unless a configuration
// at hand says it.
func (j *joiner) withhold(m source.Member) bool {
	if j.header != nil && !j.away && j.writes(m.Name.Value) {
		return false
	}
	j.out.Attributes[m.Name.Value] = &hclsyntax.Attribute{
		Name: m.Name.Value, NameRange: hclRange(m.Name.Range),
		Expr: &plannedExpr{Expression: literalAt(m.Value.Range), tree: m.Value, withheld: true},
	}
	return true
}

func isUnset(v *source.Value) bool {
	return v.Kind == source.Null || v.Kind == source.Str && v.Scalar.Value == ""
}

// keep takes an argument over as it is written.
func (j *joiner) keep(a *hclsyntax.Attribute) {
	if !j.own {
		c := *a
		c.Expr = &plannedExpr{Expression: a.Expr, sc: j.sc}
		a = &c
	}
	j.out.Attributes[a.Name] = a
}

func (j *joiner) keepBlock(b *hclsyntax.Block) {
	if j.own {
		j.out.Blocks = append(j.out.Blocks, b)
		return
	}
	expanded, _ := j.e.expand([]*hclsyntax.Block{b}, j.sc)
	for _, x := range expanded {
		j.block(blockName(b), &source.Value{Kind: source.Object}, &x)
	}
}

// member adds an argument, and the blocks of its name that objects stand for.
func (j *joiner) member(m source.Member) {
	a := j.written.Attributes[m.Name.Value]
	objects := m.Value.Elements()
	if len(objects) > 0 && !slices.ContainsFunc(objects, func(v *source.Value) bool { return v.Kind != source.Object }) {
		j.blocks(m.Name.Value, objects)
		if a == nil && m.Value.Kind == source.List {
			return
		}
	}
	out := &hclsyntax.Attribute{Name: m.Name.Value, NameRange: hclRange(m.Name.Range)}
	expr := &plannedExpr{Expression: literalAt(m.Value.Range), tree: m.Value}
	switch {
	case a != nil && !j.away:
		out.NameRange, out.SrcRange = a.NameRange, a.SrcRange
		expr.Expression, expr.sc, expr.written = a.Expr, j.sc, j.header != nil
	case j.header != nil:
		out.NameRange = *j.header
		expr.Expression, expr.at = &hclsyntax.LiteralValueExpr{SrcRange: *j.header}, true
	}
	out.Expr = expr
	j.out.Attributes[m.Name.Value] = out
}

// blocks adds nested blocks, each with the written one that is alike.
func (j *joiner) blocks(name string, objects []*source.Value) {
	expanded, _ := j.e.expand(nested(j.written, name), j.sc)
	trees := make([]*source.Value, len(expanded))
	for i, x := range expanded {
		trees[i] = j.e.scalars(x)
	}
	for i, at := range match(objects, trees) {
		var x *expandedBlock
		if at >= 0 {
			x = &expanded[at]
		}
		j.block(name, objects[i], x)
	}
}

// scalars is a block as an object of its arguments.
func (e *evaluator) scalars(x expandedBlock) *source.Value {
	out := &source.Value{Kind: source.Object}
	for _, name := range sortedKeys(x.body.Attributes) {
		v := e.read(x.body.Attributes[name].Expr, x.sc, elementLevel)
		if !isUnset(v) {
			out.Members = append(out.Members, source.Member{Name: source.NewString(name, v.Range), Value: v})
		}
	}
	return out
}

func (j *joiner) block(name string, v *source.Value, x *expandedBlock) {
	b := placedBlock(name, v.Range, v.Range)
	inner := joiner{e: j.e, sc: j.sc, written: &hclsyntax.Body{}, header: j.header, away: j.away, out: b.Body}
	if j.header != nil {
		b.TypeRange, b.OpenBraceRange, b.CloseBraceRange = *j.header, *j.header, *j.header
	}
	if x != nil {
		inner.written, inner.sc = x.body, x.sc
	}
	if x != nil && j.header != nil && !j.away {
		b.Type, b.Labels, b.LabelRanges = x.block.Type, x.block.Labels, x.block.LabelRanges
		b.TypeRange, b.OpenBraceRange, b.CloseBraceRange = x.block.TypeRange, x.block.OpenBraceRange, x.block.CloseBraceRange
		at := headerRange(x.block)
		inner.header = &at
	}
	// The block is expanded: what follows must find it by its name.
	b.Type, b.Labels = name, nil
	inner.join(v)
	j.out.Blocks = append(j.out.Blocks, b)
}
