package iam

// fewGrounds is how many statements a decision keeps without allocation.
const fewGrounds = 4

// A few is where statements of a decision lie with the caller.
type few [fewGrounds]*Statement

// A grounds is a list of statements that an evaluation met. It holds no
// pointer to memory of the caller, which would have to lie on the heap then.
type grounds struct {
	first few
	n     int
	rest  []*Statement
}

func (g *grounds) add(st *Statement) {
	if g.n < len(g.first) {
		g.first[g.n] = st
	} else {
		g.rest = append(g.rest, st)
	}
	g.n++
}

// list is the statements, in room where it suffices.
func (g *grounds) list(room *few) []*Statement {
	*room = g.first
	switch {
	case g.n == 0:
		return nil
	case g.n <= len(room):
		return room[:g.n:g.n]
	}
	return append(room[:len(room):len(room)], g.rest...)
}
