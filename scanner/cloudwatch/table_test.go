package cloudwatch

import (
	"bytes"
	"compress/flate"
	"strings"
	"testing"
)

// sizeLimit is the embedded data's share of the binary, in bytes.
const sizeLimit = 150_000

func TestEmbeddedSize(t *testing.T) {
	if n := len(actionsText) + len(managedData); n > sizeLimit {
		t.Errorf("%d bytes are embedded, more than %d", n, sizeLimit)
	}
}

func TestEmbeddedTablesDecode(t *testing.T) {
	if _, err := parseCatalogue(actionsText); err != nil {
		t.Error(err)
	}
	if _, err := parseManaged(managedData); err != nil {
		t.Error(err)
	}
}

func TestBrokenCatalogue(t *testing.T) {
	const head = "iamwatch-actions\t1\t0\t2026-01-01\t1\n"
	const svc = "svc\toam\tOAM\tcore\t\t1\n"
	tests := map[string]string{
		"no header":        "",
		"other version":    "iamwatch-actions\t2\t0\t2026-01-01\t1\n",
		"record":           head + "what\n",
		"action alone":     head + "act\tGetLink\tR\trecon\t1\n",
		"type alone":       head + "res\tLink\tarn:x\n",
		"service's number": head + "svc\toam\tOAM\tcore\n",
		"level":            head + svc + "act\tGetLink\tX\trecon\t1\n",
		"no level":         head + svc + "act\tGetLink\t\trecon\t1\n",
		"class":            head + svc + "act\tGetLink\tR\tharm\t1\n",
		"no class":         head + svc + "act\tGetLink\tR\t\t1\n",
		"impact":           head + svc + "act\tGetLink\tR\trecon\t4\n",
	}
	for name, text := range tests {
		if c, err := parseCatalogue(text); err == nil || len(c.actions) > 0 {
			t.Errorf("%s: %v, %d actions", name, err, len(c.actions))
		}
	}
	if c, err := parseCatalogue(head + svc + "act\tGetLink\tR\trecon\t1\n"); err != nil || c.actions[0].full != "oam:GetLink" {
		t.Errorf("good table: %v", err)
	}
}

func TestBrokenManaged(t *testing.T) {
	const head = "iamwatch-managed\t1\t2026-01-01\t1\n"
	tests := map[string]string{
		"no header":  "",
		"no stream":  head,
		"not packed": head + "all\ta",
		"record":     head + pack(t, "what\n"),
		"number":     head + pack(t, "pol\tarn\tname\tv1\t2026-01-01\t\t\tx\t{}\n"),
	}
	for name, data := range tests {
		if p, err := parseManaged(data); err == nil || len(p.policies) > 0 {
			t.Errorf("%s: %v, %d policies", name, err, len(p.policies))
		}
	}
}

func pack(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The memo stays within its bounds whatever a repository writes.
func TestMemoIsBounded(t *testing.T) {
	var m memo
	for i := range memoLimit + 10 {
		m.put(strings.Repeat("x", i%memoLength)+string(rune('a'+i/memoLength)), ActionSet{})
	}
	if n := m.count.Load(); n > memoLimit || n < memoLimit/2 {
		t.Errorf("the memo holds %d sets", n)
	}
	long := strings.Repeat("y", memoLength+1)
	if m.put(long, ActionSet{}); m.count.Load() > memoLimit {
		t.Error("the memo grew")
	}
	if _, ok := m.get(long); ok {
		t.Error("the memo took a long pattern")
	}
}

func BenchmarkMatch(b *testing.B) {
	patterns := []string{"*", "logs:*", "cloudwatch:put*", "cloudwatch:*alarm*"}
	b.Run("memo", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			Match(patterns[i%len(patterns)])
		}
	})
	b.Run("cold", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			load().match(patterns[i%len(patterns)])
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.Run("actions", func(b *testing.B) {
		for b.Loop() {
			if _, err := parseCatalogue(actionsText); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("managed", func(b *testing.B) {
		for b.Loop() {
			if _, err := parseManaged(managedData); err != nil {
				b.Fatal(err)
			}
		}
	})
}
