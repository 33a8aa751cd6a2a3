package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth bounds how deeply a JSON value may nest.
const MaxDepth = 512

// ReadJSON reads one JSON value. What stands before a fault is returned with
// the diagnostic; a repeated name is kept (see Value.Repeated), since each
// format judges it in its own way.
func ReadJSON(t Text) (*Value, []Diagnostic) {
	r := NewJSONReader(t)
	v, err := r.Value()
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return v, []Diagnostic{r.Diagnostic(err)}
	}
	return v, nil
}

// A JSONReader reads a JSON text piece by piece, so that a large export need
// not be held as one tree.
type JSONReader struct {
	text Text
	dec  *jsontext.Decoder
	base int // bytes of a byte order mark
	// file says that the text is a file's, which may hold no mark; marks
	// that it may hold one all the same, so that each scalar is looked at.
	file, marks bool

	values  slab[Value]
	members slab[Member]
	items   slab[*Value]
	// open holds what was read so far of the objects and lists that are not
	// closed yet.
	openMembers []Member
	openItems   []*Value
}

// A slab hands out memory in pieces of a few large blocks: the nodes of a tree
// are many, and live and die together.
type slab[T any] struct {
	free, block []T
}

const slabSize = 128

// take returns n zero elements.
func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.block = make([]T, max(n, slabSize))
		s.free = s.block
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// reset takes back what was handed out of the last block.
func (s *slab[T]) reset() {
	clear(s.block[:len(s.block)-len(s.free)])
	s.free = s.block
}

// Recycle takes back the memory of all values that were read, none of which
// may be used any more; their Strings may.
func (r *JSONReader) Recycle() {
	r.values.reset()
	r.members.reset()
	r.items.reset()
}

var byteOrderMark = "\uFEFF"

// NewJSONReader returns a reader at the start of t.
func NewJSONReader(t Text) *JSONReader {
	body := strings.TrimPrefix(t.Value, byteOrderMark)
	// The decoder reads a Buffer in place and writes nothing to it.
	data := unsafe.Slice(unsafe.StringData(body), len(body))
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	r := &JSONReader{text: t, dec: dec, base: len(t.Value) - len(body)}
	r.file = len(t.segments) == 1 && t.segments[0].literal
	r.marks = !r.file || HasMarkBytes(data) || strings.Contains(body, `\u`)
	return r
}

func (r *JSONReader) alloc(v Value) *Value {
	out := &r.values.take(1)[0]
	*out = v
	return out
}

// Offset is how many bytes were read.
func (r *JSONReader) Offset() int { return r.base + int(r.dec.InputOffset()) }

// Peek is the first byte of the next token: one of n f t " 0 { } [ ], or 0 at
// a fault or the end. A number gives 0 as '0'.
func (r *JSONReader) Peek() byte { return byte(r.dec.PeekKind()) }

// Open reads a { or [.
func (r *JSONReader) Open() error { return r.token() }

// Close reads a } or ].
func (r *JSONReader) Close() error { return r.token() }

// Name reads a member's name.
func (r *JSONReader) Name() (String, error) {
	if k := r.dec.PeekKind(); k != '"' {
		if _, err := r.dec.ReadToken(); err != nil {
			return String{}, err
		}
		return String{}, errNotName
	}
	return r.scalar()
}

// Skip reads over the next value.
func (r *JSONReader) Skip() error { return r.dec.SkipValue() }

// End reads to the end of the text, where nothing but blanks may follow.
func (r *JSONReader) End() error {
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errTrailing
		}
		return err
	}
	return nil
}

var (
	errNotName  = errors.New("expected a member's name")
	errTrailing = errors.New("unexpected text behind the value")
	errDepth    = fmt.Errorf("nested deeper than %d levels", MaxDepth)
	errMark     = errors.New("the noncharacters U+FDD0 and U+FDD1 are not accepted")
)

// Value reads the next value whole. At a fault it returns what it has read
// of the value, which may be nil.
func (r *JSONReader) Value() (*Value, error) { return r.value(0) }

