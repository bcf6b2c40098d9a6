package serve

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"reprint/feeds"
	"reprint/syndicate"
)

// searchedForClaims is how many of the newest items are looked through for an address that is not one of ours.
const searchedForClaims = 2000

// named finds what places name: items by their id, by the address of their page here, or by their link; and pictures. What is
// something else is for a person to read. Hidden is what the public never was shown.
func (d ClaimDesk) named(ctx context.Context, places []string) (shown, hidden []string, err error) {
	add := func(i feeds.Item, name string) {
		switch {
		case slices.Contains(shown, name):
		case d.Shown == nil || d.Shown(i):
			hidden = slices.DeleteFunc(hidden, func(h string) bool { return h == name }) // a picture of both
			shown = append(shown, name)
		case !slices.Contains(hidden, name):
			hidden = append(hidden, name)
		}
	}
	var ids, links []string
	for _, p := range places {
		if id, ok := d.itemAt(p); ok {
			ids = append(ids, id)
		} else {
			links = append(links, p)
		}
	}
	items, err := d.Store.Items(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range items {
		add(i, i.ID)
	}
	if links = slices.DeleteFunc(links, isNoAddress); len(links) == 0 {
		return shown, hidden, nil
	}
	newest, err := d.Store.Latest(ctx, d.Sources, searchedForClaims)
	to := newDestinations(links)
	for _, i := range newest {
		to.match(i, add)
	}
	return shown, hidden, err
}

// destinations are where links lead, to pages and to pictures.
type destinations struct {
	pages    map[string]bool // by address key
	pictures map[syndicate.Target]bool
}

func newDestinations(links []string) destinations {
	to := destinations{make(map[string]bool), make(map[syndicate.Target]bool)}
	for _, link := range links {
		to.pages[syndicate.AddressKey(link)] = true
		to.pictures[syndicate.PictureTarget(link)] = true
	}
	return to
}

// match adds an item if a link leads to it, and those of its pictures to which one does.
func (to destinations) match(i feeds.Item, add func(feeds.Item, string)) {
	if slices.ContainsFunc(syndicate.AddressesOf(i), func(key string) bool { return to.pages[key] }) {
		add(i, i.ID)
	}
	for _, p := range i.Pictures() {
		if target := syndicate.PictureTarget(p.URL); to.pictures[target] {
			add(i, string(target))
		}
	}
}

// itemAt returns the id of the item that a place names: as it is, or as a page of this house.
func (d ClaimDesk) itemAt(place string) (id string, ok bool) {
	if isItemID(place) {
		return place, true
	}
	at, err := url.Parse(place)
	home, bad := url.Parse(d.Site.URL)
	if err != nil || bad != nil || !strings.EqualFold(at.Host, home.Host) {
		return "", false
	}
	id, ok = strings.CutPrefix(strings.TrimSuffix(at.Path, "/"), strings.TrimSuffix(home.Path, "/")+"/items/")
	return id, ok && isItemID(id)
}

// isItemID tells whether a text can be the id of an item, and nothing more.
func isItemID(text string) bool { return feeds.SourceOf(text) != "" && url.PathEscape(text) == text }

func isNoAddress(place string) bool {
	u, err := url.Parse(place)
	return err != nil || u.Host == ""
}
