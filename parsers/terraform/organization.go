package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// serviceControl is the type of a policy of an organization that does not say
// another (AWS provider documentation, aws_organizations_policy).
const serviceControl = "SERVICE_CONTROL_POLICY"

func (b *builder) organization(o *object) {
	b.unit.Management = b.unit.Management || !o.maybe
}

// control is a policy of an organization. One of another type is kept without
// a model, so that its attachments are known to attach no control.
func (b *builder) control(o *object) {
	kind := b.text(o, "type")
	if kind.Known && kind.Value != "" && kind.Value != serviceControl {
		b.otherTypes[o.address] = true
		return
	}
	c := &model.Control{Entity: b.entity(o, "name"), Unit: b.unit, Document: b.document(o, "content", iam.ServiceControlDocument)}
	c.Maybe = c.Maybe || !kind.IsZero() && !kind.Known
	if c.Document == nil {
		c.Document = unheld(c.Range)
	}
	b.unit.Controls = append(b.unit.Controls, c)
}

func unheld(r source.Range) *iam.Document {
	return &iam.Document{Kind: iam.ServiceControlDocument, Unknown: true, Reason: "the service control policy is not in the scan", Range: r}
}

// A controlTarget attaches a policy of an organization to one of its parts.
type controlTarget struct {
	o          *object
	policy, to model.Ref
}

func (b *builder) controlAttachment(o *object) {
	for _, policy := range b.oneOf(o, "policy_id") {
		for _, to := range b.holders(o, "target_id") {
			to.Maybe = to.Maybe || o.maybe || policy.Maybe
			b.controls = append(b.controls, controlTarget{o, policy, to})
		}
	}
}

// attachControls joins the attachments to their policies. What attaches a
// policy that the scan does not hold is a control whose document is unknown:
// it may deny. The policy that AWS attaches by itself denies nothing.
func (b *builder) attachControls() {
	for _, t := range b.controls {
		if b.otherTypes[t.policy.Address] || t.policy.Value.Value == "p-FullAWSAccess" {
			continue
		}
		c := b.controlAt(t.policy.Address)
		if c == nil {
			c = &model.Control{Entity: b.entity(t.o, ""), Unit: b.unit, Document: unheld(t.policy.Value.Range)}
			c.Name = t.policy.Value
			b.unit.Controls = append(b.unit.Controls, c)
		}
		c.Targets = append(c.Targets, t.to)
	}
}

func (b *builder) controlAt(address string) *model.Control {
	for _, c := range b.unit.Controls {
		if c.Address == address {
			return c
		}
	}
	return nil
}
