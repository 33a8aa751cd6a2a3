package cases

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/parsers/internal/yamltree"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Read returns the cases of a file in their order, and diagnostics of what is
// no case: a case with a fault is left out. JSON is told from YAML by its first
// byte. A policy that AWS would refuse is no fault of the file.
func Read(file *source.Source) ([]*Case, []source.Diagnostic) {
	v, diags := tree(file)
	r := &reader{diags: diags, seen: map[string]bool{}}
	if v == nil || len(diags) > 0 {
		return nil, r.diags
	}
	if v.Kind != source.List {
		r.errorf(v.Range, "a file of cases is a list of objects")
		return nil, r.diags
	}
	out := make([]*Case, 0, len(v.Items))
	for _, item := range v.Items {
		before := len(r.diags)
		if c := r.readCase(item); len(r.diags) == before {
			out = append(out, c)
		}
	}
	return out, r.diags
}

// tree is a file's value, nil for one that holds nothing.
func tree(file *source.Source) (*source.Value, []source.Diagnostic) {
	if source.HasMarkBytes(file.Bytes()) {
		return nil, []source.Diagnostic{source.Errorf(file.Range(0, 0), "the noncharacters U+FDD0 and U+FDD1 are not accepted")}
	}
	if source.LooksLikeJSON(file.Bytes()) {
		return source.ReadJSON(file.Text())
	}
	r := yamltree.New(file)
	docs, err := yamltree.LoadAll(file.Bytes())
	if err != nil {
		d, _ := r.Fault(err)
		return nil, []source.Diagnostic{d}
	}
	if len(docs) > 1 {
		at := r.Offset(docs[1].Line, docs[1].Column)
		return nil, []source.Diagnostic{source.Errorf(file.Range(at, at+1), "read YAML: a second document; a file of cases is one list")}
	}
	if len(docs) == 0 || len(docs[0].Content) == 0 {
		return nil, nil
	}
	v := r.Value(docs[0].Content[0])
	if v.Kind == source.Null {
		return nil, r.Diagnostics
	}
	return v, r.Diagnostics
}

// A reader reads the cases of one file.
type reader struct {
	diags []source.Diagnostic
	// seen are the ids so far.
	seen map[string]bool
}

func (r *reader) errorf(rng source.Range, format string, args ...any) {
	r.diags = append(r.diags, source.Errorf(rng, format, args...))
}

// A member is one that an object may have.
type member struct {
	name string
	read func(*source.Value)
}

// object reads the members of an object; one that is null counts as absent.
func (r *reader) object(v *source.Value, what string, members ...member) {
	if v.Kind != source.Object {
		r.errorf(v.Range, "%s is an object", what)
		return
	}
	r.repeated(v, what)
	for _, m := range v.Members {
		i := slices.IndexFunc(members, func(k member) bool { return k.name == m.Name.Value })
		switch {
		case i < 0:
			r.errorf(m.Name.Range, "unknown member %q of %s (one of %s)", m.Name.Value, what, namesOf(members))
		case m.Value.Kind != source.Null:
			members[i].read(m.Value)
		}
	}
}

func (r *reader) repeated(v *source.Value, what string) {
	for _, m := range v.Repeated() {
		r.errorf(m.Name.Range, "%q is written twice in %s", m.Name.Value, what)
	}
}

func namesOf(members []member) string {
	names := make([]string, 0, len(members))
	for _, m := range members {
		names = append(names, m.name)
	}
	return strings.Join(names, ", ")
}

// text reads a member that is a text into dst; numbers and booleans have
// theirs.
func (r *reader) text(name string, dst *source.String) member {
	return member{name, func(v *source.Value) {
		if !v.IsScalar() {
			r.errorf(v.Range, "%s is a text", name)
			return
		}
		*dst = v.Text()
	}}
}

// plain reads a member that is a text without its place.
func (r *reader) plain(name string, dst *string) member {
	return member{name, func(v *source.Value) {
		var s source.String
		r.text(name, &s).read(v)
		*dst = s.Value
	}}
}

// boolean reads a member that is true or false.
func (r *reader) boolean(name string, set func(bool)) member {
	return member{name, func(v *source.Value) {
		s := v.Text().Value
		if !v.IsScalar() || s != "true" && s != "false" {
			r.errorf(v.Range, "%s is true or false", name)
			return
		}
		set(s == "true")
	}}
}

// word reads a member that is one of some words, by its place among them.
func (r *reader) word(name string, words []string, set func(int)) member {
	return member{name, func(v *source.Value) {
		i := slices.Index(words, v.Text().Value)
		if i < 0 {
			r.errorf(v.Range, "%s is one of %s", name, strings.Join(words, ", "))
			return
		}
		set(i)
	}}
}

func (r *reader) readCase(v *source.Value) *Case {
	c := &Case{Range: v.Range}
	var request, expected *source.Value
	r.object(v, "a case",
		r.text("id", &c.ID),
		member{"policies", func(v *source.Value) {
			c.HasPolicies = true
			r.policies(c, v)
		}},
		member{"request", func(v *source.Value) { request = v }},
		member{"expected", func(v *source.Value) { expected = v }},
		r.word("deny_kind", []string{"explicit", "implicit"}, func(i int) { c.DenyKind = ExplicitDeny + DenyKind(i) }),
		r.boolean("parse_error", func(b bool) {
			c.ParseError = Accepted
			if b {
				c.ParseError = Refused
			}
		}),
		r.plain("why", &c.Why), r.plain("source", &c.Source), r.plain("certainty", &c.Certainty),
	)
	if v.Kind == source.Object {
		r.identify(c)
		r.request(c, request)
		r.expected(c, expected)
	}
	return c
}

// identify demands an id that no case before has.
func (r *reader) identify(c *Case) {
	switch {
	case c.ID.Value == "":
		r.errorf(head(c.Range), "a case has an id")
	case r.seen[c.ID.Value]:
		r.errorf(c.ID.Range, "a case before has the id %q", c.ID.Value)
	}
	r.seen[c.ID.Value] = true
}

// head is the start of a range: what lacks something has no better place.
func head(r source.Range) source.Range {
	return r.Source.Range(r.Start(), r.Start()+1)
}

func (r *reader) expected(c *Case, v *source.Value) {
	if v == nil {
		r.errorf(head(c.Range), "case %q lacks expected: allowed, denied or conditional", c.ID.Value)
		return
	}
	results := []iam.Result{iam.Allowed, iam.Denied, iam.Conditional}
	words := make([]string, 0, len(results))
	for _, res := range results {
		words = append(words, res.String())
	}
	r.word("expected", words, func(i int) { c.Expected = results[i] }).read(v)
	c.ExpectedRange = v.Range
	if c.DenyKind != AnyDeny && c.Expected != iam.Denied {
		r.errorf(v.Range, "deny_kind is of a denial, and expected is %s", c.Expected)
	}
}
