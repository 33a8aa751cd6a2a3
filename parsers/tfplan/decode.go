package tfplan

import (
	"bytes"
	"strings"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A decoder turns a file into what it says of a root module.
type decoder struct {
	file    *source.Source // without its secrets
	planned *terraform.Planned
	keep    keeper
	diags   []source.Diagnostic
	// unknown are the trees of what is known only after apply, by address.
	unknown map[string]*source.Value
	seen    map[string]bool // addresses of resources
}

// decode reads a file. The result has no planned resources when it could not be
// read at all.
func decode(file *source.Source) *decoder {
	d := &decoder{file: file, keep: newKeeper(), unknown: map[string]*source.Value{}, seen: map[string]bool{}}
	switch kindOf(file.Bytes()) {
	case archive:
		d.fault(file.Range(0, 0), "a binary plan is not read: run terraform show -json on it and scan what that prints")
		return d
	case cipher:
		d.fault(file.Range(0, 0), "the file is encrypted: run tofu show -json with its key and scan what that prints")
		return d
	}
	root := d.tree(file)
	if root == nil || root.Kind != source.Object {
		return d
	}
	if root.Get("format_version") == nil {
		d.stateFile(root)
	} else if d.knownFormat(root.Get("format_version")) {
		d.shown(root)
	}
	return d
}

func (d *decoder) fault(r source.Range, format string, args ...any) {
	d.diags = append(d.diags, source.Errorf(r, format, args...))
}

func (d *decoder) warn(r source.Range, format string, args ...any) {
	d.diags = append(d.diags, source.Warningf(r, format, args...))
}

// tree reads the document. All its ranges are in a copy of the file from which
// the secrets are struck out, so that no report can quote one.
func (d *decoder) tree(file *source.Source) *source.Value {
	data := bytes.Clone(file.Bytes())
	d.file = source.New(file.Path, data)
	var b source.TextBuilder
	b.Literal(string(file.Bytes()), d.file.Whole())
	root, diags := source.ReadJSON(b.Text())
	// Nobody else has seen the copy yet.
	strike(data, root, d.keep)
	d.diags = append(d.diags, diags...)
	return root
}

// knownFormat reports whether the format is one that is read here: minor
// versions only add to it ("JSON Output Format", Format Summary).
func (d *decoder) knownFormat(v *source.Value) bool {
	version := v.Text().Value
	major, _, _ := strings.Cut(version, ".")
	if major == "0" || major == "1" {
		return true
	}
	d.fault(v.Range, "format version %q is not known: 1.x is", version)
	return false
}

// shown reads the output of terraform show: a plan has planned values, a state
// has values.
func (d *decoder) shown(root *source.Value) {
	d.planned = &terraform.Planned{Input: model.TerraformPlan, File: d.file}
	values := root.Get("values")
	if root.Get("planned_values") != nil {
		values = root.Get("planned_values")
		d.planChanges(root)
		d.planConfiguration(root)
	}
	d.module(values.Get("root_module"), nil)
	d.data(root.Get("prior_state").Get("values").Get("root_module"), nil)
}

// planChanges reads from the changes what is known only after apply, and says
// what of the plan is not whole.
func (d *decoder) planChanges(root *source.Value) {
	for _, c := range root.Get("resource_changes").Elements() {
		if c.Get("deposed") == nil {
			d.unknown[c.Get("address").Text().Value] = c.Get("change").Get("after_unknown")
		}
	}
	switch {
	case root.Get("errored").Text().Is("true"):
		d.fault(root.Get("errored").Range, "the plan ended in an error: what it had not come to is not read")
	case root.Get("complete").Text().Is("false"):
		d.warn(root.Get("complete").Range, "the plan is not complete: what it leaves for a later one is not read")
	}
}

// planConfiguration reads the configuration and the values of variables. The
// sensitive ones are left out.
func (d *decoder) planConfiguration(root *source.Value) {
	conf := root.Get("configuration")
	d.planned.Configuration, d.planned.Providers = conf.Get("root_module"), conf.Get("provider_config")
	d.planned.Variables = map[string]*source.Value{}
	declared := d.planned.Configuration.Get("variables")
	for _, m := range members(root.Get("variables")) {
		if v := m.Value.Get("value"); v != nil && !isSecretVariable(m.Name.Value, declared) {
			d.planned.Variables[m.Name.Value] = v
		}
	}
}

func members(v *source.Value) []source.Member {
	if v == nil {
		return nil
	}
	return v.Members
}

// module reads the resources of a module instance and of those in it.
func (d *decoder) module(m *source.Value, path []terraform.ModuleStep) {
	for _, r := range m.Get("resources").Elements() {
		d.resource(r, path)
	}
	d.children(m, d.module)
}

// data reads the data sources that were read before the plan was made.
func (d *decoder) data(m *source.Value, path []terraform.ModuleStep) {
	for _, r := range m.Get("resources").Elements() {
		if r.Get("mode").Text().Is("data") {
			d.resource(r, path)
		}
	}
	d.children(m, d.data)
}

func (d *decoder) children(m *source.Value, read func(*source.Value, []terraform.ModuleStep)) {
	for _, child := range m.Get("child_modules").Elements() {
		address := child.Get("address")
		steps, ok := modulePath(address.Text().Value)
		if !ok {
			d.fault(address.Text().Range, "%q is not the address of a module", address.Text().Value)
			continue
		}
		read(child, steps)
	}
}

func (d *decoder) resource(r *source.Value, path []terraform.ModuleStep) {
	address := r.Get("address").Text()
	if d.seen[address.Value] || r.Get("deposed_key") != nil {
		return
	}
	d.seen[address.Value] = true
	values := withoutMarked(r.Get("values"), d.unknown[address.Value], afterApply)
	d.planned.Resources = append(d.planned.Resources, terraform.PlannedResource{
		Module: path, Type: r.Get("type").Text().Value, Name: r.Get("name").Text().Value,
		Data: r.Get("mode").Text().Is("data"), Key: r.Get("index"),
		Values: d.keep.withoutSecrets(values, r.Get("sensitive_values"), r.Get("type").Text().Value), Header: address.Range, Block: r.Range,
	})
}

// afterApply names what only an apply makes known.
const afterApply = "unknown"
