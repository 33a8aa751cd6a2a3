package cloudformation

import (
	"slices"
	"time"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// suppressions are those that resources of the template, and of those nested in
// it, carry as metadata:
//
//	Metadata:
//	  iamwatch:
//	    ignore:
//	    - rule: IW202
//	      reason: break-glass role
//	      expires: 2027-03-31
func (t *template) suppressions() []*scanner.Suppression {
	var out []*scanner.Suppression
	for _, one := range append([]*template{t}, t.nested...) {
		resources := one.root.Get("Resources")
		if resources == nil {
			continue
		}
		for _, m := range resources.Members {
			block := m.Name.Range.Join(m.Value.Range)
			for _, entry := range m.Value.Get("Metadata").Get("iamwatch").Get("ignore").Elements() {
				out = append(out, t.suppression(entry, block)...)
			}
		}
	}
	return out
}

// suppression reads one entry; what it does not mean is told.
func (t *template) suppression(entry *source.Value, block source.Range) []*scanner.Suppression {
	s := &scanner.Suppression{Rule: entry.Text(), Range: entry.Range, Block: block}
	if entry.Kind == source.Object {
		s.Rule, s.Reason = entry.Get("rule").Text(), entry.Get("reason").Text().Value
	}
	for _, m := range entry.Members {
		if !slices.Contains([]string{"rule", "reason", "expires"}, m.Name.Value) {
			t.diagnostics = append(t.diagnostics, source.Warningf(m.Name.Range, "an ignore has no key %q: it has rule, reason and expires", source.Show(m.Name.Value)))
		}
	}
	if day := entry.Get("expires"); day != nil {
		var err error
		if s.Expires, err = time.Parse(time.DateOnly, day.Text().Value); err != nil {
			t.diagnostics = append(t.diagnostics, source.Warningf(day.Range, "this ignores nothing: its last day is not written as YYYY-MM-DD"))
			return nil
		}
	}
	return []*scanner.Suppression{s}
}
