//go:build unix

package lang_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestPipesAreNotOpened: what is no regular file is refused unopened, since
// to open a named pipe waits for a writer.
func TestPipesAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skipf("SKIPPED: no named pipe can be made here: %v", err)
	}
	for _, expr := range []string{`file("pipe")`, `filebase64("pipe")`, `filesha256("pipe")`, `templatefile("pipe", {})`, `fileexists("pipe")`} {
		done := make(chan error, 1)
		go func() {
			_, err := eval(t, testEnv(dir), expr, nil)
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil {
				t.Errorf("%s has a value", expr)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s waits for ever", expr)
		}
	}
}
