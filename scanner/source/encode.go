package source

import (
	"encoding/json"
	"strings"
)

// JSON writes a value as JSON, members in the order written; what is unread
// as the text of its hole. Marks stay as they are.
func (v *Value) JSON() string {
	var b strings.Builder
	v.encode(&b)
	return b.String()
}

func (v *Value) encode(b *strings.Builder) {
	switch v.Kind {
	case Null:
		b.WriteString("null")
	case Bool, Number:
		b.WriteString(v.Scalar.Value)
	case List:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.encode(b)
		}
		b.WriteByte(']')
	case Object:
		b.WriteByte('{')
		for i, m := range v.Members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoteJSON(m.Name.Value))
			b.WriteByte(':')
			m.Value.encode(b)
		}
		b.WriteByte('}')
	default:
		b.WriteString(quoteJSON(v.Scalar.Value))
	}
}

func quoteJSON(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(out)
}
