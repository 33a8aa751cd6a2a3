package cloudformation

import (
	"path"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A placed is where a resource has its template from: a file at hand, or else
// missing says where it is. assumed says what was taken for granted.
type placed struct {
	doc              *document
	at               source.Range
	missing, assumed string
}

// locate finds the template of a nested stack. A local path is relative to
// the calling template, as "aws cloudformation package" and SAM take it.
func (e *evaluator) locate(res *resource) placed {
	raw := res.properties.Get("TemplateURL")
	if raw == nil {
		return placed{missing: "nothing says what it is made of"}
	}
	if asset := assetPath(res); asset.Value != "" {
		return e.local(asset, res)
	}
	v := e.eval(raw)
	if !v.IsScalar() {
		return placed{missing: "which template it is made of is not known"}
	}
	s := v.Text()
	switch {
	case isRemote(s.Value):
		return e.byTail(s)
	case s.Known:
		return e.local(s, res)
	}
	return placed{missing: "which template it is made of depends on " + s.Show()}
}

// assetPath is the file of a template that the CDK publishes as an asset, as
// the resource's metadata name it ("aws:asset:path").
func assetPath(res *resource) source.String {
	m := res.body.Get("Metadata")
	if p := m.Get("aws:asset:property").Text(); p.Value != "" && p.Value != "TemplateURL" {
		return source.String{}
	}
	return m.Get("aws:asset:path").Text()
}

// isRemote reports whether a location is a URL of another place than the file
// system. A host may be unknown.
func isRemote(s string) bool {
	for _, scheme := range []string{"https://", "http://", "s3://"} {
		if strings.HasPrefix(s, scheme) {
			return true
		}
	}
	return source.HasMark(s) && strings.Contains(s, "/") && !strings.HasPrefix(s, "file:")
}

// local is a file of the repository.
func (e *evaluator) local(s source.String, res *resource) placed {
	doc, err := e.t.lib.beside(e.t.file.Path, s.Value)
	name := source.Show(res.id.Value)
	switch {
	case err != nil:
		e.t.errorf(s.Range, "%s, the template of the nested stack %s, %v", s.Show(), name, err)
	case !isTemplate(doc.file):
		e.t.errorf(s.Range, "%s, the template of the nested stack %s, is no template", s.Show(), name)
	default:
		return placed{doc: doc, at: s.Range}
	}
	return placed{} // what was told is enough
}

// byTail is the one template of the scan whose path ends as a URL does: what
// is published under a prefix keeps its path below it.
func (e *evaluator) byTail(s source.String) placed {
	tail := s.Value
	if i := strings.LastIndex(tail, "://"); i >= 0 {
		tail = tail[i+len("://"):]
	}
	pieces := source.Pieces(tail)
	if last := pieces[len(pieces)-1]; last.IsHole() {
		tail = ""
	} else {
		tail = last.Text
	}
	tail, _, _ = strings.Cut(tail, "?")
	if name := e.t.lib.asset(tail, e.t.file.Path); name != "" {
		doc, err := e.t.lib.open(name)
		if err == nil {
			return placed{doc: doc, at: s.Range}
		}
	}
	found := e.t.lib.endingIn(tail, e.t.file.Path)
	switch {
	case len(found) == 1:
		doc, err := e.t.lib.open(found[0])
		if err == nil {
			return placed{doc: doc, at: s.Range, assumed: "it is " + found[0]}
		}
	case len(found) > 1:
		return placed{missing: "its template " + s.Show() + " may be " + found[0] + " or another one of the scan"}
	}
	return placed{missing: "its template " + s.Show() + " is not in the scan"}
}

// asset is the template that a template of an assembly publishes as a key.
func (l *library) asset(key, by string) string {
	if l == nil {
		return ""
	}
	return l.made.asset(key, by)
}

// endingIn are the templates whose path ends in as much of a tail as any does,
// by whole elements. By its last element alone a file counts only where it
// stands beside the caller: a name such as template.yaml says little.
func (l *library) endingIn(tail, caller string) []string {
	if l == nil || tail == "" {
		return nil
	}
	for tail = strings.TrimPrefix(tail, "/"); tail != ""; {
		var out []string
		for _, p := range l.ends()[path.Base(tail)] {
			told := strings.Contains(tail, "/") || path.Dir(p) == path.Dir(caller)
			if told && p != caller && strings.HasSuffix("/"+p, "/"+tail) {
				out = append(out, p)
			}
		}
		if len(out) > 0 {
			return out
		}
		_, rest, more := strings.Cut(tail, "/")
		if !more {
			break
		}
		tail = rest
	}
	return nil
}
