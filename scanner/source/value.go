package source

// A Kind is the kind of a Value.
type Kind uint8

// The kinds of Value.
const (
	// Unread is a value of which nothing is known, not even its kind.
	Unread Kind = iota
	Null
	Bool
	Number
	Str
	List
	Object
)

// A Value is a tree of values with ranges, whichever syntax it was written
// in: JSON, HCL, YAML, or JSON inside a string of one of these.
type Value struct {
	Kind Kind
	// Maybe says that the value is there only under a condition that
	// could not be decided.
	Maybe bool
	// Scalar is the text of a Bool, Number or string, and for Unread a
	// hole that says what would fill it. Its Range equals Range.
	Scalar String
	// Range is the whole value as written, or the expression that brings it.
	Range Range
	// Origin is where the value was written when that is another place.
	Origin Range
	// Items are the elements of a List.
	Items []*Value
	// Members are those of an Object, in the order written, repeated names kept.
	Members []Member
	// Within is the innermost call that brings the value about; nil for what
	// no call does, and for what is no statement of a policy.
	Within *Call
}

// A Call is a place that brings about what a part of the input says, such as
// the call of a module, which may be called elsewhere too.
type Call struct {
	Range   Range
	Message string
	Outer   *Call
}

// A Member is a name and value of an Object.
type Member struct {
	Name  String
	Value *Value
}

// Get returns the value of the last member of that name, or nil.
func (v *Value) Get(name string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name.Value == name {
			return v.Members[i].Value
		}
	}
	return nil
}

// Member returns the last member of that name.
func (v *Value) Member(name string) (Member, bool) {
	if v != nil && v.Kind == Object {
		for i := len(v.Members) - 1; i >= 0; i-- {
			if v.Members[i].Name.Value == name {
				return v.Members[i], true
			}
		}
	}
	return Member{}, false
}

// Elements are the items of a List, and for any other value the value
// itself, as IAM reads "one or a list of one or more". A nil or Null value
// has none.
func (v *Value) Elements() []*Value {
	switch {
	case v == nil || v.Kind == Null:
		return nil
	case v.Kind == List:
		return v.Items
	}
	return []*Value{v}
}

// IsScalar reports whether the value is a string, number or boolean.
func (v *Value) IsScalar() bool {
	return v != nil && (v.Kind == Str || v.Kind == Number || v.Kind == Bool)
}

// Text returns the text of a scalar, or the zero String.
func (v *Value) Text() String {
	if v == nil || (!v.IsScalar() && v.Kind != Unread) {
		return String{}
	}
	s := v.Scalar
	if s.Origin.IsZero() {
		s.Origin = v.Origin
	}
	return s
}

// StringValue returns a string value.
func StringValue(s String) *Value {
	return &Value{Kind: Str, Scalar: s, Range: s.Range, Origin: s.Origin}
}

// UnreadValue returns a value of which nothing is known; label says what
// would fill it.
func UnreadValue(label string, r Range) *Value {
	return &Value{Kind: Unread, Scalar: Unknown(HoleFree, label, r), Range: r}
}
