package reprint

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link matches a Markdown link; its groups are the text and the address.
var link = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]+)\)`)

// TestLinks checks that every link of the documentation leads to a file of the project, and
// that a link whose text is the name of a test leads to the file or folder that has the test.
func TestLinks(t *testing.T) {
	t.Parallel()
	pages := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		pages++
		text, err := os.ReadFile(path)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			checkLink(t, path, m[1], m[2])
		}
		return err
	})
	if err != nil || pages < 8 {
		t.Errorf("%d pages, %v", pages, err)
	}
}

// TestOperatorPage: docs/operator.md has a row for every address of the operator's listener and for every metric with its labels, and for
// nothing else.
func TestOperatorPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for file := range sources(t) {
		if filepath.ToSlash(filepath.Dir(file)) != "syndicate/serve" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range operatorRoute.FindAllStringSubmatch(string(text), -1) {
			address := strings.TrimSuffix(m[1], "{$}")
			if m[2] != "" {
				address = strings.ToUpper(m[2]) + " " + address
			}
			named["| `"+address+"` |"] = true
		}
		for _, m := range metricOrGauge.FindAllStringSubmatch(string(text), -1) {
			named[strings.Join(strings.Fields("| `"+m[1]+"` | "+strings.ReplaceAll(m[2], `"`, "`")+" |"), " ")] = true
		}
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `") {
			rows++
		}
	}
	for row := range named {
		if !strings.Contains(string(page), "\n"+row+" ") {
			t.Errorf("docs/operator.md has no row that begins with %s", row)
		}
	}
	if rows != len(named) || rows < 30 {
		t.Errorf("docs/operator.md has %d rows, and the code names %d addresses and metrics", rows, len(named))
	}
}

var (
	// operatorRoute matches a route of the operator's listener; its groups are the pattern and the method where that is not GET.
	operatorRoute = regexp.MustCompile(`pattern: "([^"]+)",(?: method: http\.Method(\w+),)? audience: operator`)
	// metricOrGauge matches a metric; its groups are the name and the labels.
	metricOrGauge = regexp.MustCompile(`"(reprint_[a-z_]+)",.*?(?:\[\]string\{(.*?)\}|$|\n)`)
)

func checkLink(t *testing.T, page, text, address string) {
	t.Helper()
	if strings.Contains(address, "://") {
		return
	}
	file, _, _ := strings.Cut(address, "#")
	path := filepath.Join(filepath.Dir(page), file)
	if _, err := os.Stat(path); err != nil {
		t.Errorf("%s: [%s](%s) leads nowhere", page, text, address)
		return
	}
	if strings.HasPrefix(text, "Test") {
		source, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(source), "\nfunc "+text+"(") {
			t.Errorf("%s: no %s in %s", page, text, address)
		}
	}
}
