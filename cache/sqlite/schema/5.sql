-- Version 5: the sources are shared out among the servers.

-- One row: the number that was given last, to a session or to a claim.
CREATE TABLE turns (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO turns (only, last) VALUES (1, 0);

CREATE TABLE enrolled (
    server  TEXT PRIMARY KEY,
    session INTEGER NOT NULL,
    until   INTEGER NOT NULL -- milliseconds
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    source  TEXT PRIMARY KEY,
    session INTEGER NOT NULL,
    fence   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
