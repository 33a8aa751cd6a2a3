package clean

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// around is how many bytes on either side of a range are looked at to tell
// whether it lies within a credential.
const around = 256

// Text is the text of a range with credentials masked, in as many bytes, and
// with what the parser hides. What stands before the range on its line counts:
// a range may hold the value alone.
func Text(r source.Range) string {
	text := Cut(r.Source.Bytes(), r.Start(), r.End())
	hidden := r.Hidden()
	if len(hidden) == 0 {
		return text
	}
	m := masker{out: []byte(text)}
	for _, h := range hidden {
		m.hide(h.Start()-r.Start(), h.End()-r.Start())
	}
	return string(m.out)
}

// Cut is Text for a part of some data.
func Cut(data []byte, start, end int) string {
	from, to := max(0, start-around), min(len(data), end+around)
	return Mask(string(data[from:to]))[start-from : end-from]
}

// Mask replaces credentials by asterisks of the same length in bytes: access
// key ids up to their last four characters, tokens of well-known form behind
// their prefix, what is assigned to a password, secret, token or key, private
// keys, what CloudFormation's dynamic references name, and where secrets are spoken of the words that look like one.
func Mask(s string) string {
	if !suspicious(s) {
		return s
	}
	m := masker{text: s, lower: lower(s), out: []byte(s)}
	m.blocks()
	m.keyIDs()
	m.tokens()
	m.assigned()
	m.references()
	m.longWords()
	return string(m.out)
}

// A masker masks one text.
type masker struct {
	text, lower string
	out         []byte
}

// lower is s in lower case, byte by byte, so that offsets stay the same.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if upper(c) {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// hide masks a part and leaves its lines.
func (m *masker) hide(start, end int) {
	for i := start; i < end; i++ {
		if m.out[i] != '\n' && m.out[i] != '\r' {
			m.out[i] = '*'
		}
	}
}

// keyPrefixes start access key ids (AWS IAM User Guide, "IAM identifiers",
// unique ID prefixes).
var keyPrefixes = [...]string{"AKIA", "ASIA", "ABIA", "ACCA"}

// tokenPrefixes start tokens of GitHub, GitLab and Slack ("About authentication
// to GitHub", "GitLab token overview", "Slack token types").
var tokenPrefixes = [...]string{
	"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
	"xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-",
}

// secretNames end names whose values are secret.
var secretNames = [...]string{
	"password", "passwd", "passphrase", "secret", "token",
	"api_key", "api-key", "apikey", "private_key", "private-key", "privatekey",
	"secret_key", "secret-key", "secretkey", "secret_access_key", "secretaccesskey",
}

const blockStart, blockEnd, blockMark = "-----BEGIN ", "-----END ", "-----"

// suspicious reports in one pass whether there may be anything to mask.
func suspicious(s string) bool {
	word := 0
	for i := range len(s) {
		if word++; !wordByte(s[i]) {
			word = 0
		}
		if word >= blockLine || startsOne(s[i:]) {
			return true
		}
	}
	return false
}

// startsOne reports whether a text starts with what tells of a credential.
func startsOne(s string) bool {
	switch s[0] | 0x20 {
	case 'a', 'p', 's', 't':
		return startsAny(s, keyPrefixes[:]) || startsAnyName(s)
	case 'g', 'x':
		return startsAny(s, tokenPrefixes[:])
	case '-' | 0x20:
		return strings.HasPrefix(s, blockStart)
	case '{':
		return strings.HasPrefix(s, referenceStart)
	}
	return false
}

