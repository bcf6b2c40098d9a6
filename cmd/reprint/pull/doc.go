// Package pull is a partner's side: a small client that keeps a directory equal to what a
// publisher's agreements grant. It is for use, to be read by who writes another one, and the
// partner in our own tests.
//
// It follows the cursor of /partner/changes. For every item it writes two files, ID.html with
// the text and its notices and ID.json with the same for programs; it deletes both when the
// item may not be shown any more. The cursor is kept after the files are, so a crash repeats
// a page and loses nothing. Every page with content is on the publisher's record: its receipt is
// fetched, checked against the publisher's key and what was received, and kept; where the server that has it cannot
// be reached it stays owed.
package pull
