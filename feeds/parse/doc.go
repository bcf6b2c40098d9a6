// Package parse turns the bytes of a feed into a [Document], whatever its format and
// charset. It is the only home of gofeed.
//
// [Parse] goes over a document in four steps, each in a file of its own:
//
//	charset.go  the bytes become UTF-8, by what the document shows and not by what it claims
//	repair.go   what would make XML unreadable (stray characters, comments) is taken out
//	walk.go     one walk over the elements guards against hostile documents and reads, by
//	            the URI of the namespace, every statement about rights and all that gofeed loses
//	rss.go      gofeed's own structs for the format give the ordinary fields; both readings
//	atom.go     become one Document
//	json.go
//
// The walk comes before gofeed because gofeed takes time that grows with the square of the
// namespaces in scope, and because it files extensions under prefixes that anybody can
// choose. What is too large is refused with an [*Error]; what is broken is left out and
// reported in [Document.Losses], so that one bad item does not cost the others.
package parse
