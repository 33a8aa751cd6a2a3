// Package indent writes values as the JSON of reports.
package indent

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Write writes v indented, with HTML as it is and one newline at the end.
// format names the report in the error, which is the writer's.
func Write[T any](w io.Writer, format string, v T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode %s: %w", format, err)
	}
	return nil
}

// Each maps a list; the answer is never nil, which JSON would spell null.
func Each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}

// A Location is a place in a report. It counts lines and columns from 1, columns
// in UTF-16 units, and its offset and length in bytes.
type Location struct {
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Offset    int    `json:"offset"`
	Length    int    `json:"length"`
}

// At is the location of a range, nil for no place.
func At(r source.Range) *Location {
	if r.IsZero() {
		return nil
	}
	r = r.Own()
	from, to := r.From(), r.To()
	return &Location{clean.Line(r.Path()), from.Line, from.Column, to.Line, to.Column, r.Start(), r.Len()}
}
