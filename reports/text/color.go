package text

import "github.com/iamwatch/iamwatch/scanner"

// A color is an ANSI foreground colour (ECMA-48, 8.3.117).
type color string

const (
	plain  color = ""
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	blue   color = "34"
	cyan   color = "36"
)

// A palette paints text, or leaves it as it is when it is off.
type palette bool

func (on palette) fg(c color, s string) string { return on.apply(string(c), s) }

func (on palette) bold(c color, s string) string {
	if c == plain {
		return on.apply("1", s)
	}
	return on.apply("1;"+string(c), s)
}

func (on palette) apply(code, s string) string {
	if !on || s == "" || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func hue(s scanner.Severity) color {
	switch s {
	case scanner.Critical, scanner.High:
		return red
	case scanner.Medium:
		return yellow
	case scanner.Low:
		return blue
	}
	return cyan
}
