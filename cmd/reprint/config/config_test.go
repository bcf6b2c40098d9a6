package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"reprint/cmd/reprint/config"
)

// TestBadFiles reads every archive of testdata/bad: a file, and the problems that it must
// be refused with, word for word. The archive's name states the case.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d archives: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Parse("reprint.yaml", a.Files[0].Data)
			var problems config.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("the file is accepted: %v", err)
			}
			if got, want := strings.TrimSpace(err.Error()), strings.TrimSpace(string(a.Files[1].Data)); got != want {
				if *update {
					a.Files[1].Data = []byte(got + "\n")
					if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

const small = `site:
  name: Hill
  url: https://hill.example:8443
  timezone: Asia/Shanghai
  contact: {email: a@hill.example}
  unknown_origin: l
licenses:
  - {id: l, name: {en: L}, public: {text: link}}
sources:
  - {id: hill, name: Hill, home: "https://hill.example/", feed: feeds/hill.xml, license: l, every: 1d12h}
channels:
  - {id: top, title: Top}
partners:
  - id: p
    name: P
    agreements:
      - {id: a, covers: {sources: [hill]}, text: full, from: 2026-01-01, until: 2026-12-31, embargo: 30m}
`

func TestDefaultsAndDates(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("reprint.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.AdminListen != "127.0.0.1:8081" || c.Store != "sqlite:data/reprint.db" || c.Data != "data" {
		t.Errorf("defaults: %+v", c)
	}
	if c.Authority != "hill.example,2026" {
		t.Errorf("authority %q", c.Authority)
	}
	if s := c.Sources[0]; s.Every != 36*time.Hour || s.Zone.String() != "Asia/Shanghai" || s.Feed != "feeds/hill.xml" {
		t.Errorf("source %+v", s)
	}
	if c.House.Site.ClaimDays != 30 || c.House.Channels[0].Limit != 30 || c.House.Site.Language != "en" {
		t.Errorf("house %+v", c.House.Site)
	}
	a := c.House.Partners[0].Agreements[0]
	zone := c.Sources[0].Zone
	if want := time.Date(2027, 1, 1, 0, 0, 0, 0, zone); !a.Until.Equal(want) {
		t.Errorf("an agreement until 2026-12-31 ends %v, want %v", a.Until, want)
	}
	if want := time.Date(2026, 1, 1, 0, 0, 0, 0, zone); !a.From.Equal(want) {
		t.Errorf("an agreement from 2026-01-01 begins %v, want %v", a.From, want)
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "reprint.yaml")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Store != "sqlite:"+filepath.Join(dir, "data/reprint.db") || c.Data != filepath.Join(dir, "data") || c.Sources[0].Feed != filepath.Join(dir, "feeds/hill.xml") {
		t.Errorf("store %s, data %s, feed %s", c.Store, c.Data, c.Sources[0].Feed)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("site: {name: \x00}\n- x"))
	f.Add([]byte("licenses:\n  - id: [1]\n    public: 3\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("reprint.yaml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", c, err)
		}
		var problems config.Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("an error without a problem: %v", err)
		}
		for _, p := range problems {
			if p.Remedy == "" || p.Line < 1 || p.Column < 1 {
				t.Fatalf("problem without place or remedy: %+v", p)
			}
		}
	})
}