func (r *JSONReader) value(depth int) (*Value, error) {
	if depth > MaxDepth {
		return nil, errDepth
	}
	switch k := r.dec.PeekKind(); k {
	case '{':
		return r.object(depth, nil)
	case '[':
		return r.list(depth)
	case '"', '0', 't', 'f', 'n':
		s, err := r.scalar()
		if err != nil {
			return nil, err
		}
		return r.alloc(Value{Kind: scalarKinds(byte(k)), Scalar: s, Range: s.Range, Origin: s.Origin}), nil
	}
	return nil, r.fault()
}

func scalarKinds(k byte) Kind {
	switch k {
	case '"':
		return Str
	case '0':
		return Number
	case 'n':
		return Null
	}
	return Bool
}

// Without reads the next value without those members that unused names; of the
// values in it all.
func (r *JSONReader) Without(unused func(name string) bool) (*Value, error) {
	if r.Peek() != '{' {
		return r.Value()
	}
	return r.object(0, unused)
}

func (r *JSONReader) object(depth int, unused func(name string) bool) (*Value, error) {
	v := r.alloc(Value{Kind: Object})
	if err := r.token(); err != nil {
		return nil, err
	}
	start, base := r.Offset()-1, len(r.openMembers)
	err := r.readMembers(depth, unused)
	if err == nil {
		err = r.token()
	}
	v.Members = r.members.take(len(r.openMembers) - base)
	copy(v.Members, r.openMembers[base:])
	r.openMembers = r.openMembers[:base]
	return r.finish(v, start), err
}

func (r *JSONReader) readMembers(depth int, unused func(name string) bool) error {
	for r.dec.PeekKind() == '"' {
		name, err := r.scalar()
		if err != nil {
			return err
		}
		if unused != nil && unused(name.Value) {
			if err := r.Skip(); err != nil {
				return err
			}
			continue
		}
		item, err := r.value(depth + 1)
		if item != nil {
			r.openMembers = append(r.openMembers, Member{Name: name, Value: item})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *JSONReader) list(depth int) (*Value, error) {
	v := r.alloc(Value{Kind: List})
	if err := r.token(); err != nil {
		return nil, err
	}
	start, base := r.Offset()-1, len(r.openItems)
	err := r.readItems(depth)
	if err == nil {
		err = r.token()
	}
	v.Items = r.items.take(len(r.openItems) - base)
	copy(v.Items, r.openItems[base:])
	r.openItems = r.openItems[:base]
	return r.finish(v, start), err
}

func (r *JSONReader) readItems(depth int) error {
	for {
		if k := r.dec.PeekKind(); k == ']' || k == '}' || k == 0 {
			return nil
		}
		item, err := r.value(depth + 1)
		if item != nil {
			r.openItems = append(r.openItems, item)
		}
		if err != nil {
			return err
		}
	}
}

func (r *JSONReader) finish(v *Value, start int) *Value {
	v.Range = r.text.Range(start, r.Offset())
	return v
}

func (r *JSONReader) token() error {
	_, err := r.dec.ReadToken()
	return err
}

// fault reads the token that cannot be, for its error.
func (r *JSONReader) fault() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}

// scalar reads a string, number, boolean or null.
func (r *JSONReader) scalar() (String, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return String{}, err
	}
	end := r.Offset()
	start := end - len(raw)
	value, ok := plain(r.text.Value[start:end])
	if !ok {
		value = unquote(raw)
	}
	if r.file && r.marks && HasMark(value) {
		return String{}, errMark
	}
	s := String{Value: value, Known: !r.marks || !HasMark(value), Range: r.text.token(start, end)}
	if len(r.text.origins) > 0 {
		s.Origin = r.text.Origin(start, end)
	}
	return s, nil
}

// plain is the text of a token that is written as it is meant: a string
// without escapes, or anything but a string.
func plain(raw string) (string, bool) {
	if raw[0] != '"' {
		return raw, true
	}
	if strings.IndexByte(raw, '\\') >= 0 {
		return "", false
	}
	return raw[1 : len(raw)-1], true
}

