package syndicate

import (
	"fmt"
	"strings"

	"reprint/feeds"
)

// Target is what is withdrawn: an item, all of a source, all of an outlet, or one picture
// wherever it stands, or wherever it stands in one source.
type Target string

// ItemTarget is an item by its id.
func ItemTarget(id string) Target { return Target("item:" + id) }

// SourceTarget is everything that came or will come by a source.
func SourceTarget(id string) Target { return Target("source:" + id) }

// OriginTarget is everything that is from an outlet, by whatever source.
func OriginTarget(name string) Target { return Target("origin:" + feeds.Fold(name)) }

// PictureTarget is a picture by its address, however that is spelled.
func PictureTarget(url string) Target { return Target("picture:" + pictureAddress(url)) }

// ParseTarget reads a target as its String writes it. An item needs no "item:" before its id.
func ParseTarget(s string) (Target, error) {
	kind, value, ok := strings.Cut(s, ":")
	switch {
	case ok && value != "" && kind == "source":
		return SourceTarget(value), nil
	case ok && value != "" && kind == "origin":
		return OriginTarget(value), nil
	case ok && value != "" && kind == "picture":
		return PictureTarget(value), nil
	case ok && kind == "picture-of" && strings.Contains(value, ":"):
		source, url, _ := strings.Cut(value, ":")
		return SourcePictureTarget(source, url), nil
	case ok && kind == "item" && feeds.SourceOf(value) != "":
		return ItemTarget(value), nil
	case feeds.SourceOf(s) != "":
		return ItemTarget(s), nil
	}
	return "", fmt.Errorf("%q is no item, source:ID, origin:NAME, picture:URL or picture-of:SOURCE:URL", s)
}

// Item returns the id of the item that a target is; empty for other targets.
func (t Target) Item() string { return t.after("item:") }

// Source returns the id of the source that a target is; empty for other targets.
func (t Target) Source() string { return t.after("source:") }

// Origin returns the folded name of the outlet that a target is; empty for other targets.
func (t Target) Origin() string { return t.after("origin:") }

// Picture returns the address of the picture that a target is wherever it stands; empty for other targets.
func (t Target) Picture() string { return t.after("picture:") }

// SourcePicture returns the source and the address of the picture that a target is in items of that source only.
func (t Target) SourcePicture() (source, url string, ok bool) {
	return strings.Cut(t.after("picture-of:"), ":")
}

// after is what a target names, if it is of a kind.
func (t Target) after(kind string) string {
	value, ok := strings.CutPrefix(string(t), kind)
	if !ok {
		return ""
	}
	return value
}
