package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A handed is a policy that a module gets whose source is not at hand.
type handed struct {
	b      *builder
	policy *model.Policy
	text   string // of the document
}

// handedPolicies are the policy documents that a module gets whose source is
// not at hand. Whom it gives them to is not known, so they are policies that
// nothing in the scan attaches.
func (b *builder) handedPolicies(inst *instance, c *call) {
	_, keys := b.e.repeat(c.block, inst.sc, inst.address("module."+c.name))
	for _, name := range sortedKeys(c.block.Body.Attributes) {
		if isMetaArgument(name) {
			continue
		}
		for _, k := range keys {
			for _, s := range b.e.handedDocuments(site{c.block.Body.Attributes[name].Expr, k.sc}) {
				b.handedPolicy(inst, c, name, b.e.document(s.expr, s.sc))
			}
		}
	}
}

// isMetaArgument reports whether an argument of a module block is the
// language's and not the module's ("Module Blocks").
func isMetaArgument(name string) bool {
	switch name {
	case "source", "version", "providers", "count", "for_each", "depends_on":
		return true
	}
	return false
}

// handedDocuments are the expressions of an argument that write a policy
// document: the argument, or elements of a list.
func (e *evaluator) handedDocuments(s site) []site {
	list := e.elements(s)
	if list == nil {
		list = []site{s}
	}
	var out []site
	for _, item := range list {
		v, err := e.eval(item.expr, item.sc)
		if err == nil && isText(v) && strings.HasPrefix(strings.TrimSpace(v.AsString()), "{") && strings.Contains(v.AsString(), `"Statement"`) {
			out = append(out, item)
		}
	}
	return out
}

// handedPolicy keeps a document that reads as an identity policy: one with a
// principal guards something, or says who may assume a role.
func (b *builder) handedPolicy(inst *instance, c *call, argument string, t *source.Value) {
	if t == nil || !isIdentityPolicy(t) {
		return
	}
	header := b.e.rng(headerRange(c.block))
	address := inst.address("module." + c.name + "." + argument)
	p := &model.Policy{Kind: model.Customer, Unit: b.unit, Document: iam.Read(settle(b.local(t)), iam.IdentityDocument)}
	p.Entity = model.Entity{
		Address: address, Range: header, Block: b.e.rng(blockRange(c.block)), Module: inst.causes,
		Name:  source.NewString(hole(source.HoleName, address), header),
		Maybe: true, When: fmt.Sprintf("module %q makes a policy of it", c.name),
	}
	b.reading.handed = append(b.reading.handed, handed{b, p, asText(t).JSON()})
}

func isIdentityPolicy(t *source.Value) bool {
	statements := t.Get("Statement").Elements()
	for _, s := range statements {
		if s.Get("Effect") == nil || s.Get("Principal") != nil || s.Get("NotPrincipal") != nil {
			return false
		}
	}
	return len(statements) > 0
}

// keepHanded adds the policies that modules get whose source is not at hand,
// but for documents that a resource of the root module holds: one document is
// told once.
func (r *reading) keepHanded() {
	told := map[string]bool{}
	for _, h := range r.handed {
		key := h.policy.Document.Range.String() + h.text
		if !told[key] && !r.holds(h.policy.Document) {
			h.b.unit.Policies = append(h.b.unit.Policies, h.policy)
		}
		told[key] = true
	}
}

// hold notes where the statements of a resource's document stand.
func (r *reading) hold(d *iam.Document) {
	for _, s := range d.Statements {
		r.held[s.Range] = true
	}
}

// holds reports whether some resource holds all statements of a document.
func (r *reading) holds(d *iam.Document) bool {
	return !slices.ContainsFunc(d.Statements, func(s *iam.Statement) bool { return !r.held[s.Range] })
}
