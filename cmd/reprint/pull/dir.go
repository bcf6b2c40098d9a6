package pull

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Dir is the directory that a pull keeps:
//
//	items/ID.html and items/ID.json   what may be shown
//	receipts/LEDGER-N.json            proofs of the pulls
//	keys/LEDGER.pub                   public keys of the publisher, as they were first seen
//	state.json                        the cursor, and the receipts that are still owed
type Dir struct {
	path  string
	state state
}

// state is what is remembered between two pulls.
type state struct {
	Cursor string `json:"cursor"`
	// Begun tells that everything is being told anew, and Told what was told since. What is not
	// told until there is no more is not granted any more.
	Begun bool            `json:"begun,omitempty"`
	Told  map[string]bool `json:"told,omitempty"`
	// Owed are the receipts that could not be fetched yet, oldest first.
	Owed []owed `json:"owed,omitempty"`
}

// OpenDir opens a directory, and makes it if there is none.
func OpenDir(path string) (*Dir, error) {
	d := &Dir{path: path}
	for _, sub := range []string{"items", "receipts", "keys"} {
		if err := os.MkdirAll(filepath.Join(path, sub), 0o755); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(d.file("state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &d.state); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it to begin anew", d.file("state.json"), err)
	}
	return d, nil
}

func (d *Dir) file(parts ...string) string {
	return filepath.Join(append([]string{d.path}, parts...)...)
}

// begin notes that everything is told anew.
func (d *Dir) begin() { d.state.Begun, d.state.Told = true, make(map[string]bool) }

// sweep removes what was not told since everything began anew.
func (d *Dir) sweep() (removed int, err error) {
	if !d.state.Begun {
		return 0, nil
	}
	names, err := os.ReadDir(d.file("items"))
	if err != nil {
		return 0, err
	}
	for _, n := range names {
		id, ok := strings.CutSuffix(n.Name(), ".json")
		if !ok || d.state.Told[id] {
			continue
		}
		if _, err := d.remove(id); err != nil {
			return removed, err
		}
		removed++
	}
	d.state.Begun, d.state.Told = false, nil
	return removed, nil
}

// save keeps the state. The files are safe before it.
func (d *Dir) save() error {
	text, err := json.Marshal(d.state)
	if err != nil {
		return err
	}
	return d.put(append(text, '\n'), "state.json")
}

// put writes a file that is whole or not there, also after a crash.
func (d *Dir) put(content []byte, parts ...string) error {
	path := d.file(parts...)
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already, if all is well
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// remove deletes the files of an item. It tells whether there were any.
func (d *Dir) remove(id string) (bool, error) {
	found := false
	for _, end := range []string{".html", ".json"} {
		err := os.Remove(d.file("items", id+end))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return found, err
		}
		found = found || err == nil
	}
	return found, nil
}

// article is what the page of an item shows. The content has its notices in it.
type article struct {
	ID       string `json:"id"`
	URL      string `json:"url"`
	Title    string `json:"title"`
	Language string `json:"language"`
	Content  string `json:"content_html"`
	Rights   struct {
		License string `json:"license"`
		Notice  string `json:"notice"`
	} `json:"_rights"`
}

// HTML is the content. It comes from a publisher that the partner has a contract with.
func (a article) HTML() template.HTML { return template.HTML(a.Content) }

var articlePage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html{{with .Language}} lang="{{.}}"{{end}}>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<link rel="canonical" href="{{.URL}}">
<link rel="license" href="{{.Rights.License}}">
<article>
<h1>{{.Title}}</h1>
{{.HTML}}
</article>
</html>
`))

// write writes the files of an item.
func (d *Dir) write(c change) error {
	var a article
	if err := json.Unmarshal(c.Content, &a); err != nil {
		return fmt.Errorf("item %s: %w", c.Item, err)
	}
	var page bytes.Buffer
	if err := articlePage.Execute(&page, a); err != nil {
		return err
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := d.put(page.Bytes(), "items", c.Item+".html"); err != nil {
		return err
	}
	if d.state.Told != nil {
		d.state.Told[c.Item] = true
	}
	return d.put(append(text, '\n'), "items", c.Item+".json")
}
