package sarif

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	// srcRoot is the base that every path is relative to.
	srcRoot = "%SRCROOT%"
	// contextLines is how many lines a context region has at most.
	contextLines = 12
	// maxContext is how many bytes a context region may have; beyond it, as
	// in a file of one long line, it is cut around the region.
	maxContext = 1000
	// maxSnippet is the longest text that is repeated as a snippet.
	maxSnippet = 16000
)

// location is a place with its region in UTF-16 units; nil for no place.
func (b *builder) location(r source.Range) *sarif.Location {
	if r.IsZero() {
		return nil
	}
	return &sarif.Location{PhysicalLocation: &sarif.PhysicalLocation{
		ArtifactLocation: &sarif.ArtifactLocation{URI: new(b.uri(r.Path())), URIBaseId: new(srcRoot)},
		Region:           b.region(visible(r)),
	}}
}

// primary is location with snippet and context.
func (b *builder) primary(r source.Range) *sarif.Location {
	l := b.location(r)
	r = visible(r)
	l.PhysicalLocation.Region.Snippet = snippet(r)
	around := b.context(r)
	if around == r {
		// A context region must be a proper superset (SARIF 2.1.0, 3.29.5).
		return l
	}
	l.PhysicalLocation.ContextRegion = b.region(around)
	l.PhysicalLocation.ContextRegion.Snippet = snippet(around)
	return l
}

// visible widens an empty range by a character, since a region without extent
// shows nothing.
func visible(r source.Range) source.Range {
	if r.Len() > 0 {
		return r
	}
	data := r.Source.Bytes()
	if r.End() < len(data) {
		_, n := utf8.DecodeRune(data[r.End():])
		return r.Source.Range(r.Start(), r.End()+n)
	}
	_, n := utf8.DecodeLastRune(data)
	return r.Source.Range(len(data)-n, len(data))
}

func (b *builder) region(r source.Range) *sarif.Region {
	from, to := r.From(), r.To()
	if r.Len() == 0 {
		// Only an empty file has no character to show.
		to.Column++
	}
	return &sarif.Region{
		StartLine: new(from.Line), StartColumn: new(from.Column),
		EndLine: new(to.Line), EndColumn: new(to.Column),
	}
}

// context is the whole lines of a region, or the surrounding part of them where
// they are long. The lines around it are left out: they belong to others, and
// may hold what no report should.
func (b *builder) context(r source.Range) source.Range {
	first, last := r.From().Line, r.To().Line
	if last-first+1 > contextLines || r.Len() >= maxContext {
		return r
	}
	lines := r.Join(r.Source.LineRange(first)).Join(r.Source.LineRange(last))
	if lines.Len() <= maxContext {
		return lines
	}
	margin := (maxContext - r.Len()) / 2
	return runes(r.Source, max(lines.Start(), r.Start()-margin), min(lines.End(), r.End()+margin))
}

// runes is the range cut to whole characters; it never grows.
func runes(s *source.Source, start, end int) source.Range {
	data := s.Bytes()
	for start < end && !utf8.RuneStart(data[start]) {
		start++
	}
	for end > start && end < len(data) && !utf8.RuneStart(data[end]) {
		end--
	}
	return s.Range(start, end)
}

func snippet(r source.Range) *sarif.ArtifactContent {
	if r.Len() == 0 || r.Len() > maxSnippet {
		return nil
	}
	return &sarif.ArtifactContent{Text: new(strings.ToValidUTF8(clean.Text(r), "\uFFFD"))}
}

// uri is the percent-encoded form of a path, relative to the repository root
// (RFC 3986, section 3.3; a colon could be taken for a scheme).
func (b *builder) uri(p string) string {
	p = strings.TrimPrefix(path.Clean("/"+b.options.PathPrefix+"/"+p), "/")
	if p == "" {
		p = "-"
	}
	var out strings.Builder
	for i := range len(p) {
		c := p[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			out.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		out.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return out.String()
}
