package config_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/config.md and the wanted problems")

// TestReference makes docs/config.md from the comments of file.go, and fails where the page
// says something else.
func TestReference(t *testing.T) {
	t.Parallel()
	const page = "../../../docs/config.md"
	got := reference(t)
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("docs/config.md is not what file.go says; run `make generate`")
	}
}

func reference(t *testing.T) string {
	file, err := parser.ParseFile(token.NewFileSet(), "file.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# What can be configured\n\n<!-- Made from cmd/reprint/config/file.go by `make generate`. -->\n\n" +
		"One YAML file, strict: an unknown key is an error with line and column. `reprint check` names everything that is\n" +
		"wrong with it. A length of time is written 30s, 30m, 12h, 90d or 2w; a day 2026-12-31. Start from\n" +
		"[the example](../examples/newsroom/reprint.yaml).\n")
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		spec := general.Specs[0].(*ast.TypeSpec)
		if s, ok := spec.Type.(*ast.StructType); ok {
			writeStruct(t, &b, spec.Name.Name, general.Doc.Text(), s)
		}
	}
	return b.String()
}

func writeStruct(t *testing.T, b *strings.Builder, name, doc string, s *ast.StructType) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n| key | | meaning |\n| --- | --- | --- |\n", name, meaning(t, name, doc))
	for _, f := range s.Fields.List {
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		need := ""
		if tag.Get("need") == "true" {
			need = "required"
		}
		text := strings.Join(strings.Fields(f.Doc.Text()), " ")
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", tag.Get("yaml"), need, meaning(t, f.Names[0].Name, text))
	}
}

// meaning is what a comment says of a name: without the name, which is one of Go, and the "is" or "are" behind it.
func meaning(t *testing.T, name, comment string) string {
	text, ok := strings.CutPrefix(comment, name+" ")
	if !ok || strings.TrimSpace(text) == "" {
		t.Errorf("the comment %q does not begin with the name %s and go on", comment, name)
		return comment
	}
	for _, verb := range []string{"is ", "are "} {
		if rest, ok := strings.CutPrefix(text, verb); ok {
			text = rest
			break
		}
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
