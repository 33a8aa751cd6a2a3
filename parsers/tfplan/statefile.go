package tfplan

import (
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// stateVersion is the one version of state files that is read: that of
// Terraform 0.12 and later.
const stateVersion = "4"

// stateFile reads a state as Terraform keeps it.
func (d *decoder) stateFile(root *source.Value) {
	if version := root.Get("version"); !version.Text().Is(stateVersion) {
		d.fault(version.Text().Range, "version %s of state files is not read: run terraform show -json and scan what that prints", version.Text().Value)
		return
	}
	d.planned = &terraform.Planned{Input: model.TerraformPlan, File: d.file}
	for _, r := range root.Get("resources").Elements() {
		d.stateResource(r)
	}
}

func (d *decoder) stateResource(r *source.Value) {
	path, ok := modulePath(r.Get("module").Text().Value)
	if !ok {
		d.fault(r.Get("module").Text().Range, "%q is not the address of a module", r.Get("module").Text().Value)
		return
	}
	for _, i := range r.Get("instances").Elements() {
		if i.Get("deposed") != nil {
			continue
		}
		values := i.Get("attributes")
		if values == nil {
			d.fault(i.Range, "the attributes are in the form of Terraform 0.11: run terraform show -json and scan what that prints")
			continue
		}
		for _, p := range i.Get("sensitive_attributes").Elements() {
			values = withoutPath(values, p.Elements())
		}
		d.planned.Resources = append(d.planned.Resources, terraform.PlannedResource{
			Module: path, Type: r.Get("type").Text().Value, Name: r.Get("name").Text().Value,
			Data: r.Get("mode").Text().Is("data"), Key: i.Get("index_key"),
			Values: d.keep.withoutSecrets(values, nil, r.Get("type").Text().Value), Header: r.Get("name").Text().Range, Block: i.Range,
		})
	}
}

// withoutPath is a value without what a path of steps leads to.
func withoutPath(v *source.Value, steps []*source.Value) *source.Value {
	if v == nil {
		return nil
	}
	if len(steps) == 0 {
		return source.UnreadValue(terraform.SensitiveLabel, v.Range)
	}
	step, out := stepName(steps[0]), *v
	switch v.Kind {
	case source.Object:
		out.Members = make([]source.Member, len(v.Members))
		for i, m := range v.Members {
			if m.Name.Value == step {
				m.Value = withoutPath(m.Value, steps[1:])
			}
			out.Members[i] = m
		}
	case source.List:
		// A step into a set names no index.
		out.Items = make([]*source.Value, len(v.Items))
		for i, item := range v.Items {
			out.Items[i] = withoutPath(item, steps[1:])
		}
	}
	return &out
}

// stepName is the name in a step: {"type": "get_attr", "value": "secret"}.
func stepName(step *source.Value) string {
	if value := step.Get("value"); value.Get("value") != nil {
		return value.Get("value").Text().Value
	}
	return step.Get("value").Text().Value
}
