package lang

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// encodingTable holds the documentation's section "Encoding Functions".
func (l *library) encodingTable() map[string]function.Function {
	return map[string]function.Function{
		"base64decode":     opaque(decodeBase64, "str"),
		"base64encode":     opaque(encodeBase64, "str"),
		"base64gzip":       opaque(gzipBase64, "str"),
		"csvdecode":        checked(stdlib.CSVDecodeFunc, l.csvSize),
		"jsondecode":       l.jsonDecodeFunc(),
		"jsonencode":       l.jsonEncodeFunc(),
		"textdecodebase64": opaque(decodeText, "source", "encoding"),
		"textencodebase64": opaque(encodeText, "string", "encoding"),
		"urlencode":        opaque(encodeURL, "str"),
		"yamldecode":       l.yamlDecodeFunc(),
		"yamlencode":       l.yamlEncodeFunc(),
	}
}

func encodeBase64(args []string) (string, error) {
	return base64.StdEncoding.EncodeToString([]byte(args[0])), nil
}

func decodeBase64(args []string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", fmt.Errorf("decode base64: %w", err)
	}
	if !utf8.Valid(raw) {
		return "", errors.New("decode base64: the result is not valid UTF-8")
	}
	return string(raw), nil
}

func gzipBase64(args []string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(args[0])); err != nil {
		return "", fmt.Errorf("compress text: %w", err)
	}
	// Terraform flushes before it closes, which shows in the bytes.
	if err := w.Flush(); err != nil {
		return "", fmt.Errorf("compress text: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("compress text: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

func encodeURL(args []string) (string, error) { return url.QueryEscape(args[0]), nil }

// charset finds an encoding by its IANA name.
func charset(name string) (encoding.Encoding, error) {
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return nil, function.NewArgErrorf(1, "%q is not a supported IANA encoding name or alias", name)
	}
	return enc, nil
}

func encodeText(args []string) (string, error) {
	enc, err := charset(args[1])
	if err != nil {
		return "", err
	}
	raw, err := enc.NewEncoder().Bytes([]byte(args[0]))
	if err != nil {
		return "", fmt.Errorf("encode text: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

func decodeText(args []string) (string, error) {
	enc, err := charset(args[1])
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", fmt.Errorf("decode base64: %w", err)
	}
	text, err := enc.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", errors.New("decode text: the data contains symbols that are not defined in the encoding")
	}
	return string(text), nil
}

// csvSize bounds rows times columns: every row is an object with a name for
// each column.
func (l *library) csvSize(args []cty.Value) error {
	if !isText(args[0]) {
		return nil
	}
	text := args[0].AsString()
	header, _, _ := strings.Cut(text, "\n")
	rows := strings.Count(text, "\n") + 1
	return l.elements(clampSize(float64(rows) * float64(strings.Count(header, ",")+1)))
}
