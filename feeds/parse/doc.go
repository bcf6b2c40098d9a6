// Package parse turns the bytes of a feed into a [Document], whatever its format and
// charset. It is the only home of gofeed.
package parse
