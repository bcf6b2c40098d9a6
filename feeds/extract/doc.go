// Package extract reads the page of an item: what its story is, as the extractor of reading
// modes finds it, and what stands on the page around the story. It is the only home of
// go-readability.
//
// Extractors throw away what this service lives by: the source line above the text, the
// editor below it, the terms in the footer. So the page is read a second time as plain lines,
// and [Page] holds those before and after the story beside it. Which of them say something
// is for package normalize to tell.
package extract
