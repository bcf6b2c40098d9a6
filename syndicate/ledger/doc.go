// Package ledger is the record of what was licensed to whom: an append-only log on this
// server's disk, kept so that nobody can change it afterwards without being found out.
//
// An [Entry] is one JSON object on one line, with its length and checksum before it. Lines
// stand in segments that are only ever appended to. Over the lines runs a Merkle tree
// (RFC 6962, through golang.org/x/mod/sumdb/tlog), whose root is signed after every group of
// entries: the [Checkpoint]. From these follow the two things that the ledger is for. [Verify]
// finds every bit that was changed, everything that was cut off or put elsewhere. And a
// [Receipt] proves to whoever holds it and the public key, without asking us, that one entry is
// in the log that a checkpoint speaks of.
//
// [Ledger.Append] returns only when the entries and a checkpoint that covers them are on the
// disk. Whoever comes while the disk is busy waits together, and shares one write.
//
// The files: entry (what is recorded), line (how it stands on the disk), segment and scan (the
// files with the lines), tree (the hashes), checkpoint and key (the signatures), ledger and
// commit (opening and appending), verify, receipt and export (what it is good for).
package ledger
