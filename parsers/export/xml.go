package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// xml reads an answer in the wire form of the AWS Query protocol: a Response
// with a Result, whose lists hold member elements and whose maps hold entry
// elements.
func (p *part) xml() {
	if source.HasMarkBytes(p.file.Bytes()) {
		p.fault(source.Errorf(p.file.Range(0, 0), "read XML: %s", markMessage))
		return
	}
	body := bytes.TrimPrefix(p.file.Bytes(), byteOrderMark)
	x := &xmlReader{part: p, dec: xml.NewDecoder(bytes.NewReader(body)), base: p.file.Size() - len(body)}
	err := x.response()
	if err == nil {
		return
	}
	at, message := x.offset(), err.Error()
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		at, message = p.file.Size(), "the text ends in the middle of an element"
	case syntax != nil:
		message = syntax.Msg
	}
	p.fault(source.Errorf(p.file.Range(at, at+1), "read XML: %s", message))
}

// An xmlReader turns elements into trees of values.
type xmlReader struct {
	part *part
	dec  *xml.Decoder
	base int // bytes of a byte order mark
}

func (x *xmlReader) offset() int { return x.base + int(x.dec.InputOffset()) }

// response reads down to the Result and then its members.
func (x *xmlReader) response() error {
	depth := 0
	for {
		from := x.offset()
		tok, err := x.dec.Token()
		if errors.Is(err, io.EOF) && depth == 0 && from > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if depth == 0 || depth == 1 && strings.HasSuffix(t.Name.Local, "Result") {
				depth++
				continue
			}
			err = x.member(t, from)
		case xml.EndElement:
			depth--
		}
		if err != nil {
			return err
		}
	}
}

func (x *xmlReader) member(t xml.StartElement, from int) error {
	name := t.Name.Local
	switch {
	case isList(name):
		return x.list(name)
	case isTop(name):
		tag := x.part.file.Range(from, x.offset())
		v, err := x.value(name, from, 0)
		if err != nil {
			return err
		}
		x.part.top.Members = append(x.part.top.Members, source.Member{Name: source.NewString(name, tag), Value: v})
		return nil
	}
	return x.dec.Skip()
}

func (x *xmlReader) list(name string) error {
	for {
		from := x.offset()
		tok, err := x.dec.Token()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			v, err := x.value("member", from, 0)
			if err != nil {
				return err
			}
			x.part.take(name, v)
		case xml.EndElement:
			return nil
		}
	}
}

var errXMLDepth = fmt.Errorf("nested deeper than %d levels", source.MaxDepth)

// value reads the element whose start tag, which begins at from, was read.
func (x *xmlReader) value(name string, from, depth int) (*source.Value, error) {
	if depth > source.MaxDepth {
		return nil, errXMLDepth
	}
	e := &xmlElement{name: name}
	for {
		at := x.offset()
		tok, err := x.dec.Token()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			tag := x.part.file.Range(at, x.offset())
			v, err := x.value(t.Name.Local, at, depth+1)
			if err != nil {
				return nil, err
			}
			e.members = append(e.members, source.Member{Name: source.NewString(t.Name.Local, tag), Value: v})
		case xml.CharData:
			e.text = e.text.Join(x.part.file.Range(at, x.offset()))
			x.characters(&e.chars, at, string(t))
		case xml.EndElement:
			return x.finish(e, x.part.file.Range(from, x.offset())), nil
		}
	}
}

// An xmlElement is an element while it is read.
type xmlElement struct {
	name    string
	members []source.Member
	chars   source.TextBuilder
	text    source.Range
}

func (x *xmlReader) finish(e *xmlElement, whole source.Range) *source.Value {
	if len(e.members) > 0 {
		return collection(e.members, whole)
	}
	text := e.chars.Text()
	if strings.TrimSpace(text.Value) == "" {
		return &source.Value{Kind: source.Null, Range: whole}
	}
	switch e.name {
	case "PolicyDocument", "AssumeRolePolicyDocument", "Document":
		return x.part.decode(text, e.text)
	}
	return source.StringValue(source.NewString(text.Value, e.text))
}

// collection tells lists, maps and structures apart.
func collection(members []source.Member, whole source.Range) *source.Value {
	v := &source.Value{Kind: source.Object, Range: whole}
	switch members[0].Name.Value {
	case "member":
		v.Kind = source.List
		for _, m := range members {
			v.Items = append(v.Items, m.Value)
		}
	case "entry":
		for _, m := range members {
			v.Members = append(v.Members, source.Member{Name: m.Value.Get("key").Text(), Value: m.Value.Get("value")})
		}
	default:
		v.Members = members
	}
	return v
}

const (
	cdataOpen  = "<![CDATA["
	cdataClose = "]]>"
)

// characters adds the decoded text that begins at an offset, each byte mapped
// to where it stands and each reference to the whole of itself.
func (x *xmlReader) characters(b *source.TextBuilder, at int, decoded string) {
	whole := x.part.file.Range(at, x.offset())
	raw := whole.Text()
	if strings.HasPrefix(raw, cdataOpen) && strings.HasSuffix(raw, cdataClose) {
		at, raw = at+len(cdataOpen), raw[len(cdataOpen):len(raw)-len(cdataClose)]
		if raw == decoded {
			b.Literal(raw, x.part.file.Range(at, at+len(raw)))
			return
		}
	}
	var parts source.TextBuilder
	x.references(&parts, at, raw)
	t := parts.Text()
	if t.Value != decoded {
		b.Opaque(decoded, whole)
		return
	}
	b.Append(t, 0, len(t.Value))
}

func (x *xmlReader) references(b *source.TextBuilder, at int, raw string) {
	for raw != "" {
		i := strings.IndexByte(raw, '&')
		if i < 0 {
			i = len(raw)
		}
		b.Literal(raw[:i], x.part.file.Range(at, at+i))
		raw, at = raw[i:], at+i
		n := strings.IndexByte(raw, ';') + 1
		if n == 0 {
			b.Literal(raw, x.part.file.Range(at, at+len(raw)))
			return
		}
		b.Opaque(reference(raw[1:n-1]), x.part.file.Range(at, at+n))
		raw, at = raw[n:], at+n
	}
}

// reference is the text of a predefined or numeric reference.
func reference(name string) string {
	switch name {
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "amp":
		return "&"
	case "apos":
		return "'"
	case "quot":
		return `"`
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if err != nil {
		return ""
	}
	return string(rune(n))
}
