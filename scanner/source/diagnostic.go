package source

import "fmt"

// A Diagnostic says what could not be read, and where.
type Diagnostic struct {
	// Range is the place at fault; of an unreadable file, its start.
	Range Range
	// Message is one sentence without a final period.
	Message string
	// Warning says that all of the input was read all the same; any other
	// diagnostic makes the run incomplete.
	Warning bool
}

// Errorf returns a diagnostic of something that was not read.
func Errorf(r Range, format string, args ...any) Diagnostic {
	return Diagnostic{Range: r, Message: fmt.Sprintf(format, args...)}
}

// Warningf returns a diagnostic of something that was read, with doubt.
func Warningf(r Range, format string, args ...any) Diagnostic {
	return Diagnostic{Range: r, Message: fmt.Sprintf(format, args...), Warning: true}
}

// Error is path:line:column: message.
func (d Diagnostic) Error() string { return d.Range.String() + ": " + d.Message }
