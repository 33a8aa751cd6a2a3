package terraform

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) roleExclusive(o *object)  { b.exclusiveList(o, model.Role, "role_name") }
func (b *builder) userExclusive(o *object)  { b.exclusiveList(o, model.User, "user_name") }
func (b *builder) groupExclusive(o *object) { b.exclusiveList(o, model.Group, "group_name") }

// A managedList names all managed policies of an identity.
type managedList struct {
	o    *object
	kind model.IdentityKind
	to   model.Ref
	list []*model.LooseAttachment
	sure bool // the list is known
}

// exclusiveList names all managed policies of an identity. It attaches those
// that no other resource does, and detaches those that it does not name.
func (b *builder) exclusiveList(o *object, kind model.IdentityKind, attr string) {
	m := managedList{o: o, kind: kind, to: must(b.ref(o, attr))}
	arns, sure := b.refs(o, "policy_arns")
	m.sure = sure
	for _, r := range arns {
		a := b.attachment(o, r)
		m.list = append(m.list, &model.LooseAttachment{Kind: kind, To: m.to, Managed: a, Block: a.Block})
	}
	b.managedLists = append(b.managedLists, m)
}

func sameRef(a, b model.Ref) bool {
	if a.Address != "" && b.Address != "" {
		return a.Address == b.Address
	}
	return a.Value.Value == b.Value.Value
}

func (b *builder) applyManagedLists() {
	for _, m := range b.managedLists {
		id := b.declared(m.kind, m.to)
		others := b.unlisted(m, id)
		open := m.open()
		if !m.sure || open > len(others) {
			if id != nil && id.Incomplete == "" {
				id.Incomplete = "policy_arns of " + m.o.address + " is not known"
			}
		}
		if m.sure && open == 0 && !m.o.maybe {
			for _, a := range others {
				a.Maybe = true // it depends on what is applied last
			}
			if id != nil {
				id.AllManaged = true
			}
		}
		for _, x := range m.list {
			if !openEntry(x) && !b.attached(x, id) {
				b.attach(x)
			}
		}
	}
}

// open counts the entries of which nobody knows which policy they name. They
// are taken for policies that something else attaches, as far as there are
// enough of these: what the list does not name would be detached.
func (m managedList) open() int {
	n := 0
	for _, x := range m.list {
		if openEntry(x) {
			n++
		}
	}
	return n
}

func openEntry(x *model.LooseAttachment) bool {
	return x.Managed.Policy.Address == "" && !x.Managed.Policy.Value.Known && !strings.Contains(x.Managed.Policy.Value.Value, ":policy/")
}

