package cloudformation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Holes of a template in a string are written with characters of the private
// use area while it is read: YAML knows no marks.
const holeOpen, holeClose = '\uE000', '\uE001'

// readText reads a template that stands in a string, each value placed where
// it is written in the file.
func readText(t source.Text) (*source.Value, []source.Diagnostic) {
	in := &inner{moved: map[*source.Value]bool{}}
	if strings.ContainsRune(t.Value, holeOpen) {
		return nil, []source.Diagnostic{source.Errorf(t.Range(0, len(t.Value)), "read template: the character U+E000 is not accepted in a string")}
	}
	in.text = in.cover(t)
	file := source.New(t.Range(0, 0).Path(), []byte(in.text.Value))
	root, diags := readTree(file)
	for i, d := range diags {
		diags[i].Range = in.place(d.Range)
	}
	if root != nil {
		in.move(root)
	}
	return root, diags
}

// An inner moves what was read of a string to where that stands.
type inner struct {
	text  source.Text
	holes []string
	moved map[*source.Value]bool
}

// cover writes holes so that any syntax takes them for letters.
func (in *inner) cover(t source.Text) source.Text {
	var b source.TextBuilder
	at := 0
	for _, p := range source.Pieces(t.Value) {
		if !p.IsHole() {
			b.Append(t, at, at+len(p.Text))
			at += len(p.Text)
			continue
		}
		hole := source.Hole(p.Kind, p.Label)
		b.Opaque(string(holeOpen)+strconv.Itoa(len(in.holes))+string(holeClose), t.Range(at, at+len(hole)))
		in.holes = append(in.holes, hole)
		at += len(hole)
	}
	return b.Text()
}

func (in *inner) place(r source.Range) source.Range {
	if r.IsZero() {
		return r
	}
	return in.text.Range(r.Start(), r.End())
}

// move moves a value in place: nothing else holds it. Keys that are merged may
// share theirs.
func (in *inner) move(v *source.Value) {
	if in.moved[v] {
		return
	}
	in.moved[v] = true
	v.Range, v.Origin, v.Scalar = in.place(v.Range), in.place(v.Origin), in.scalar(v.Scalar)
	for i := range v.Members {
		v.Members[i].Name = in.scalar(v.Members[i].Name)
		in.move(v.Members[i].Value)
	}
	for _, i := range v.Items {
		in.move(i)
	}
}

func (in *inner) scalar(s source.String) source.String {
	s.Range, s.Origin = in.place(s.Range), in.place(s.Origin)
	if !strings.ContainsRune(s.Value, holeOpen) {
		return s
	}
	pairs := make([]string, 0, 2*len(in.holes))
	for i, hole := range slices.Backward(in.holes) {
		pairs = append(pairs, string(holeOpen)+strconv.Itoa(i)+string(holeClose), hole)
	}
	s.Value, s.Known = strings.NewReplacer(pairs...).Replace(s.Value), false
	return s
}
