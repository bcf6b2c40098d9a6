package serve

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"reprint/feeds"
	"reprint/syndicate"
)

// NameStore is what [Names] need of the store; [cache.Store] states what each promises.
type NameStore interface {
	ItemStore
	Latest(ctx context.Context, sources []string, limit int) ([]feeds.Item, error)
}

// Names makes targets of what people call things. The command line and the operator's listener share it.
type Names struct {
	Store   NameStore
	Site    string   // our address
	Sources []string // ids
}

// lookedThrough is how many of the newest items are looked through for a link.
const lookedThrough = 10000

// Resolve turns the addresses of pages here and links at the source into ids, and leaves other targets as they are. What
// is nothing that we know is an error, see [Problem].
func (n Names) Resolve(ctx context.Context, names []string) ([]string, error) {
	if err := checkCount(names); err != nil {
		return nil, err
	}
	targets := make([]string, len(names))
	for i, name := range names {
		t, err := syndicate.ParseTarget(n.idOf(name))
		if err != nil {
			item, err := n.Find(ctx, name)
			if err != nil {
				return nil, err
			}
			t = syndicate.ItemTarget(item.ID)
		}
		if err := n.checkSource(ctx, t); err != nil {
			return nil, err
		}
		targets[i] = string(t)
	}
	return targets, nil
}

// idOf returns the id of the item that an address of a page here names; other names stay.
func (n Names) idOf(name string) string {
	page, ok := strings.CutPrefix(name, n.Site+"/items/")
	if !ok {
		return name
	}
	return page[:strings.IndexAny(page+"?", "?#/")]
}

// Find finds an item by id, by the address of its page here, or by its link or permanent id among the newest items.
func (n Names) Find(ctx context.Context, name string) (feeds.Item, error) {
	if id := n.idOf(name); feeds.SourceOf(id) != "" {
		items, err := n.Store.Items(ctx, []string{id})
		if err != nil {
			return feeds.Item{}, err
		}
		if len(items) == 1 {
			return items[0], nil
		}
	}
	items, err := n.Store.Latest(ctx, n.Sources, lookedThrough)
	if err != nil {
		return feeds.Item{}, err
	}
	for _, i := range items {
		if name != "" && (i.Link == name || i.URI == name || i.GUID == name) {
			return i, nil
		}
	}
	return feeds.Item{}, badRequest(fmt.Sprintf("no item %q among the newest %d; give the id that /items/ID or a feed shows, or its link at the source",
		name, lookedThrough))
}

// checkSource tells whether the source that a target names is none, or its picture is no address: a slip would be
// acknowledged, and nothing be withdrawn.
func (n Names) checkSource(ctx context.Context, t syndicate.Target) error {
	id, picture := cmp.Or(t.Source(), feeds.SourceOf(t.Item())), t.Picture()
	if of, url, ok := t.SourcePicture(); ok {
		id, picture = of, url
	}
	if picture != "" && !strings.Contains(picture, ":") {
		return badRequest(fmt.Sprintf("%q is no address: a picture is named by its whole address, such as https://img.example/a.jpg", picture))
	}
	if id == "" || slices.Contains(n.Sources, id) {
		return nil
	}
	items, err := n.Store.Latest(ctx, []string{id}, 1) // it may have been one
	if err != nil || len(items) > 0 {
		return err
	}
	known, err := n.Store.Standing(ctx, []syndicate.Target{t})
	if err != nil || len(known) > 0 {
		return err
	}
	return badRequest(fmt.Sprintf("no source %q, in the configuration or in the store; the sources are %s", id, strings.Join(n.Sources, ", ")))
}
