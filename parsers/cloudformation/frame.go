package cloudformation

import (
	"net/url"
	"path"
	"strconv"
	"strings"
)

// A frame is one call of a stack trace, in a file that a person may have
// written.
type frame struct {
	// file is slash-separated. One that begins with a slash is absolute on the
	// machine that made the trace, a drive of Windows being its first part.
	file string
	// line and column are 1-based; a column of 0 is not known.
	line, column int
}

// parseFrame reads one line of a stack trace: "name (file:line:column)", as
// V8 writes it ("Stack trace API") and the AWS CDK repeats it, also for the
// frames of other languages; "file:line:column"; or 'File "file", line n' of
// Python. It refuses folded frames, such as "...aws-cdk-lib...", those of
// libraries, and those of the runtime.
func parseFrame(s string) (frame, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "at ")
	if strings.HasPrefix(s, "...") || strings.HasPrefix(s, "(") {
		return frame{}, false
	}
	if rest, ok := strings.CutPrefix(s, `File "`); ok {
		return pythonFrame(rest)
	}
	if _, inner, ok := strings.Cut(s, " ("); ok && strings.HasSuffix(inner, ")") {
		s = strings.TrimSuffix(inner, ")")
	}
	s, last, ok := cutNumber(s)
	if !ok {
		return frame{}, false
	}
	f := frame{line: last}
	if rest, n, ok := cutNumber(s); ok {
		s, f.line, f.column = rest, n, last
	}
	return f.in(s)
}

func pythonFrame(s string) (frame, bool) {
	file, rest, _ := strings.Cut(s, `", line `)
	digits, _, _ := strings.Cut(rest, ",")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 {
		return frame{}, false
	}
	return frame{line: n}.in(file)
}

// cutNumber cuts a colon and a positive number from the end.
func cutNumber(s string) (rest string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil && n > 0
}

// in is the frame in a file as a trace names it.
func (f frame) in(name string) (frame, bool) {
	name, ok := fileOf(name)
	if !ok || isForeign(name) {
		return frame{}, false
	}
	f.file = name
	return f, true
}

// fileOf is the path that a trace means by a name: a path of either kind of
// system, a file:// URL, or a module of webpack.
func fileOf(name string) (string, bool) {
	if scheme, rest, ok := strings.Cut(name, "://"); ok {
		switch {
		case scheme == "file":
			if unescaped, err := url.PathUnescape(rest); err == nil {
				rest = unescaped
			}
			name = rest
		case strings.HasPrefix(scheme, "webpack"):
			_, name, _ = strings.Cut(rest, "/") // the name of the bundle
			name, _, _ = strings.Cut(name, "?")
		default:
			return "", false
		}
	}
	name = strings.ReplaceAll(name, `\`, "/")
	drive := strings.TrimPrefix(name, "/")
	if len(drive) > 2 && drive[1] == ':' && drive[2] == '/' {
		name = "/" + drive
	}
	if name == "" || strings.HasSuffix(name, "/") || strings.ContainsAny(name, "\x00<>") {
		return "", false
	}
	return path.Clean(name), true
}

// isForeign reports whether a file belongs to a library or to the runtime.
func isForeign(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "node_modules", "site-packages", "dist-packages", ".yarn", "jsii-runtime":
			return true
		}
	}
	return strings.HasPrefix(name, "node:") || strings.HasPrefix(name, "internal/")
}
