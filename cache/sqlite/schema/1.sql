-- Version 1 of the store. Times are Unix milliseconds, UTC.

-- With a rowid: a table without one keeps rows of this size badly.
CREATE TABLE items (
    id         TEXT NOT NULL UNIQUE,
    source     TEXT NOT NULL,
    revision   TEXT NOT NULL,
    uri        TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    rank       INTEGER NOT NULL,
    item       BLOB NOT NULL
) STRICT;
CREATE INDEX items_by_rank ON items (source, rank DESC, id);

-- AUTOINCREMENT: a position is never given twice.
CREATE TABLE journal (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    item     TEXT NOT NULL,
    source   TEXT NOT NULL,
    revision TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

CREATE TABLE polls (
    source TEXT PRIMARY KEY,
    poll   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stamps (
    document TEXT PRIMARY KEY,
    digest   TEXT NOT NULL,
    changed  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
