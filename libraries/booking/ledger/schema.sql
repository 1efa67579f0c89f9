-- The ledger, version 1. All times are UTC, ISO 8601 with milliseconds; days are days of the site; money is pence.

CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    site TEXT NOT NULL,
    run TEXT NOT NULL,
    account TEXT NOT NULL,
    court INTEGER NOT NULL,
    day TEXT NOT NULL,
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    state TEXT NOT NULL CHECK (state IN ('intent', 'held', 'paying', 'paid', 'unknown', 'released')),
    why TEXT NOT NULL,
    pence INTEGER CHECK (pence >= 0)
) STRICT;

CREATE INDEX history_of_slot ON history (site, account, court, day, hour, id);

CREATE TRIGGER history_is_not_changed BEFORE UPDATE ON history
BEGIN
    SELECT raise(ABORT, 'the history is append-only');
END;

CREATE TRIGGER history_is_not_deleted BEFORE DELETE ON history
BEGIN
    SELECT raise(ABORT, 'the history is append-only');
END;

-- Where each slot stands: its latest row.
CREATE VIEW slots AS
SELECT * FROM history AS h
WHERE id = (
    SELECT max(id) FROM history
    WHERE site = h.site AND account = h.account AND court = h.court AND day = h.day AND hour = h.hour
);

CREATE TABLE runs (
    site TEXT NOT NULL,
    run TEXT NOT NULL,
    slot_day TEXT NOT NULL,
    accounts TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    status INTEGER,
    PRIMARY KEY (site, run)
) STRICT;

CREATE TABLE marks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    site TEXT NOT NULL,
    run TEXT NOT NULL,
    account TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX marks_of_run ON marks (site, run, what, id);

-- Each outcome is one row of the sheet's log, sent once it is in `sent`.
CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    site TEXT NOT NULL,
    account TEXT NOT NULL,
    court INTEGER NOT NULL,
    day TEXT NOT NULL,
    hour INTEGER NOT NULL,
    email TEXT NOT NULL,
    got_court INTEGER NOT NULL,
    got_day TEXT NOT NULL,
    got_hour INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    why TEXT NOT NULL,
    at TEXT NOT NULL,
    measures TEXT NOT NULL,
    UNIQUE (run, site, account, court, day, hour)
) STRICT;

CREATE TRIGGER outcomes_are_not_changed BEFORE UPDATE ON outcomes
BEGIN
    SELECT raise(ABORT, 'an outcome stands');
END;

CREATE TRIGGER outcomes_are_not_deleted BEFORE DELETE ON outcomes
BEGIN
    SELECT raise(ABORT, 'an outcome stands');
END;

CREATE TABLE sent (
    outcome INTEGER PRIMARY KEY REFERENCES outcomes (id),
    at TEXT NOT NULL
) STRICT;
