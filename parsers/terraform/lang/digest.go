package lang

import (
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// A digest is a hash with the form that its sum is written in.
type digest struct {
	make func() hash.Hash
	form func([]byte) string
}

func (d digest) sum(data []byte) string {
	h := d.make()
	h.Write(data)
	return d.form(h.Sum(nil))
}

func (d digest) text() function.Function {
	return opaque(func(args []string) (string, error) { return d.sum([]byte(args[0])), nil }, "str")
}

// digests holds the hash functions by name; file + name is the same over
// the content of a file.
func digests() map[string]digest {
	return map[string]digest{
		"base64sha256": {sha256.New, base64.StdEncoding.EncodeToString},
		"base64sha512": {sha512.New, base64.StdEncoding.EncodeToString},
		"md5":          {md5.New, hex.EncodeToString},
		"sha1":         {sha1.New, hex.EncodeToString},
		"sha256":       {sha256.New, hex.EncodeToString},
		"sha512":       {sha512.New, hex.EncodeToString},
	}
}

// digestTable holds the documentation's section "Hash and Crypto Functions".
func digestTable() map[string]function.Function {
	cost := param("cost", cty.Number)
	table := map[string]function.Function{
		"bcrypt":     unknownOf(cty.String, &cost, param("str", cty.String)),
		"rsadecrypt": opaque(decryptRSA, "ciphertext", "privatekey"),
		"uuid":       unknownOf(cty.String, nil),
		"uuidv5":     opaque(nameUUID, "namespace", "name"),
	}
	for name, d := range digests() {
		table[name] = d.text()
	}
	return table
}

// nameUUID is a version 5 UUID (RFC 9562, section 5.5); the namespace may be
// one of the four that the RFC names.
func nameUUID(args []string) (string, error) {
	space, err := parseUUID(namespaceUUID(args[0]))
	if err != nil {
		return "", err
	}
	sum := sha1.Sum(append(space, args[1]...))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]), nil
}

func namespaceUUID(name string) string {
	switch name {
	case "dns":
		return "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	case "url":
		return "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
	case "oid":
		return "6ba7b812-9dad-11d1-80b4-00c04fd430c8"
	case "x500":
		return "6ba7b814-9dad-11d1-80b4-00c04fd430c8"
	}
	return name
}

// parseUUID reads the forms that Terraform takes: with hyphens, the same in
// braces or behind "urn:uuid:", and 32 digits without hyphens.
func parseUUID(s string) ([]byte, error) {
	const digits, hyphenated, urn = 32, 36, "urn:uuid:"
	text := s
	switch {
	case len(s) == hyphenated+len(urn) && strings.EqualFold(s[:len(urn)], urn):
		text = s[len(urn):]
	case len(s) == hyphenated+len("{}"):
		text = s[1 : len(s)-1]
	}
	if len(text) == hyphenated && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = strings.ReplaceAll(text, "-", "")
	}
	raw, err := hex.DecodeString(text)
	if err != nil || len(text) != digits {
		return nil, function.NewArgErrorf(0, "%q is not a valid UUID", s)
	}
	return raw, nil
}

// decryptRSA decrypts PKCS #1 v1.5, as "rsadecrypt Function" says.
func decryptRSA(args []string) (string, error) {
	cipher, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", function.NewArgErrorf(0, "the ciphertext is not valid base64")
	}
	key, err := privateKey(args[1])
	if err != nil {
		return "", err
	}
	//nolint:staticcheck // the function is defined by this padding; key and text are the caller's own
	out, err := rsa.DecryptPKCS1v15(nil, key, cipher)
	if err != nil {
		return "", errors.New("decrypt text: the key does not fit")
	}
	return string(out), nil
}

func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, function.NewArgErrorf(1, "no PEM block")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if k, ok := key.(*rsa.PrivateKey); err == nil && ok {
		return k, nil
	}
	return nil, function.NewArgErrorf(1, "no RSA private key")
}
