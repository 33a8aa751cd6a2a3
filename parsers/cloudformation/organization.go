package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func (b *builder) organization(*resource) { b.unit.Management = b.unit.Management || !b.maybe }

// control is a policy of an organization, if it may be a service control policy.
func (b *builder) control(res *resource) {
	kind := b.text(res, "Type")
	if kind.Known && kind.Value != "" && kind.Value != "SERVICE_CONTROL_POLICY" {
		return
	}
	c := &model.Control{Entity: b.entity(res, "Name")}
	c.Maybe = c.Maybe || !kind.Known
	c.Document = b.document(res.properties.Get("Content"), iam.ServiceControlDocument, res.block())
	targets, _, unknown := b.refs(res, "TargetIds")
	if unknown != nil {
		targets = append(targets, b.ref(unknown))
	}
	c.Targets = targets
	b.unit.Controls = append(b.unit.Controls, c)
}
