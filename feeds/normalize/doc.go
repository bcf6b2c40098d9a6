// Package normalize turns a parsed document into items: it cleans the HTML, cuts bodies at
// their pictures, reads dates, resolves addresses, and finds out who made an item and who
// it says it comes from.
//
// One rule stands over all of it: precision before recall. What is read here decides who may
// have an item, so a reading that is not sure is marked Unclear or left out, and never
// guessed. What the source said is kept as evidence; nothing is decided here.
//
// The way of one body, each step in the file of its name:
//
//	tree      the source's HTML, parsed once; text alone where it is too large or too deep
//	tidy      what may stay of it: elements, attributes, addresses
//	picture   the pictures in it, each with its figure
//	page      the body laid out flat: lines of text and pictures, in reading order
//	caption   the lines below pictures, and the credits in them (credit)
//	edge      the lines at the head and the foot: origins, authors, editors (line, notice)
//	write     the parts: runs of clean HTML, cut at every picture and every such line
//	policy    the last gate, which every run passes before it leaves
package normalize
