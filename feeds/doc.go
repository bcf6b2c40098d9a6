// Package feeds holds what a partner's feed says, once it has been read and cleaned.
//
// An [Item] is one story of one source: its title, its body cut into [Part]s, its
// pictures with their credits, who it says it comes from ([Attribution]) and every
// statement about rights that came with it ([Statement]). The package is the noun of
// the whole service and knows nothing of HTTP, XML, storage or clocks: it imports the
// standard library only, does no I/O and never asks the time.
//
// The subpackages are the steps that make Items, in the order in which data flows:
//
//	fetch      bytes from a publisher, politely and within bounds
//	parse      bytes to a Document, whatever the format and the charset
//	normalize  a Document to Items
//	ingest     the three above, and the store, once or on a loop
//
// An Item records facts and no verdicts. Who may have it is decided later, at read time,
// by package syndicate, because agreements end and withdrawals arrive after an item was
// stored.
package feeds
