package cases

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (r *reader) policies(c *Case, v *source.Value) {
	p := &c.Policies
	r.object(v, "policies",
		member{"identity", func(v *source.Value) {
			p.Identity = append(p.Identity, r.documents(c, v, iam.IdentityDocument)...)
		}},
		member{"identity_raw", func(v *source.Value) { p.Identity = append(p.Identity, r.texts(c, v)...) }},
		member{"groups", func(v *source.Value) { p.Groups = r.documents(c, v, iam.IdentityDocument) }},
		r.document("boundary", c, &p.Boundary, iam.BoundaryDocument),
		r.document("session", c, &p.Session, iam.SessionDocument),
		member{"scp", func(v *source.Value) { p.SCP = r.levels(c, v, iam.ServiceControlDocument) }},
		member{"rcp", func(v *source.Value) { p.RCP = r.levels(c, v, iam.ResourceControlDocument) }},
		r.document("resource", c, &p.Resource, iam.ResourceDocument),
		r.document("trust", c, &p.Trust, iam.TrustDocument),
		r.document("endpoint", c, &p.Endpoint, iam.ResourceDocument),
	)
}

// document reads a member that is one document.
func (r *reader) document(name string, c *Case, dst **iam.Document, kind iam.DocumentKind) member {
	return member{name, func(v *source.Value) { *dst = r.read(c, v, kind) }}
}

func (r *reader) read(c *Case, v *source.Value, kind iam.DocumentKind) *iam.Document {
	d := iam.ReadStrict(r.unmark(v), kind)
	if d != nil {
		c.Documents = append(c.Documents, d)
	}
	return d
}

// documents are one document or a list of them.
func (r *reader) documents(c *Case, v *source.Value, kind iam.DocumentKind) []*iam.Document {
	var out []*iam.Document
	for _, e := range v.Elements() {
		if d := r.read(c, e, kind); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// texts are documents as text, for what the syntax of a case cannot say: a
// name that is written twice, text that is no JSON.
func (r *reader) texts(c *Case, v *source.Value) []*iam.Document {
	for _, e := range v.Elements() {
		if e.Kind != source.Str {
			r.errorf(e.Range, "identity_raw is a list of documents as text")
			return nil
		}
	}
	return r.documents(c, v, iam.IdentityDocument)
}

// levels are lists of documents from the organisation's root down to the
// account.
func (r *reader) levels(c *Case, v *source.Value, kind iam.DocumentKind) [][]*iam.Document {
	if v.Kind != source.List {
		r.errorf(v.Range, "organisation policies are a list of levels, the root first")
		return nil
	}
	out := make([][]*iam.Document, 0, len(v.Items))
	for _, level := range v.Items {
		out = append(out, r.documents(c, level, kind))
	}
	return out
}

const (
	unknownMember = "$unknown"
	concatMember  = "$concat"
)

// unmark turns {"$unknown": ref}, a value of which nothing is known, and
// {"$concat": [...]}, a text in parts some of which are not known, into holes.
func (r *reader) unmark(v *source.Value) *source.Value {
	if m, ok := r.marker(v); ok {
		if m.Name.Value == unknownMember {
			return source.UnreadValue(m.Value.Text().Value, v.Range)
		}
		return r.concat(m.Value, v.Range)
	}
	out := *v
	out.Items, out.Members = nil, nil
	for _, i := range v.Items {
		out.Items = append(out.Items, r.unmark(i))
	}
	for _, m := range v.Members {
		out.Members = append(out.Members, source.Member{Name: m.Name, Value: r.unmark(m.Value)})
	}
	return &out
}

// marker is the one member of an object that stands for something unknown.
func (r *reader) marker(v *source.Value) (source.Member, bool) {
	for _, m := range v.Members {
		name := m.Name.Value
		switch {
		case !strings.HasPrefix(name, "$"):
		case name != unknownMember && name != concatMember:
			r.errorf(m.Name.Range, "unknown marker %q (one of %s, %s)", name, unknownMember, concatMember)
		case len(v.Members) > 1:
			r.errorf(m.Name.Range, "%s stands alone in its object", name)
		case name == unknownMember && !m.Value.IsScalar():
			r.errorf(m.Value.Range, "%s names what is not known", name)
		default:
			return m, true
		}
	}
	return source.Member{}, false
}

func (r *reader) concat(v *source.Value, rng source.Range) *source.Value {
	var b strings.Builder
	for _, part := range v.Elements() {
		p := r.unmark(part)
		if !p.IsScalar() && p.Kind != source.Unread {
			r.errorf(part.Range, "%s is a list of texts and %s", concatMember, unknownMember)
		}
		b.WriteString(p.Text().Value)
	}
	return source.StringValue(source.NewString(b.String(), rng))
}
