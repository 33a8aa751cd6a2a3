// Package indent writes values as the JSON of reports.
package indent

import (
	"encoding/json"
	"fmt"
	"io"
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
