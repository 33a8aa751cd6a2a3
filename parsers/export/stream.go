package export

import "github.com/iamwatch/iamwatch/scanner/source"

// json reads a JSON answer, element by element: the tree of a large export
// is many times its file.
func (p *part) json() {
	r := source.NewJSONReader(p.file.Text())
	if err := p.members(r); err != nil {
		p.fault(r.Diagnostic(err))
	}
}

func (p *part) members(r *source.JSONReader) error {
	if err := r.Open(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.Peek() == '"' {
		name, err := r.Name()
		if err != nil {
			return err
		}
		if seen[name.Value] {
			p.repeated(name)
		}
		seen[name.Value] = true
		if err := p.member(r, name); err != nil {
			return err
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	return r.End()
}

// repeated warns of a member that no answer of AWS holds twice. Lists are read
// one after the other; of other members the last one counts.
func (p *part) repeated(name source.String) {
	what := "the last one counts"
	if isList(name.Value) {
		what = "all are read"
	}
	p.fault(source.Warningf(name.Range, "the key %q repeats: %s", name.Value, what))
}

func (p *part) member(r *source.JSONReader, name source.String) error {
	switch {
	case isList(name.Value) && r.Peek() == '[':
		return p.list(r, name.Value)
	case isTop(name.Value):
		v, err := r.Value()
		if err != nil {
			return err
		}
		p.top.Members = append(p.top.Members, source.Member{Name: name, Value: v})
		return nil
	}
	return r.Skip()
}

func (p *part) list(r *source.JSONReader, name string) error {
	if err := r.Open(); err != nil {
		return err
	}
	for k := r.Peek(); k != ']' && k != 0; k = r.Peek() {
		v, err := r.Without(isUnused)
		if err != nil {
			return err
		}
		p.take(name, v)
		r.Recycle()
	}
	return r.Close()
}
