// Package policy reads IAM policy documents that stand alone in a JSON file.
package policy

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// New returns the parser of bare policy documents. It keeps no state.
func New() scanner.Parser { return parser{} }

type parser struct{}

// Name is the input's name.
func (parser) Name() string { return model.PolicyFile.String() }

// maxSize bounds, in bytes, what can be a policy document. IAM stores at most
// 10,240 characters without white space ("IAM and AWS STS quotas"), other
// services at most 20,480.
const maxSize = 1 << 20

// Match reports whether a .json file is a policy document: an object with
// Statement, and either Version or statements with Effect. A damaged file
// matches if what can be read, or else its text, says so.
func (parser) Match(file *source.Source) bool {
	data := file.Bytes()
	if len(data) > maxSize || !strings.EqualFold(path.Ext(file.Path), ".json") || !source.LooksLikeJSON(data) {
		return false
	}
	if !bytes.Contains(data, []byte(`"Statement"`)) {
		return false
	}
	v, diags := source.ReadJSON(file.Text())
	if v == nil || v.Kind != source.Object || !onlyElements(v, len(diags) > 0) {
		return false
	}
	if len(diags) > 0 {
		return bytes.Contains(data, []byte(`"Effect"`))
	}
	statements := v.Get("Statement").Elements()
	if slices.ContainsFunc(statements, protectsData) {
		return false
	}
	return v.Get("Version") != nil || slices.ContainsFunc(statements, hasEffect)
}

// onlyElements reports whether an object has Statement, or if it is damaged,
// nothing that a policy document has not ("IAM JSON policy elements
// reference").
func onlyElements(v *source.Value, damaged bool) bool {
	if !damaged {
		return v.Get("Statement") != nil
	}
	return !slices.ContainsFunc(v.Members, func(m source.Member) bool {
		return m.Name.Value != "Version" && m.Name.Value != "Id" && m.Name.Value != "Statement"
	})
}

func hasEffect(v *source.Value) bool { return v.Get("Effect") != nil }

// protectsData reports whether a statement is one of a data protection policy,
// which looks like a policy document and grants nothing ("Syntax for data
// protection policies", Amazon CloudWatch Logs User Guide).
func protectsData(v *source.Value) bool { return v.Get("DataIdentifier") != nil }

// Plan makes one job of each file.
func (parser) Plan(_ *scanner.Env, files []*source.Source) []scanner.Job {
	jobs := make([]scanner.Job, 0, len(files))
	for _, f := range files {
		jobs = append(jobs, func(context.Context) scanner.Parsed { return read(f) })
	}
	return jobs
}

func read(f *source.Source) scanner.Parsed {
	v, diags := source.ReadJSON(f.Text())
	if len(diags) > 0 {
		return scanner.Parsed{Diagnostics: []source.Diagnostic{judge(f, diags[0])}}
	}
	name := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
	start := f.Range(v.Range.Start(), v.Range.Start()+1)
	p := &model.Policy{
		Entity: model.Entity{Name: source.NewString(name, start), Address: f.Path, Range: start, Block: v.Range},
		Kind:   model.Loose, Document: iam.Read(v, kindOf(v)),
	}
	return scanner.Parsed{Units: []*model.Unit{{
		Input: model.PolicyFile, Name: f.Path, Policies: []*model.Policy{p},
	}}}
}

// judge turns the fault of a template into a warning: what is put together by
// a program is no document yet.
func judge(f *source.Source, d source.Diagnostic) source.Diagnostic {
	rest := f.Bytes()[d.Range.Start():]
	for _, sign := range []string{"${", "%{", "{{", "<%"} {
		if bytes.HasPrefix(rest, []byte(sign)) {
			return source.Warningf(d.Range, "the file is a template of a policy document, which can be read only where it is rendered")
		}
	}
	return d
}

// kindOf tells by its statements where a document would be used: those of a
// trust policy name principals, no resources, and nothing but actions of STS.
func kindOf(v *source.Value) iam.DocumentKind {
	kind := iam.IdentityDocument
	for _, s := range v.Get("Statement").Elements() {
		switch {
		case s.Get("Principal") == nil && s.Get("NotPrincipal") == nil:
		case isTrust(s):
			return iam.TrustDocument
		default:
			kind = iam.ResourceDocument
		}
	}
	return kind
}

func isTrust(s *source.Value) bool {
	if s.Get("Resource") != nil || s.Get("NotResource") != nil {
		return false
	}
	actions := s.Get("Action").Elements()
	return len(actions) > 0 && !slices.ContainsFunc(actions, func(a *source.Value) bool {
		return !strings.HasPrefix(strings.ToLower(a.Text().Value), "sts:")
	})
}
