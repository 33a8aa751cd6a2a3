package yamltree

import (
	"bytes"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// A node of the YAML parser has a start only. Its end follows from the
// start and the style (YAML 1.2.2, chapters 7 and 8).

// properties are where a node's tag and content stand.
type properties struct{ tag, tagEnd, body int }

// readProperties reads the tag and anchor in front of a node's content.
func readProperties(data []byte, at int) properties {
	p := properties{tag: at, tagEnd: at}
	for at < len(data) {
		switch c := data[at]; {
		case c == '!' || c == '&':
			end := tokenEnd(data, at)
			if c == '!' {
				p.tag, p.tagEnd = at, end
			}
			at = end
			p.body = at
		case isBlank(c):
			at++
		case c == '#' && at > 0 && isBlank(data[at-1]):
			at = lineEnd(data, at)
		default:
			p.body = at
			return p
		}
	}
	return p
}

func tokenEnd(data []byte, at int) int {
	if bytes.HasPrefix(data[at:], []byte("!<")) {
		if i := bytes.IndexByte(data[at:], '>'); i >= 0 {
			return at + i + 1
		}
	}
	for at < len(data) && !isBlank(data[at]) && bytes.IndexByte([]byte(",[]{}"), data[at]) < 0 {
		at++
	}
	return at
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func lineEnd(data []byte, at int) int {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(data)
}

// collectionEnd is the end of a collection whose last part ends at end: the
// closing bracket in flow style, else the part's own end.
func collectionEnd(data []byte, body, end int, opening, closing byte) int {
	if body >= len(data) || data[body] != opening {
		return end
	}
	for i := max(end, body+1); i < len(data); i++ {
		switch c := data[i]; {
		case c == closing:
			return i + 1
		case c == '#':
			i = lineEnd(data, i) - 1
		case !isBlank(c) && c != ',' && c != ':' && c != '?':
			return i
		}
	}
	return len(data)
}

// scalarEnd is the end of a scalar whose content starts at body.
func scalarEnd(data []byte, n *yaml.Node, body int) int {
	if body >= len(data) {
		return body
	}
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return quotedEnd(data, body, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return quotedEnd(data, body, '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return blockEnd(data, body)
	}
	return plainEnd(data, body, n.Value)
}

func quotedEnd(data []byte, body int, quote byte) int {
	for i := body + 1; i < len(data); i++ {
		switch {
		case data[i] == '\\' && quote == '"':
			i++
		case data[i] == quote && quote == '\'' && i+1 < len(data) && data[i+1] == quote:
			i++
		case data[i] == quote:
			return i + 1
		}
	}
	return len(data)
}

// plainEnd walks over the text as folded into value.
func plainEnd(data []byte, body int, value string) int {
	at := body
	for i := 0; i < len(value) && at < len(data); {
		if data[at] == value[i] && data[at] != '\n' {
			at++
			i++
			continue
		}
		if value[i] != ' ' && value[i] != '\n' || !isBlank(data[at]) {
			return at
		}
		for i < len(value) && (value[i] == ' ' || value[i] == '\n') {
			i++
		}
		for at < len(data) && isBlank(data[at]) {
			at++
		}
	}
	return at
}

// blockEnd is the end of the last line with text of a block scalar. The
// block ends before the first line that is indented less than its first.
func blockEnd(data []byte, body int) int {
	at := lineEnd(data, body)
	end, indent := at, 0
	if digit := strings.IndexAny(string(data[body:at]), "123456789#"); digit >= 0 && data[body+digit] != '#' {
		indent = 1 // what it is relative to is not at hand; it is 1 at least
	}
	for at < len(data) {
		start := at + 1
		at = lineEnd(data, min(start, len(data)))
		line := strings.TrimRight(string(data[min(start, at):at]), "\r")
		text := strings.TrimLeft(line, " ")
		if strings.TrimLeft(text, "\t") == "" {
			continue
		}
		depth := len(line) - len(text)
		if indent == 0 {
			indent = max(depth, 1)
		}
		if depth < indent {
			break
		}
		end = start + len(line)
	}
	return end
}
