-- Version 6: complaints. (Those of servers to sources are in the table claims.)

CREATE TABLE complaints (
    number INTEGER PRIMARY KEY,
    key    TEXT NOT NULL UNIQUE,
    events INTEGER NOT NULL, -- how many there are in the claim
    claim  TEXT NOT NULL     -- JSON
) STRICT;
