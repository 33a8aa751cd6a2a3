package source

// A String is a scalar with its place. Value may hold holes (see Hole); it
// is Known when it holds none.
type String struct {
	Value string
	Known bool
	// Range is the token as written, quotes included, or the expression
	// that brings the value from elsewhere.
	Range Range
	// Origin is where the text itself was written when that is another
	// place than Range: a variable's default, a mapping entry, a local.
	Origin Range
}

// NewString returns the String of a value, known unless it holds marks.
func NewString(value string, r Range) String {
	return String{Value: value, Known: !HasMark(value), Range: r}
}

// Unknown returns the String of which only a hole's label is known.
func Unknown(kind HoleKind, label string, r Range) String {
	return String{Value: Hole(kind, label), Range: r}
}

// IsZero reports whether the string is absent: no value and no place.
func (s String) IsZero() bool { return s == String{} }

// Is reports whether the value is known and equal to v.
func (s String) Is(v string) bool { return s.Known && s.Value == v }

// Show is the value for people (see Show).
func (s String) Show() string { return Show(s.Value) }

// Place is the origin where there is one, else the range.
func (s String) Place() Range {
	if !s.Origin.IsZero() {
		return s.Origin
	}
	return s.Range
}
