package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFiles bounds how many feeds one directory holds.
const maxFiles = 100

// feedExtensions are the files of a directory that count as feeds.
var feedExtensions = []string{".xml", ".rss", ".atom", ".json", ".rdf"}

// files reads a file, or the feeds of a directory by name. The validator is a digest of
// names, sizes and dates, so that unchanged files are not read.
func (c *Client) files(r Request) (Response, error) {
	root, names, err := open(r.URL)
	if err != nil {
		return Response{}, &Error{Kind: BadFile, URL: r.URL, Err: pathless(err)}
	}
	defer root.Close()
	response := Response{Status: 200, ETag: validator(root, names)}
	if response.ETag == r.ETag {
		response.NotModified = true
		return response, nil
	}
	for _, name := range names {
		body, err := c.file(root, name)
		if err != nil {
			kind := BadFile
			if errors.Is(err, errTooLarge) {
				kind = TooLarge
			}
			return Response{}, &Error{Kind: kind, URL: filepath.Join(r.URL, name), Err: pathless(err)}
		}
		response.Documents = append(response.Documents, Document{Name: name, Body: body})
	}
	return response, nil
}

// open opens the directory that holds the files and lists them. An [os.Root] keeps symbolic
// links from leading out of it.
func open(path string) (*os.Root, []string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.IsDir() {
		root, err := os.OpenRoot(filepath.Dir(path))
		return root, []string{filepath.Base(path)}, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, nil, err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, nil, errors.Join(err, root.Close())
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(feedExtensions, strings.ToLower(filepath.Ext(e.Name()))) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 || len(names) > maxFiles {
		return nil, nil, errors.Join(fmt.Errorf("a directory must hold from 1 to %d files named %s, and this holds %d", maxFiles, strings.Join(feedExtensions, ", "), len(names)), root.Close())
	}
	return root, names, nil
}

// validator is an ETag for a set of files.
func validator(root *os.Root, names []string) string {
	h := sha256.New()
	for _, name := range names {
		if info, err := root.Stat(name); err == nil {
			fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`
}

// file reads one file up to the bound.
func (c *Client) file(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("it is no regular file"))
	}
	body, err := io.ReadAll(io.LimitReader(f, c.o.MaxBytes+1))
	if int64(len(body)) > c.o.MaxBytes {
		return nil, fmt.Errorf("%w: over %d bytes", errTooLarge, c.o.MaxBytes)
	}
	return body, err
}

// pathless drops the path from an error, which says it already.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
