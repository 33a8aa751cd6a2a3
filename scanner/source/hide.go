package source

// Hide says that no report may repeat the text of a range: the value of a
// secret. A parser hides while it reads; what is hidden stays so. It may be
// called from several goroutines, and again for the same range.
func (r Range) Hide() {
	if r.Source == nil || r.Len() == 0 {
		return
	}
	s := r.Source
	s.hiding.Lock()
	defer s.hiding.Unlock()
	if s.hidden == nil {
		s.hidden = map[span]bool{}
	}
	s.hidden[span{r.start, r.end}] = true
}

// Hidden are the parts of the range that no report may repeat, in no order.
func (r Range) Hidden() []Range {
	if r.Source == nil {
		return nil
	}
	s := r.Source
	s.hiding.RLock()
	defer s.hiding.RUnlock()
	var out []Range
	for h := range s.hidden {
		if start, end := max(h.start, r.start), min(h.end, r.end); start < end {
			out = append(out, Range{s, start, end})
		}
	}
	return out
}
