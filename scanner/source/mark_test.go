package source_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestHasMarkBytes(t *testing.T) {
	tests := map[string]bool{
		"": false, "plain": false, "\uFDD0": true, "a\uFDD1b": true, "\uFDD2": false, "\uFEFF\uFDD0": true,
		"\xEF": false, "\xEF\xB7": false, "\xEF\xEF\xB7\x90": true, "\uFEFFa": false,
	}
	for text, want := range tests {
		if got := source.HasMarkBytes([]byte(text)); got != want {
			t.Errorf("HasMarkBytes(%q) = %v", text, got)
		}
	}
}
