package access

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// statementID identifies a statement within its document.
func statementID(unit *model.Unit, doc *iam.Document, st *iam.Statement) string {
	if st.Sid.Known && st.Sid.Value != "" && uniqueSid(doc, st) {
		return "sid:" + st.Sid.Value
	}
	sum := sha256.Sum256([]byte(Canonical(unit, st)))
	return "hash:" + hex.EncodeToString(sum[:8])
}

func uniqueSid(doc *iam.Document, st *iam.Statement) bool {
	for _, o := range doc.Statements {
		if o != st && o.Sid.Value == st.Sid.Value {
			return false
		}
	}
	return true
}

// Canonical writes a statement so that equal meaning gives equal text from
// every input: order inside lists is free, the case of actions too, and the
// own account, regions and partitions are left open.
func Canonical(unit *model.Unit, st *iam.Statement) string {
	c := canon{account: unit.Account}
	var b strings.Builder
	b.WriteString([...]string{"?", "Allow", "Deny"}[st.Effect])
	actions := make([]string, 0, len(st.Actions))
	for _, a := range st.Actions {
		actions = append(actions, strings.ToLower(c.text(a.Value)))
	}
	section(&b, "Action", st.NotAction, actions)
	resources := make([]string, 0, len(st.Resources))
	for _, r := range st.Resources {
		resources = append(resources, c.text(r.Value))
	}
	section(&b, "Resource", st.NotResource, resources)
	principals := make([]string, 0, len(st.Principals))
	for _, p := range st.Principals {
		principals = append(principals, c.principal(p))
	}
	section(&b, "Principal", st.NotPrincipal, principals)
	conditions := make([]string, 0, len(st.Conditions))
	for _, t := range st.Conditions {
		conditions = append(conditions, c.condition(t))
	}
	section(&b, "Condition", false, conditions)
	return b.String()
}

func section(b *strings.Builder, name string, not bool, items []string) {
	slices.Sort(items)
	items = slices.Compact(items)
	b.WriteByte('\n')
	if not {
		b.WriteString("Not")
	}
	b.WriteString(name)
	for _, i := range items {
		b.WriteString("\n\t")
		b.WriteString(i)
	}
}

type canon struct{ account string }

func (c canon) principal(p iam.Principal) string {
	if p.Kind == iam.AnyPrincipal {
		return "*"
	}
	s := c.text(p.Value.Value)
	if p.Kind == iam.AWSPrincipal && !strings.Contains(s, ":") {
		s = "arn:P:iam::" + s + ":root"
	}
	return [...]string{"", "AWS", "Service", "Federated", "CanonicalUser", ""}[p.Kind] + " " + s
}

func (c canon) condition(t iam.Condition) string {
	values := make([]string, 0, len(t.Values))
	for _, v := range t.Values {
		values = append(values, c.text(v.Value))
	}
	slices.Sort(values)
	return strings.ToLower(t.Operator.Value+" "+t.Key.Value) + " " + strings.Join(values, "\x1f")
}

// text leaves the own account, regions and partitions of a text open.
func (c canon) text(s string) string {
	s = source.ReplaceMarks(s, func(kind source.HoleKind, label string) string {
		switch kind {
		case source.HoleSelf:
			return "SELF"
		case source.HoleRegion:
			return "R"
		case source.HolePartition:
			return "P"
		}
		return "<" + string(kind) + ">"
	})
	if c.account != "" {
		s = strings.ReplaceAll(s, c.account, "SELF")
	}
	if !strings.HasPrefix(s, "arn:") {
		return s
	}
	f := strings.SplitN(s, ":", 6)
	if len(f) < 6 {
		return s
	}
	if strings.HasPrefix(f[1], "aws") {
		f[1] = "P"
	}
	if isRegion(f[3]) {
		f[3] = "R"
	}
	return strings.Join(f, ":")
}
