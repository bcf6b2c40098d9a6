-- Version 2: subscriptions at hubs.

CREATE TABLE subscriptions (
    source       TEXT PRIMARY KEY,
    subscription TEXT NOT NULL
) STRICT, WITHOUT ROWID;
