package iam

import (
	"encoding/binary"
	"strings"
	"sync/atomic"
)

// The patterns of a statement that Read made are compiled at the first
// decision that asks them, and kept. A form holds the text it was made from:
// where a statement's text is another by now, or was not read but built, it is
// matched as text, so that no form can be out of date.

// A formCell holds the form of a statement once it was asked for.
type formCell struct{ form atomic.Pointer[statementForm] }

// prepare gives each statement a cell of its own.
func (d *Document) prepare() {
	cells := make([]formCell, len(d.Statements))
	for i, st := range d.Statements {
		st.cell = &cells[i]
	}
}

// load is the form in the cell, if there are both.
func (c *formCell) load() *statementForm {
	if c == nil {
		return nil
	}
	return c.form.Load()
}

// form is the statement compiled; nil for one that was not read.
func (st *Statement) form() *statementForm {
	if f := st.cell.load(); f != nil || st.cell == nil {
		return f
	}
	f := &statementForm{
		actions:    make([]actionForm, len(st.Actions)),
		resources:  make([]resourceForm, len(st.Resources)),
		principals: make([]principalForm, len(st.Principals)),
	}
	for i := range st.Actions {
		f.actions[i] = compileAction(st.Actions[i].Value)
	}
	for i := range st.Resources {
		f.resources[i] = compileResource(st.Resources[i].Value)
	}
	for i := range st.Principals {
		f.principals[i] = compilePrincipal(st.Principals[i].Value.Value)
	}
	st.cell.form.Store(f)
	return f
}

// A formKind says how a compiled pattern is matched.
type formKind uint8

const (
	// byText: by the functions that read the pattern's text.
	byText formKind = iota
	byNone
	byAll
	// byEquality: equal to lower.
	byEquality
	// byPrefix: begins with lower.
	byPrefix
	// byRest: begins with lower, and the rest of the pattern matches.
	byRest
	// byFields: an ARN of which each middle field is plain or a *.
	byFields
)

// A statementForm is one statement compiled, list by list.
type statementForm struct {
	actions    []actionForm
	resources  []resourceForm
	principals []principalForm
}

// An actionForm is a pattern of Action.
type actionForm struct {
	text string
	// lower is the pattern, up to its first wildcard, in lower case.
	lower string
	kind  formKind
	// wild says that the service prefix holds a wildcard.
	wild bool
	// head is what the first bytes of an action are, under mask, if it
	// matches at all.
	head, mask uint64
}

func compileAction(pattern string) actionForm {
	f := actionForm{text: pattern, wild: wildPrefix(pattern)}
	service, name, ok := strings.Cut(pattern, ":")
	wild := strings.IndexAny(pattern, "*?")
	switch {
	case hasMark(pattern):
		return f
	case allStars(pattern), ok && allStars(service) && allStars(name):
		f.kind = byAll
		return f
	case !ok || isNoName(name):
		f.kind = byNone
		return f
	case wild >= 0 && wild < len(service):
		return f
	case wild < 0:
		f.kind, wild = byEquality, len(pattern)
	case pattern[wild:] == "*":
		f.kind = byPrefix
	default:
		f.kind = byRest
	}
	f.lower = foldASCII(pattern[:wild], 0, wild)
	var head [8]byte
	n := copy(head[:], f.lower)
	f.head, f.mask = binary.LittleEndian.Uint64(head[:]), 1<<(8*n)-1
	return f
}

// match is MatchAction of the pattern that the form was made from.
func (f *actionForm) match(a *asked) Verdict {
	switch f.kind {
	case byNone:
		return No
	case byAll:
		return Yes
	case byEquality:
		return verdict(a.lower.is(f.lower))
	case byPrefix:
		return verdict(a.lower.begins(f.lower))
	case byRest:
		n := len(f.lower)
		return verdict(a.lower.begins(f.lower) && glob(f.text[n:], a.action[n:], true))
	}
	return MatchAction(f.text, a.action)
}

// onAction is MatchesAction for the request's action.
func (e *evaluation) onAction(st *Statement) Verdict {
	f := st.cell.load()
	if f == nil {
		f = st.form()
	}
	if f == nil || !e.asked.plain || len(f.actions) != len(st.Actions) || len(st.Actions) == 0 {
		return st.MatchesAction(e.asked.action)
	}
	v := No
	for i := range f.actions {
		p := &f.actions[i]
		if p.text != st.Actions[i].Value {
			return st.MatchesAction(e.asked.action)
		}
		if (e.asked.head^p.head)&p.mask != 0 {
			continue
		}
		if v = max(v, p.verdict(st, &e.asked)); v == Yes {
			break
		}
	}
	if st.NotAction {
		return v.Not()
	}
	return v
}

// verdict is what a match means in a statement: a wildcard in the service
// prefix weakens a Deny and NotAction.
func (f *actionForm) verdict(st *Statement, a *asked) Verdict {
	v := f.match(a)
	if v == Yes && f.wild && (st.Effect != Allow || st.NotAction) {
		return Maybe
	}
	return v
}

// foldASCII is s with its capitals in [from, to) as small letters; s itself
// where there are none.
func foldASCII(s string, from, to int) string {
	for i := from; i < to; i++ {
		if s[i] != lower(s[i]) {
			b := []byte(s)
			for ; i < to; i++ {
				b[i] = lower(b[i])
			}
			return string(b)
		}
	}
	return s
}
