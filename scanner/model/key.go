package model

import "strings"

// A FoundKey is a key in a text.
type FoundKey struct {
	// Start and End bound the key in the text, in bytes.
	Start, End int
	Kind       KeyKind
	// Last4 are the last four characters of a key's id.
	Last4 string
}

const (
	keyIDLength  = 20 // "IAM identifiers": AKIA and 16 more characters
	secretLength = 40
	shownOfKeyID = 4
)

// ShortestKey is the length, in bytes, of the shortest text that FindKeys finds
// a key in.
const ShortestKey = keyIDLength

// FindKeys finds the keys of AWS in a text: ids by their prefix, and secrets
// by what stands before them, such as aws_secret_access_key.
func FindKeys(text string) []FoundKey {
	var out []FoundKey
	for i := 0; i < len(text); i++ {
		if i > 0 && isKeyByte(text[i-1]) || !isKeyByte(text[i]) {
			continue
		}
		end := i
		for end < len(text) && isKeyByte(text[end]) {
			end++
		}
		word := text[i:end]
		kind, last4 := KindOfKey(word)
		switch {
		case kind == SecretKey && !announced(text[:i]):
		case kind == ExampleKey && len(word) == secretLength && !announced(text[:i]):
		case kind != OtherValue:
			out = append(out, FoundKey{Start: i, End: end, Kind: kind, Last4: last4})
		}
		i = end - 1
	}
	return out
}

// announced reports whether the text before a value says that a secret access
// key follows: its name, then what an assignment or command puts between.
func announced(before string) bool {
	const farthest = 64
	line := before[max(len(before)-farthest, 0):]
	line = asciiLower(line[strings.LastIndexByte(line, '\n')+1:])
	for _, name := range []string{"secret_access_key", "secretaccesskey"} {
		i := strings.LastIndex(line, name)
		if i >= 0 && strings.Trim(line[i+len(name):], " \t\"':=\\") == "" {
			return true
		}
	}
	return false
}

// KindOfKey tells what a value looks like, and of a key's id the last four
// characters.
func KindOfKey(value string) (kind KeyKind, last4 string) {
	switch {
	case len(value) == keyIDLength && isKeyID(value):
		last4 = value[keyIDLength-shownOfKeyID:]
		switch {
		case strings.HasSuffix(value, "EXAMPLE"):
			return ExampleKey, last4
		case strings.HasPrefix(value, "ASIA"):
			return TemporaryKeyID, last4
		}
		return LongTermKeyID, last4
	case len(value) == secretLength && isSecret(value):
		if strings.Contains(value, "EXAMPLE") {
			return ExampleKey, ""
		}
		return SecretKey, ""
	}
	return OtherValue, ""
}

func isKeyID(s string) bool {
	if !strings.HasPrefix(s, "AKIA") && !strings.HasPrefix(s, "ASIA") {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// isSecret tells a secret from a hash in hexadecimal, which is as long: only
// the former has both cases.
func isSecret(s string) bool {
	for i := range len(s) {
		if !isKeyByte(s[i]) {
			return false
		}
	}
	return strings.ToLower(s) != s && strings.ToUpper(s) != s
}

func isKeyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '+'
}
