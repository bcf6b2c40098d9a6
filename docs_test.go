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
