package reprint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mayImport is who may import whom inside the module: the table of docs/architecture.md.
// A package that is not listed fails the test, so a new one is placed on purpose. Of cmd only what is listed is held to it.
var mayImport = map[string][]string{
	"feeds":            {},
	"feeds/fetch":      {"feeds"},
	"feeds/parse":      {"feeds"},
	"feeds/extract":    {"feeds"},
	"feeds/normalize":  {"feeds", "feeds/parse", "feeds/extract"},
	"feeds/websub":     {"feeds/fetch", "cache"},
	"feeds/ingest":     {"feeds", "feeds/fetch", "feeds/parse", "feeds/extract", "feeds/normalize", "feeds/websub", "cache"},
	"syndicate":        {"feeds"},
	"syndicate/render": {"feeds", "syndicate"},
	"syndicate/ledger": {"syndicate"},
	"syndicate/access": {},
	"syndicate/claim":  {"feeds"},
	"syndicate/report": {"syndicate", "cache"},
	"syndicate/serve":  {"feeds", "feeds/websub", "syndicate", "syndicate/access", "syndicate/claim", "syndicate/ledger", "syndicate/render", "syndicate/report", "cache"},
	"cache":            {"feeds", "syndicate", "syndicate/claim"},
	"cache/sqlite":     {"feeds", "syndicate", "syndicate/claim", "cache"},
	"cache/redis":      {"feeds", "syndicate", "syndicate/claim", "cache"},

	"cmd/reprint/config": {"feeds", "feeds/ingest", "syndicate", "syndicate/access"},
	"cmd/reprint/pull":   {"syndicate/ledger"},
}

// home is the one package that may import a library.
var home = map[string]string{
	"github.com/mmcdole/gofeed":           "feeds/parse",
	"github.com/gorilla/feeds":            "syndicate/render",
	"github.com/redis/go-redis/v9":        "cache/redis",
	"modernc.org/sqlite":                  "cache/sqlite",
	"code.dny.dev/ssrf":                   "feeds/fetch",
	"github.com/temoto/robotstxt":         "feeds/fetch",
	"codeberg.org/readeck/go-readability": "feeds/extract",
	"github.com/microcosm-cc/bluemonday":  "feeds/normalize",
	"github.com/prometheus/client_golang": "syndicate/serve",
	"github.com/andybalholm/brotli":       "syndicate/serve",
	"golang.org/x/mod":                    "syndicate/ledger",
	"golang.org/x/time":                   "syndicate/access",
	"github.com/alecthomas/kong":          "cmd/reprint",
	"github.com/goccy/go-yaml":            "cmd/reprint/config",
}

// TestImports holds the directions of the flow, the homes of the libraries, and the purity
// of the two roots.
func TestImports(t *testing.T) {
	t.Parallel()
	for file, syntax := range sources(t) {
		pkg := path.Dir(file)
		for _, spec := range syntax.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			checkHome(t, file, pkg, name)
			checkDirection(t, file, pkg, name)
		}
	}
}

// TestArchitecturePage: the table of docs/architecture.md says of every package what [mayImport] does.
func TestArchitecturePage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([^`]+)`")
	said := make(map[string][]string)
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*`) \\| .* \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1) {
		imports := []string{}
		for _, name := range names.FindAllStringSubmatch(row[2], -1) {
			imports = append(imports, name[1])
		}
		for _, name := range names.FindAllStringSubmatch(row[1], -1) {
			said[name[1]] = imports
		}
	}
	delete(said, "cmd/reprint") // which imports what it likes
	if diff := cmp.Diff(mayImport, said); diff != "" {
		t.Errorf("docs/architecture.md is not what mayImport says (-mayImport +page):\n%s", diff)
	}
}

func checkHome(t *testing.T, file, pkg, name string) {
	for library, owner := range home {
		if (name == library || strings.HasPrefix(name, library+"/")) && !within(pkg, owner) && !strings.HasPrefix(pkg, "cmd/") {
			t.Errorf("%s imports %s, whose only home is %s", file, name, owner)
		}
	}
}

func checkDirection(t *testing.T, file, pkg, name string) {
	inner, ours := strings.CutPrefix(name, "reprint/")
	allowed, listed := mayImport[pkg]
	if !listed && (within(pkg, "cmd") || within(pkg, "cache/cachetest")) {
		return
	}
	switch {
	case !listed:
		t.Errorf("%s: package %s is not in the table of imports", file, pkg)
	case ours && !slices.Contains(allowed, inner):
		t.Errorf("%s: %s must not import %s", file, pkg, inner)
	case (pkg == "feeds" || pkg == "syndicate") && !ours && impure(name):
		t.Errorf("%s: %s is pure and must not import %s", file, pkg, name)
	}
}

// impure tells whether an import has no place in a package without I/O, clock and logging.
func impure(name string) bool {
	if strings.Contains(name, ".") {
		return true
	}
	return slices.Contains([]string{"os", "net", "net/http", "io", "io/fs", "log", "log/slog", "context", "math/rand", "math/rand/v2", "sync"}, name)
}

// TestClock: time is an argument everywhere but in cmd.
func TestClock(t *testing.T) {
	t.Parallel()
	for file, syntax := range sources(t) {
		if strings.HasPrefix(file, "cmd/") || strings.HasPrefix(file, "cache/cachetest/") {
			continue
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := selector.X.(*ast.Ident)
			if ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
				t.Errorf("%s uses time.%s; take the time as an argument", file, selector.Sel.Name)
			}
			return true
		})
	}
}

// TestOnlyFetchDials: one package of the service talks HTTP to the outside, through one guarded
// dialer. The partner's client is no part of the service: it asks the one site that its
// user names, which may well be at a private address.
func TestOnlyFetchDials(t *testing.T) {
	t.Parallel()
	for file, syntax := range sources(t) {
		if dir := path.Dir(file); within(dir, "feeds/fetch") || dir == "cmd/reprint/pull" {
			continue
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "http" &&
				slices.Contains([]string{"Client", "Get", "Post", "Head", "DefaultClient", "Transport", "DefaultTransport", "PostForm"}, selector.Sel.Name) {
				t.Errorf("%s uses http.%s; only feeds/fetch may", file, selector.Sel.Name)
			}
			return true
		})
	}
}

func within(pkg, owner string) bool { return pkg == owner || strings.HasPrefix(pkg, owner+"/") }

// sources parses every Go file of the module that is not a test, by its path.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := make(map[string]*ast.File)
	for _, root := range []string{"cmd", "feeds", "syndicate", "cache"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			files[filepath.ToSlash(name)] = syntax
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 10 {
		t.Fatalf("found only %d files: the test looks in the wrong place", len(files))
	}
	return files
}
