package serve

import (
	"bytes"
	"net/http"
	"slices"
	"testing"
	"time"
)

// FuzzHeaders: whatever a client sends, it gets a coding that exists, and a 304 only for a
// validator of this document.
func FuzzHeaders(f *testing.F) {
	d := newRepresentation(document{contentType: typeRSS, body: bytes.Repeat([]byte("<item>text</item>"), 100), modified: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), maxAge: maxAge})
	f.Add("gzip;q=0.5, br, *;q=0", `W/"x", `+d.variant(gz).etag[0], "Tue, 10 Mar 2026 12:00:00 GMT")
	f.Add("identity;q=0, *;q=0", "*", "")
	f.Add("zstd;q=1.0001;x=y,,;", `"unclosed, "`, "Tue, 10 Mar 1926 12:00:00 GMT")
	var tags []string
	for e := range encodings {
		tags = append(tags, d.variant(encoding(e)).etag...)
	}
	f.Fuzz(func(t *testing.T, accept, match, since string) {
		chosen := d.choose([]string{accept})
		if chosen == nil || chosen.body == nil {
			t.Fatalf("%q gets a coding that does not exist", accept)
		}
		h := http.Header{"If-Modified-Since": {since}}
		if match != "" {
			h["If-None-Match"] = []string{match}
		}
		v, not := d.notModified(conditionOf(h), chosen)
		if !not {
			return
		}
		if v == nil || !slices.Contains(tags, v.etag[0]) {
			t.Fatalf("%q is not modified against a variant that does not exist", match)
		}
		if match != "" && match[0] != '*' && !bytes.ContainsAny([]byte(match), "*") && !containsAny(match, tags) {
			t.Errorf("304 for %q", match)
		}
	})
}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return bytes.Contains([]byte(s), []byte(p)) })
}
