package tfplan

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A striker overwrites what no report may quote. It keeps the length of the
// data and its lines, so that all places stay what they are.
type striker struct {
	data []byte
	keep keeper
	// declared are the variables of the root module's configuration.
	declared *source.Value
}

// strike strikes out of a plan or state all that is not kept by what follows.
func strike(data []byte, root *source.Value, keep keeper) {
	s := striker{data, keep, root.Get("configuration").Get("root_module").Get("variables")}
	for _, m := range members(root) {
		switch m.Name.Value {
		case "planned_values", "values":
			s.values(m.Value)
		case "prior_state":
			s.values(m.Value.Get("values"))
		case "variables":
			for _, v := range members(m.Value) {
				if isSecretVariable(v.Name.Value, s.declared) {
					s.all(v.Value)
				}
			}
		case "configuration":
			s.providers(m.Value.Get("provider_config"))
			s.configuration(m.Value.Get("root_module"))
		case "resource_changes":
			s.changes(m.Value)
		case "resources":
			for _, r := range m.Value.Elements() {
				s.instances(r)
			}
		case "format_version", "terraform_version", "version", "serial", "lineage", "applyable", "complete", "errored", "timestamp", "relevant_attributes":
		default:
			s.all(m.Value)
		}
	}
}

// all strikes out every text and number of a value.
func (s *striker) all(v *source.Value) {
	if v == nil {
		return
	}
	switch v.Kind {
	case source.Str:
		s.over(v.Range.Start()+1, v.Range.End()-1)
	case source.Number:
		s.over(v.Range.Start(), v.Range.End())
	}
	for _, item := range v.Items {
		s.all(item)
	}
	for _, m := range v.Members {
		s.all(m.Value)
	}
}

func (s *striker) over(start, end int) {
	for i := start; i < end; i++ {
		s.data[i] = '*'
	}
}

func (s *striker) values(v *source.Value) {
	for _, m := range members(v) {
		if m.Name.Value == "root_module" {
			s.module(m.Value)
		} else {
			s.all(m.Value)
		}
	}
}

func (s *striker) module(m *source.Value) {
	for _, r := range m.Get("resources").Elements() {
		s.resource(r.Get("values"), r.Get("sensitive_values"), r.Get("type").Text().Value)
	}
	for _, child := range m.Get("child_modules").Elements() {
		s.module(child)
	}
}

// resource strikes out what withoutSecrets leaves out, and user data.
func (s *striker) resource(values, marks *source.Value, kind string) {
	for _, m := range members(values) {
		if isSecret(m.Name.Value) || !s.keep[kind] && !names(m.Name.Value) {
			s.all(m.Value)
			continue
		}
		s.marked(m.Value, marks.Get(m.Name.Value))
		s.named(m.Value)
	}
	if id := values.Get("id"); kind == "aws_iam_access_key" && id != nil {
		const shown = 4
		s.over(id.Range.Start()+1, max(id.Range.End()-1-shown, id.Range.Start()+1))
	}
}

// named strikes out the secrets of nested objects by their names.
func (s *striker) named(v *source.Value) {
	if v == nil {
		return
	}
	for _, m := range v.Members {
		if isSecret(m.Name.Value) {
			s.all(m.Value)
			continue
		}
		s.named(m.Value)
	}
	for _, item := range v.Items {
		s.named(item)
	}
}

func (s *striker) marked(v, marks *source.Value) {
	if v == nil || marks == nil {
		return
	}
	if marks.Text().Is("true") {
		s.all(v)
		return
	}
	for i, item := range v.Items {
		if i < len(marks.Items) {
			s.marked(item, marks.Items[i])
		}
	}
	for _, m := range v.Members {
		s.marked(m.Value, marks.Get(m.Name.Value))
	}
}

// changes keeps of a change whose it is, and nothing of what was or will be:
// the values to come stand in the planned values too.
func (s *striker) changes(list *source.Value) {
	for _, c := range list.Elements() {
		for _, m := range members(c.Get("change")) {
			if m.Name.Value != "actions" && !strings.HasSuffix(m.Name.Value, "_unknown") && !strings.HasSuffix(m.Name.Value, "_sensitive") {
				s.all(m.Value)
			}
		}
	}
}

// instances strikes out the secrets of a resource of a state file. It has a
// list of what is sensitive, and private data of providers.
func (s *striker) instances(r *source.Value) {
	for _, i := range r.Get("instances").Elements() {
		s.resource(i.Get("attributes"), nil, r.Get("type").Text().Value)
		for _, p := range i.Get("sensitive_attributes").Elements() {
			s.path(i.Get("attributes"), p.Elements())
		}
		for _, m := range members(i) {
			if m.Name.Value != "attributes" && m.Name.Value != "index_key" {
				s.all(m.Value)
			}
		}
	}
}

func (s *striker) path(v *source.Value, steps []*source.Value) {
	if len(steps) == 0 {
		s.all(v)
		return
	}
	if v == nil {
		return
	}
	if v.Kind == source.Object {
		s.path(v.Get(stepName(steps[0])), steps[1:])
	}
	for _, item := range v.Items {
		s.path(item, steps[1:])
	}
}

// providers strikes out every constant of provider configurations but those
// that say where and as whom Terraform works.
func (s *striker) providers(v *source.Value) {
	for _, p := range members(v) {
		for _, m := range members(p.Value.Get("expressions")) {
			switch m.Name.Value {
			case "region", "profile", "assume_role", "allowed_account_ids":
				s.named(m.Value)
			default:
				s.all(m.Value)
			}
		}
	}
}

// configuration strikes out the constants of a module's configuration that may
// be secrets: those of arguments that are called so, of types that are not
// kept, and of provisioners.
func (s *striker) configuration(m *source.Value) {
	for _, r := range m.Get("resources").Elements() {
		for _, part := range members(r) {
			switch {
			case part.Name.Value == "provisioners", part.Name.Value == "expressions" && !s.keep[r.Get("type").Text().Value]:
				s.constants(part.Value)
			case part.Name.Value == "expressions":
				s.named(part.Value)
			}
		}
	}
	for _, v := range members(m.Get("variables")) {
		if isSecret(v.Name.Value) || v.Value.Get("sensitive").Text().Is("true") {
			s.all(v.Value.Get("default"))
		}
	}
	for _, o := range members(m.Get("outputs")) {
		s.constants(o.Value.Get("expression"))
	}
	for _, c := range members(m.Get("module_calls")) {
		s.named(c.Value.Get("expressions"))
		s.configuration(c.Value.Get("module"))
	}
}

// constants strikes out the constants of expressions.
func (s *striker) constants(v *source.Value) {
	for _, m := range members(v) {
		if m.Name.Value == "constant_value" {
			s.all(m.Value)
			continue
		}
		s.constants(m.Value)
	}
	if v == nil {
		return
	}
	for _, item := range v.Items {
		s.constants(item)
	}
}
