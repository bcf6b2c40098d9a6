-- Version 4: withdrawals, and the servers that must know them.

CREATE TABLE withdrawals (
    target TEXT PRIMARY KEY,
    epoch  INTEGER NOT NULL,
    key    TEXT NOT NULL,
    entry  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawals_by_epoch ON withdrawals (epoch);

-- One row: what the store is, the greatest epoch, and the sum of the entries.
CREATE TABLE identity (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    id    TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    sum   INTEGER NOT NULL
) STRICT;
INSERT INTO identity (only, id, epoch, sum) VALUES (1, lower(hex(randomblob(16))), 0, 0);

CREATE TABLE servers (
    server  TEXT PRIMARY KEY,
    applied INTEGER NOT NULL,
    lease   INTEGER NOT NULL, -- milliseconds
    version TEXT NOT NULL,
    address TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