// unquote is the text of a string token, which the decoder has checked.
func unquote(raw jsontext.Value) string {
	text, _ := jsontext.AppendUnquote(nil, raw)
	return string(text)
}

// next is the offset at which the next token starts.
func (r *JSONReader) next() int {
	i := r.Offset()
	for i < len(r.text.Value) && strings.IndexByte(" \t\r\n,:", r.text.Value[i]) >= 0 {
		i++
	}
	return i
}

// Diagnostic turns an error of this reader into one with its place.
func (r *JSONReader) Diagnostic(err error) Diagnostic {
	offset := r.next()
	message := err.Error()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		offset = r.base + int(syntax.ByteOffset)
		message = syntax.Err.Error()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset, message = len(r.text.Value), "the text ends in the middle of a value"
	}
	return Errorf(r.text.Range(min(offset, len(r.text.Value)), min(offset+1, len(r.text.Value))), "read JSON: %s", message)
}

// Repeated returns the members of an object whose name stands before them.
func (v *Value) Repeated() []Member {
	if v == nil || len(v.Members) < 2 {
		return nil
	}
	var out []Member
	seen := make(map[string]bool, len(v.Members))
	for _, m := range v.Members {
		if seen[m.Name.Value] {
			out = append(out, m)
		}
		seen[m.Name.Value] = true
	}
	return out
}

// LooksLikeJSON reports whether the first byte that is no blank opens an
// object or a list. It is how JSON is told from YAML, whatever the file's
// name ends in.
func LooksLikeJSON(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}

// JSONText returns the content of a JSON string literal as text of its own,
// each byte mapped to where it stands, escapes to the whole escape. The
// string must have been read from a file; if not, all of the text maps to
// the string's range.
func JSONText(s String) Text {
	raw := s.Range.Text()
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return s.Text()
	}
	var b TextBuilder
	src, base := s.Range.Source, s.Range.Start()
	for i := 1; i < len(raw)-1; {
		if raw[i] != '\\' {
			j := strings.IndexByte(raw[i:len(raw)-1], '\\')
			if j < 0 {
				j = len(raw) - 1 - i
			}
			b.Literal(raw[i:i+j], src.Range(base+i, base+i+j))
			i += j
			continue
		}
		text, n := unescape(raw[i : len(raw)-1])
		b.Opaque(text, src.Range(base+i, base+i+n))
		i += n
	}
	t := b.Text()
	if t.Value != s.Value {
		return s.Text()
	}
	return t
}

// unescape decodes the JSON escape that s begins with and says how long it
// is; a surrogate pair counts as one escape.
func unescape(s string) (string, int) {
	n := 2
	if len(s) > 1 && s[1] == 'u' {
		n = 6
		if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' && isSurrogate(s[2:6]) {
			n = 12
		}
	}
	n = min(n, len(s))
	text, err := jsontext.AppendUnquote(nil, `"`+s[:n]+`"`)
	if err != nil {
		return string(utf8.RuneError), n
	}
	return string(text), n
}

func isSurrogate(hex string) bool {
	n, err := strconv.ParseUint(hex, 16, 16)
	return err == nil && n >= 0xD800 && n < 0xDC00
}

// PercentDecode decodes a percent-encoded document as IAM's API returns it
// (IAM API Reference: policy documents are URL-encoded, RFC 3986). Text that
// begins with { is returned as it is.
func PercentDecode(t Text) (Text, error) {
	if strings.HasPrefix(strings.TrimSpace(t.Value), "{") || !strings.Contains(t.Value, "%") {
		return t, nil
	}
	if _, err := url.PathUnescape(t.Value); err != nil {
		return t, fmt.Errorf("decode percent-encoding: %w", err)
	}
	var b TextBuilder
	for i := 0; i < len(t.Value); {
		j := strings.IndexByte(t.Value[i:], '%')
		if j != 0 {
			if j < 0 {
				j = len(t.Value) - i
			}
			b.Append(t, i, i+j)
			i += j
			continue
		}
		text, _ := url.PathUnescape(t.Value[i : i+3])
		b.Opaque(text, t.Range(i, i+3))
		i += 3
	}
	return b.Text(), nil
}