func startsAny(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func startsAnyName(s string) bool {
	for _, n := range secretNames {
		if s[0]|0x20 == n[0] && len(s) >= len(n) && strings.EqualFold(s[:len(n)], n) {
			return true
		}
	}
	return false
}

// each calls f with every offset at which a part stands.
func each(s, part string, f func(int)) {
	for at := 0; ; {
		i := strings.Index(s[at:], part)
		if i < 0 {
			return
		}
		f(at + i)
		at += i + len(part)
	}
}

// blocks masks encoded keys and certificates (RFC 7468), also where the end is
// not in sight.
func (m *masker) blocks() {
	each(m.text, blockStart, func(i int) {
		end := len(m.text)
		if j := strings.Index(m.text[i:], blockEnd); j >= 0 {
			end = i + j + len(blockEnd)
			if k := strings.Index(m.text[end:], blockMark); k >= 0 {
				end += k + len(blockMark)
			}
		}
		m.hide(i, end)
	})
}

func (m *masker) keyIDs() {
	for _, p := range keyPrefixes {
		each(m.text, p, func(i int) {
			end := m.run(i, func(c byte) bool { return upper(c) || digit(c) })
			if end-i == 20 && (i == 0 || !upper(m.text[i-1]) && !digit(m.text[i-1])) {
				m.hide(i, i+16)
			}
		})
	}
}

func (m *masker) tokens() {
	const shortest = 8
	for _, p := range tokenPrefixes {
		each(m.text, p, func(i int) {
			start := i + len(p)
			if end := m.run(start, nameByte); end-start >= shortest {
				m.hide(start, end)
			}
		})
	}
}

// run is the end of the bytes of a kind from an offset on.
func (m *masker) run(i int, is func(byte) bool) int {
	for i < len(m.text) && is(m.text[i]) {
		i++
	}
	return i
}

// assigned masks values behind a secret's name and "=" or ":".
func (m *masker) assigned() {
	for _, n := range secretNames {
		each(m.lower, n, func(i int) { m.value(i, i+len(n)) })
	}
}

// value masks what is assigned to the name that has its last word at start.
func (m *masker) value(start, end int) {
	i := m.run(end, quoteByte)
	quoted := i > end
	i = m.run(i, blank)
	if i == len(m.text) || m.text[i] != '=' && m.text[i] != ':' {
		return
	}
	if m.text[i] == ':' && m.inARN(start) {
		return
	}
	i = m.run(m.run(i, func(c byte) bool { return c == '=' || c == ':' || c == '>' }), blank)
	if open := m.run(i, func(c byte) bool { return c == '\\' }); open < len(m.text) && quoteByte(m.text[open]) {
		mark := m.text[open]
		end := m.run(open+1, func(c byte) bool { return c != mark && c != '\n' && c != '\r' })
		m.hide(open+1, end-len(m.text[i:open]))
		return
	}
	// A quoted name before a bare word is prose, or refers to the value.
	if stop := m.run(i, valueByte); !quoted && !refers(m.text[i:stop]) {
		m.hide(i, stop)
	}
}

// referenceStart opens a dynamic reference, which ends before the next "}}"
// ("Get values stored in other services using dynamic references").
const referenceStart = "{{resolve:"

// references masks the parameters and secrets that dynamic references name. One
// that does not end reaches to the end of the text.
func (m *masker) references() {
	for at := 0; at < len(m.text); {
		i := strings.Index(m.text[at:], referenceStart)
		if i < 0 {
			return
		}
		start := at + i + len(referenceStart)
		if at = strings.Index(m.text[start:], "}}"); at < 0 {
			at = len(m.text) - start
		}
		at += start
		m.hide(start, at)
	}
}

// inARN reports whether a name stands behind a colon, as the kinds of resources
// do in ARNs and the names of actions.
func (m *masker) inARN(start int) bool {
	for start > 0 && nameByte(m.text[start-1]) {
		start--
	}
	return start > 0 && m.text[start-1] == ':'
}

// refers reports whether a value is an expression and no text.
func refers(value string) bool {
	for _, p := range [...]string{"var.", "local.", "data.", "module.", "each.", "aws_", "random_", "$", "{", "[", "(", "!", "<", "|", "*", "..."} {
		if strings.HasPrefix(value, p) {
			return true
		}
	}
	return value == "true" || value == "false" || value == "null"
}

// blockLine is the length of a line of an encoded key (RFC 7468).
const blockLine = 64

// longWords masks words that look like a key: those of the length of a secret
// access key where secrets are spoken of, and any as long as a line of a key.
func (m *masker) longWords() {
	const secretKey = 40
	for i := 0; i < len(m.text); i++ {
		end := m.run(i, wordByte)
		n := end - i
		if word := m.text[i:end]; mixed(word) && (n == secretKey || n >= blockLine && !logicalIDs(word)) {
			m.hide(i, end)
		}
		i = max(i, end)
	}
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func blank(c byte) bool { return c == ' ' || c == '\t' }

func quoteByte(c byte) bool { return c == '"' || c == '\'' || c == '\\' }

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || upper(c) || digit(c) || c == '_' || c == '-'
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || upper(c) || digit(c) || c == '+' || c == '/'
}

func valueByte(c byte) bool { return c > ' ' && !quoteByte(c) && strings.IndexByte(",;&)}]", c) < 0 }

func mixed(word string) bool {
	return strings.ContainsAny(word, "0123456789") && strings.ToLower(word) != word && strings.ToUpper(word) != word
}

// logicalIDs reports whether a word is a path of logical ids as the CDK makes
// them, of words and a hash ("Identifiers and the AWS CDK"): those of nested
// stacks stand before what is in them, and all are as long as a line of a key.
func logicalIDs(word string) bool {
	hashes, letters, starts := 0, 0, 0
	for id := range strings.SplitSeq(word, "/") {
		human, hashed := withoutHash(id)
		if hashed {
			hashes++
		} else if strings.ContainsAny(id, "0123456789") {
			return false
		}
		letters += len(human)
		starts += wordStarts(human)
	}
	return hashes > 0 && 5*starts <= letters && !strings.Contains(word, "+")
}

// withoutHash cuts the hash of a logical id off, eight digits in hexadecimal,
// with the name of what a nested stack hands on behind it.
func withoutHash(id string) (human string, hashed bool) {
	const digits = 8
	end := strings.TrimSuffix(strings.TrimSuffix(id, "Arn"), "Ref")
	if len(end) <= digits || strings.Trim(end[len(end)-digits:], "0123456789ABCDEF") != "" {
		return id, false
	}
	return end[:len(end)-digits], true
}

// wordStarts counts where words and numbers start, which in a key is at every
// other byte.
func wordStarts(s string) int {
	n := 0
	for i := 1; i < len(s); i++ {
		if upper(s[i]) && !upper(s[i-1]) || digit(s[i]) != digit(s[i-1]) {
			n++
		}
	}
	return n
}