// unlisted are the attachments to an identity that a list does not name.
func (b *builder) unlisted(m managedList, id *model.Identity) []*model.Attachment {
	listed := func(a *model.Attachment) bool {
		return slices.ContainsFunc(m.list, func(x *model.LooseAttachment) bool { return sameRef(a.Policy, x.Managed.Policy) })
	}
	var out []*model.Attachment
	for _, a := range b.unit.Attachments {
		if a.Managed != nil && a.Kind == m.kind && sameRef(a.To, m.to) && !listed(a.Managed) {
			out = append(out, a.Managed)
		}
	}
	if id != nil {
		for _, a := range id.Managed {
			if !listed(a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// declared is the identity of the unit that a reference names, nil for none.
func (b *builder) declared(kind model.IdentityKind, r model.Ref) *model.Identity {
	for _, id := range b.unit.Identities {
		if id.Kind == kind && (r.Address != "" && id.Address == r.Address || r.Address == "" && id.Name.Value == r.Value.Value) {
			return id
		}
	}
	return nil
}

// attached reports whether a resource or the identity itself attaches the
// same policy.
func (b *builder) attached(x *model.LooseAttachment, id *model.Identity) bool {
	for _, a := range b.unit.Attachments {
		if a.Managed != nil && a.Kind == x.Kind && sameRef(a.To, x.To) && sameRef(a.Managed.Policy, x.Managed.Policy) {
			return true
		}
	}
	return id != nil && slices.ContainsFunc(id.Managed, func(a *model.Attachment) bool { return sameRef(a.Policy, x.Managed.Policy) })
}

// A soleAttachment is an aws_iam_policy_attachment: it detaches its policy
// from whom it does not name.
type soleAttachment struct{ to []*model.LooseAttachment }

// keeps reports whether the attachment names an identity.
func (s soleAttachment) keeps(kind model.IdentityKind, r model.Ref) bool {
	return slices.ContainsFunc(s.to, func(x *model.LooseAttachment) bool { return x.Kind == kind && sameRef(x.To, r) })
}

func (s soleAttachment) names(a *model.Attachment) bool {
	return slices.ContainsFunc(s.to, func(x *model.LooseAttachment) bool { return sameRef(x.Managed.Policy, a.Policy) })
}

// detachElsewhere marks the attachments that an aws_iam_policy_attachment of
// the same policy takes away, unless it is applied first.
func (b *builder) detachElsewhere() {
	for _, s := range b.onlyHere {
		for _, a := range b.unit.Attachments {
			if a.Managed != nil && s.names(a.Managed) && !s.keeps(a.Kind, a.To) {
				a.Managed.Maybe = true
			}
		}
		for _, id := range b.unit.Identities {
			if s.keeps(id.Kind, model.Ref{Value: id.Name, Address: id.Address}) {
				continue
			}
			for _, a := range id.Managed {
				a.Maybe = a.Maybe || s.names(a)
			}
		}
	}
}

func (b *builder) roleInlineExclusive(o *object)  { b.inlineList(o, model.Role, "role_name") }
func (b *builder) userInlineExclusive(o *object)  { b.inlineList(o, model.User, "user_name") }
func (b *builder) groupInlineExclusive(o *object) { b.inlineList(o, model.Group, "group_name") }

// inlineNames name all inline policies of an identity.
type inlineNames struct {
	o     *object
	kind  model.IdentityKind
	to    model.Ref
	names []source.String
	sure  bool // the list is known
}

func (b *builder) inlineList(o *object, kind model.IdentityKind, attr string) {
	refs, sure := b.refs(o, "policy_names")
	l := inlineNames{o: o, kind: kind, to: must(b.ref(o, attr)), sure: sure}
	for _, r := range refs {
		l.names = append(l.names, r.Value)
	}
	b.inlineLists = append(b.inlineLists, l)
}

// applyInlineLists marks the inline policies that are taken away, and the
// identities that hold one whose document is not in the scan.
func (b *builder) applyInlineLists() {
	for i := range b.inlineLists {
		l := &b.inlineLists[i]
		id := b.declared(l.kind, l.to)
		if !l.sure || id == nil || l.o.maybe {
			continue
		}
		id.AllInline = true
		l.apply(id, b.inlineOf(l.kind, l.to, id))
	}
}

// apply holds the inline policies of an identity against the list. A name
// that is a hole is that of the policy that has the same hole for a name.
func (l *inlineNames) apply(id *model.Identity, held []*model.Policy) {
	heldAs := func(name string) bool {
		return slices.ContainsFunc(held, func(p *model.Policy) bool { return p.Name.Value == name })
	}
	open := slices.ContainsFunc(l.names, func(n source.String) bool { return !n.Known && !heldAs(n.Value) })
	for _, p := range held {
		named := slices.ContainsFunc(l.names, func(n source.String) bool { return n.Value == p.Name.Value })
		if !named && !open && !p.Maybe {
			p.Maybe, p.When = true, "policy_names of "+l.o.address+" does not name it"
		}
	}
	for _, n := range l.names {
		if !heldAs(n.Value) {
			id.Incomplete = "inline policy " + model.Quoted(n.Show()) + " is not in the scan"
		}
	}
}

// inlineOf are the inline policies that the unit gives an identity.
func (b *builder) inlineOf(kind model.IdentityKind, to model.Ref, id *model.Identity) []*model.Policy {
	out := slices.Clone(id.Inline)
	for _, a := range b.unit.Attachments {
		if a.Inline != nil && a.Kind == kind && sameRef(a.To, to) {
			out = append(out, a.Inline)
		}
	}
	return out
}
