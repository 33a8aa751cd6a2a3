package terraform

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// fetchedBy is the user's own module call that a called module was fetched
// by: the outermost call of a module that is none of the user's.
func (e *evaluator) fetchedBy(parent *instance, c *call) source.Range {
	if !parent.by.IsZero() || !c.remote {
		return parent.by
	}
	return e.rng(headerRange(c.block))
}

// fetch takes the files of a fetched module in. Terraform fetches a module
// for each call anew, so a directory has one call.
func (e *evaluator) fetch(cfg *config, by source.Range) {
	e.fetched[packageDir(cfg.dir)] = by
	for name, f := range cfg.files {
		if have := e.files[name]; have == nil || have.Whole().Own() != by {
			e.files[name] = f.FetchedBy(by)
		}
	}
	for name, t := range cfg.aliases {
		file, _, _ := strings.Cut(strings.TrimPrefix(name, "\x00"), "#")
		e.aliases[name] = t.In(e.files[file])
	}
}

// packageDir is the directory into which the package of a module was fetched,
// of which the module may be a part: DATA/modules/KEY.
func packageDir(dir string) string {
	const cache = ".terraform/modules/"
	i := strings.LastIndex(dir, cache)
	if i < 0 {
		return dir
	}
	i += len(cache)
	key, _, _ := strings.Cut(dir[i:], "/")
	return dir[:i] + key
}

// fetcher is the call that fetched the package that a file lies in; zero for
// the user's own files.
func (e *evaluator) fetcher(file string) source.Range {
	if len(e.fetched) == 0 {
		return source.Range{}
	}
	for dir := path.Dir(file); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if by, ok := e.fetched[dir]; ok {
			return by
		}
	}
	return source.Range{}
}

// standsAt is where the value of an expression is brought in: the expression
// itself. One of a fetched module gives way to what the user's own files hand
// to it, if that is one place.
func (e *evaluator) standsAt(expr hclsyntax.Expression, sc *scope) source.Range {
	r := e.exprRange(expr)
	if !r.IsFetched() {
		return r
	}
	var handed source.Range
	for _, t := range hclsyntax.Variables(expr) {
		at := e.handedAt(&hclsyntax.ScopeTraversalExpr{Traversal: t, SrcRange: t.SourceRange()}, sc)
		switch {
		case at.IsZero():
		case !handed.IsZero() && handed != at:
			return r
		default:
			handed = at
		}
	}
	if handed.IsZero() {
		return r
	}
	return handed
}

// handedAt is the first expression of the user's own files that a reference
// leads to; zero when it leads to none.
func (e *evaluator) handedAt(expr hclsyntax.Expression, sc *scope) source.Range {
	for range maxModuleDepth {
		p := e.follow(expr, sc)
		if p == nil {
			return source.Range{}
		}
		o := e.origin(p)
		if !o.site.ok() || o.obj != nil {
			return source.Range{}
		}
		if r := e.exprRange(o.site.expr); !r.IsFetched() {
			return r
		}
		expr, sc = o.site.expr, o.site.sc
	}
	return source.Range{}
}

// beside is the place of a name whose value stands at v: that of the value
// when only the name is written in a fetched module.
func beside(name source.Range, v *source.Value) source.Range {
	if name.IsFetched() && !v.Range.IsZero() && !v.Range.IsFetched() {
		return v.Range
	}
	return name
}
