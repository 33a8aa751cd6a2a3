package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A resourceSet is all instances that one resource or data block makes.
type resourceSet struct {
	res     *resource
	inst    *instance
	mode    repetition
	keys    []instanceKey
	objects []*object
}

// An object is one instance of a resource or data block.
type object struct {
	res     *resource
	inst    *instance
	address string
	sc      *scope
	maybe   bool
	when    string
}

func (o *object) attr(name string) *hclsyntax.Attribute { return o.res.block.Body.Attributes[name] }

// resourceRef is the place of a resource or data block.
func (e *evaluator) resourceRef(inst *instance, key string) *place {
	if set := e.set(inst, key); set != nil {
		return &place{set: set}
	}
	p := &place{
		value:      func() (cty.Value, error) { return cty.DynamicVal, failf("there is no %s", key) },
		label:      inst.address(key),
		undeclared: true,
	}
	e.named[safeLabel(p.label)] = p
	return p
}

// set makes the instances of a block, once.
func (e *evaluator) set(inst *instance, key string) *resourceSet {
	if s := inst.sets[key]; s != nil {
		return s
	}
	if s := e.plannedSet(inst, key); s != nil {
		return s
	}
	res := inst.cfg.resource(key)
	if res == nil {
		return nil
	}
	s := &resourceSet{res: res, inst: inst}
	address := inst.address(key)
	_, _ = e.memo(nodeKey{inst: inst, name: key}, address, headerRange(res.block), func() (cty.Value, error) {
		s.mode, s.keys = e.repeat(res.block, inst.sc, address)
		return cty.DynamicVal, nil
	})
	if inst.sets[key] == nil {
		inst.sets[key] = s
	}
	for _, k := range s.keys {
		o := &object{res: res, inst: inst, address: address + k.suffix(), sc: k.sc, maybe: inst.maybe || k.maybe, when: inst.when}
		if k.maybe {
			o.when = k.when
		}
		s.objects = append(s.objects, o)
	}
	return s
}

func (e *evaluator) stepSet(s *resourceSet, key cty.Value) *place {
	if s.mode == once {
		if len(s.objects) != 1 {
			return constant(cty.DynamicVal)
		}
		return e.stepObject(s.objects[0], key)
	}
	const keysPerStep = 8
	e.steps += len(s.keys) / keysPerStep
	if i := findKey(s.keys, s.mode, key); i >= 0 {
		return &place{obj: s.objects[i]}
	}
	label := s.inst.address(s.res.key)
	return &place{value: func() (cty.Value, error) { return cty.DynamicVal, noInstance(label, s.mode, key) }, label: label}
}

// stepObject is an attribute of a resource instance.
func (e *evaluator) stepObject(o *object, key cty.Value) *place {
	name, ok := keyString(key)
	if !ok {
		return constant(cty.DynamicVal)
	}
	p := &place{obj: o, attr: name, label: o.address + "." + name}
	if a := o.attr(name); a != nil {
		p.site = site{a.Expr, o.sc}
	}
	p.value = func() (cty.Value, error) { return e.attribute(o, name) }
	return p
}

// attribute is the value of an attribute of a resource instance: what only
// AWS knows is symbolic.
func (e *evaluator) attribute(o *object, name string) (cty.Value, error) {
	label := o.address + "." + name
	return e.memo(nodeKey{obj: o, name: name}, label, attrRange(o.res.block, name), func() (cty.Value, error) {
		if v, ok := plannedText(o, name); ok {
			return v, nil
		}
		if v, ok, err := e.computed(o, name); ok {
			return v, err
		}
		if a := o.attr(name); a != nil {
			v, err := e.eval(a.Expr, o.sc)
			return v, err
		}
		if blocks := nested(o.res.block.Body, name); len(blocks) > 0 {
			return e.blocksValue(blocks, o.sc)
		}
		return unknownAttribute(o, name), nil
	})
}

// unknownAttribute is an attribute that is not written: one whose name says
// that it is text is a hole, of others nothing is known.
func unknownAttribute(o *object, name string) cty.Value {
	if strings.HasPrefix(o.res.kind, "random_") && name != "keepers" && name != "bytes" {
		return cty.StringVal(hole(source.HoleName, o.address))
	}
	last := name[strings.LastIndexByte(name, '_')+1:]
	switch last {
	case "id", "name":
		return cty.StringVal(hole(source.HoleFree, o.address+"."+name))
	case "arn", "url", "endpoint", "json", "version", "fingerprint", "issuer", "domain", "uri":
		return cty.StringVal(hole(source.HoleFree, o.address+"."+name))
	}
	return cty.DynamicVal
}

// blocksValue is the list of objects that nested blocks make.
func (e *evaluator) blocksValue(blocks []*hclsyntax.Block, sc *scope) (cty.Value, error) {
	expanded, sure := e.expand(blocks, sc)
	if !sure {
		return cty.DynamicVal, nil
	}
	out := make([]cty.Value, 0, len(expanded))
	var fault error
	for _, b := range expanded {
		members := map[string]cty.Value{}
		for name, a := range b.body.Attributes {
			v, err := e.eval(a.Expr, b.sc)
			fault = firstError(fault, err)
			members[name] = v
		}
		out = append(out, cty.ObjectVal(members))
	}
	return cty.TupleVal(out), fault
}

// objectValue is a whole resource instance: the arguments that are written,
// and of the others those that some expression of the scan reads.
func (e *evaluator) objectValue(o *object) (cty.Value, error) {
	return e.memo(nodeKey{obj: o, name: "*"}, o.address, headerRange(o.res.block), func() (cty.Value, error) {
		out := map[string]cty.Value{}
		add := func(name string) {
			if _, done := out[name]; !done {
				// An attribute at fault is unknown; the others are not.
				out[name], _ = e.attribute(o, name)
			}
		}
		for _, name := range sortedKeys(o.res.block.Body.Attributes) {
			if name != "count" && name != "for_each" && name != "provider" && name != "depends_on" {
				add(name)
			}
		}
		for _, name := range e.tree.mentioned(e.dir) {
			add(name)
		}
		return cty.ObjectVal(out), nil
	})
}

func (e *evaluator) setValue(s *resourceSet) (cty.Value, error) {
	return e.collected(s, s.mode, func(i int) (cty.Value, error) { return e.objectValue(s.objects[i]) })
}
