package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// withGlobals are a resource's properties with those of its section of Globals
// ("Globals section of the AWS SAM template"): maps are merged, lists are
// appended to, anything else is replaced. IgnoreGlobals leaves sections out.
func (t *template) withGlobals(res *resource) *source.Value {
	section := t.root.Get("Globals").Get(strings.TrimPrefix(res.typ, samPrefix))
	if section == nil || section.Kind != source.Object {
		return res.properties
	}
	for _, ignored := range res.body.Get("IgnoreGlobals").Elements() {
		if ignored.Text().Value == "*" {
			return res.properties
		}
		section = without(section, ignored.Text().Value)
	}
	if res.properties == nil || res.properties.Kind == source.Null {
		return section
	}
	return overlaid(section, res.properties)
}

// overlaid is a value of Globals under one of a resource. A call of a function
// is taken as one value.
func overlaid(global, local *source.Value) *source.Value {
	switch {
	case isPlain(global, source.Object) && isPlain(local, source.Object):
		return overlaidObject(global, local)
	case global.Kind == source.List && local.Kind == source.List:
		c := *local
		c.Items = slices.Concat(global.Items, local.Items)
		return &c
	}
	return local
}

func isPlain(v *source.Value, kind source.Kind) bool {
	_, _, call := intrinsic(v)
	return v.Kind == kind && !call
}

func overlaidObject(global, local *source.Value) *source.Value {
	c := *local
	c.Members = nil
	for _, m := range global.Members {
		if own, ok := local.Member(m.Name.Value); ok {
			m = source.Member{Name: own.Name, Value: overlaid(m.Value, own.Value)}
		}
		c.Members = append(c.Members, m)
	}
	for _, m := range local.Members {
		if global.Get(m.Name.Value) == nil {
			c.Members = append(c.Members, m)
		}
	}
	return &c
}
