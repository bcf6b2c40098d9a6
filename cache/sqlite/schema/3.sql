-- Version 3: what is kept for partners.

CREATE TABLE revocations (
    partner TEXT NOT NULL,
    token   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (partner, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name   TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE holdings (
    partner  TEXT NOT NULL,
    item     TEXT NOT NULL,
    form     INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    PRIMARY KEY (partner, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE places (
    partner TEXT NOT NULL,
    name    TEXT NOT NULL,
    item    TEXT NOT NULL,
    day     TEXT NOT NULL,
    PRIMARY KEY (partner, name, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX places_by_day ON places (partner, name, day);

CREATE TABLE counted (
    ledger   TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- recent: the last pulls in milliseconds, newest first, separated by spaces.
CREATE TABLE tallies (
    partner  TEXT NOT NULL,
    source   TEXT NOT NULL,
    pulls    INTEGER NOT NULL,
    items    INTEGER NOT NULL,
    whole    INTEGER NOT NULL,
    excerpts INTEGER NOT NULL,
    links    INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    recent   TEXT NOT NULL,
    PRIMARY KEY (partner, source)
) STRICT, WITHOUT ROWID;
