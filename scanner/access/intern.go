package access

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Accounts hold the same statements many times over, as copies in inline
// policies of many roles. What a statement lets through follows from its text
// and the own accounts alone, so equal ones are worked out once.

// interned holds the answers of scope by the content of statements.
type interned map[string]scoped

// scope is scope, worked out once for statements of equal content.
func (b *builder) scope(st *iam.Statement, actions cloudwatch.ActionSet, own iam.Accounts) scoped {
	if onEverything(st) && len(st.Conditions) == 0 {
		return scope(st, actions, own)
	}
	k := contentKey(st, own)
	s, ok := b.scopes[k]
	if !ok {
		s = scope(st, actions, own)
		b.scopes[k] = s
	}
	return s
}

// contentKey is equal for statements that say the same for the same accounts.
// Each text stands with its length, so that no two lists can run together.
func contentKey(st *iam.Statement, own iam.Accounts) string {
	var k strings.Builder
	texts := func(list []source.String) {
		k.WriteByte('[')
		for i := range list {
			writeText(&k, list[i].Value)
		}
		k.WriteByte(']')
	}
	flags := [...]bool{st.NotAction, st.HasResource, st.NotResource, st.LiteralVariables, st.Maybe}
	for _, f := range flags {
		k.WriteByte('0' + byteOf(f))
	}
	k.WriteByte('0' + byte(st.Effect))
	texts(st.Actions)
	texts(st.Resources)
	for _, c := range st.Conditions {
		writeText(&k, c.Operator.Value)
		writeText(&k, c.Key.Value)
		k.WriteByte('0' + byteOf(c.EmptyList))
		texts(c.Values)
	}
	for _, list := range [][]string{own.Own, own.Trusted} {
		k.WriteByte('|')
		for _, id := range list {
			writeText(&k, id)
		}
	}
	return k.String()
}

func writeText(k *strings.Builder, s string) {
	var buf [20]byte
	k.Write(strconv.AppendInt(buf[:0], int64(len(s)), 10))
	k.WriteByte(':')
	k.WriteString(s)
}

func byteOf(b bool) byte {
	if b {
		return 1
	}
	return 0
}
