-- Version 6: complaints. (Those of servers to sources are in the table claims.)

CREATE TABLE complaints (
    number INTEGER PRIMARY KEY,
    key    TEXT NOT NULL UNIQUE,
    due    INTEGER,      -- until when it is to be decided, in seconds; null once something has ended it
    claim  TEXT NOT NULL -- JSON
) STRICT;

CREATE INDEX complaints_open ON complaints (due) WHERE due IS NOT NULL;
