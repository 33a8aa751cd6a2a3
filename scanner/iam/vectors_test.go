package iam_test

import (
	"os"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// vectors is how many cases the file holds; one lost must not go unseen.
const vectors = 129

// TestVectors decides the acceptance cases, whose form IAM-SEMANTICS,
// section 9, sets out.
func TestVectors(t *testing.T) {
	data, err := os.ReadFile("../../testdata/vectors/iam-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	cases, diags := source.ReadJSON(source.New("iam-vectors.json", data).Text())
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if len(cases.Items) != vectors {
		t.Fatalf("%d cases, want %d", len(cases.Items), vectors)
	}
	for _, c := range cases.Items {
		t.Run(c.Get("id").Text().Value, func(t *testing.T) { runVector(t, c) })
	}
}

func runVector(t *testing.T, c *source.Value) {
	p, faulty := vectorPolicies(unmark(c.Get("policies")))
	d := iam.Decide(p, vectorRequest(c.Get("request")), cloudwatch.Facts{})
	if got, want := d.Result.String(), c.Get("expected").Text().Value; got != want {
		t.Errorf("%s, want %s: %s (tests %v)", got, want, c.Get("why").Text().Value, d.Tests)
	}
	if kind := c.Get("deny_kind"); kind != nil && d.Explicit != (kind.Text().Value == "explicit") {
		t.Errorf("explicit %v, want %s", d.Explicit, kind.Text().Value)
	}
	if want := c.Get("parse_error") != nil; want && !faulty {
		t.Error("no fault was found")
	}
	if (len(d.Tests) > 0) != (d.Result == iam.Conditional) {
		t.Errorf("%s with %d tests", d.Result, len(d.Tests))
	}
}

// unmark turns {"$unknown": ref} and {"$concat": [...]} into holes.
func unmark(v *source.Value) *source.Value {
	if v == nil {
		return nil
	}
	if ref := v.Get("$unknown"); ref != nil {
		return source.UnreadValue(ref.Text().Value, v.Range)
	}
	if parts := v.Get("$concat"); parts != nil {
		text := ""
		for _, p := range parts.Items {
			text += unmark(p).Text().Value
		}
		return source.StringValue(source.NewString(text, v.Range))
	}
	out := *v
	out.Items, out.Members = nil, nil
	for _, i := range v.Items {
		out.Items = append(out.Items, unmark(i))
	}
	for _, m := range v.Members {
		out.Members = append(out.Members, source.Member{Name: m.Name, Value: unmark(m.Value)})
	}
	return &out
}

func vectorPolicies(v *source.Value) (p iam.Policies, faulty bool) {
	read := func(v *source.Value, kind iam.DocumentKind) *iam.Document {
		d := iam.ReadStrict(v, kind)
		faulty = faulty || d != nil && d.Invalid
		return d
	}
	list := func(v *source.Value, kind iam.DocumentKind) (out []*iam.Document) {
		for _, d := range v.Elements() {
			out = append(out, read(d, kind))
		}
		return out
	}
	levels := func(v *source.Value, kind iam.DocumentKind) (out [][]*iam.Document) {
		for _, level := range v.Elements() {
			out = append(out, list(level, kind))
		}
		return out
	}
	p.Identity = append(list(v.Get("identity"), iam.IdentityDocument), list(v.Get("identity_raw"), iam.IdentityDocument)...)
	p.Groups = list(v.Get("groups"), iam.IdentityDocument)
	p.Boundary = read(v.Get("boundary"), iam.BoundaryDocument)
	p.Session = read(v.Get("session"), iam.SessionDocument)
	p.SCP = levels(v.Get("scp"), iam.ServiceControlDocument)
	p.RCP = levels(v.Get("rcp"), iam.ResourceControlDocument)
	p.Resource = read(v.Get("resource"), iam.ResourceDocument)
	p.Trust = read(v.Get("trust"), iam.TrustDocument)
	return p, faulty
}

func vectorRequest(v *source.Value) iam.Request {
	text := func(name string) string { return v.Get(name).Text().Value }
	r := iam.Request{
		Principal: text("principal"), Action: text("action"), Resource: text("resource"),
		ResourceAccount: text("resource_account"), RolePath: text("principal_role_path"), PrincipalID: text("principal_role_id"),
		ManagementAccount: text("principal_account_is_management") == "true",
		Context:           iam.Context{Open: text("context_mode") == "open"},
	}
	context := v.Get("context")
	if context == nil {
		return r
	}
	for _, m := range context.Members {
		k := iam.ContextKey{Name: m.Name.Value, Multi: m.Value.Kind == source.List}
		for _, e := range m.Value.Elements() {
			k.Values = append(k.Values, e.Text().Value)
		}
		r.Context.Keys = append(r.Context.Keys, k)
	}
	return r
}
