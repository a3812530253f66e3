-- Tables of leads that people hand in: the file in pieces, as it came, so that
-- any node can go on with it; and what became of each row.

CREATE TABLE import (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    source_id         BIGINT,          -- NULL: it is made with the first row
    source_name       TEXT   NOT NULL,
    file_name         TEXT,
    mapping           TEXT,            -- JSON; NULL: the usual names
    route             BIGINT NOT NULL, -- 0: leads wait in the default queue
    dry_run           BIGINT NOT NULL, -- of the run that is asked for
    state             TEXT   NOT NULL CHECK
        (state IN ('waiting', 'queued', 'running', 'checked', 'done',
                   'stopped', 'undoing', 'undone')),
    bytes             BIGINT NOT NULL DEFAULT 0,
    rows_done         BIGINT NOT NULL DEFAULT 0,
    summary           TEXT,            -- JSON, of the last run
    reason            TEXT,            -- what stopped it
    person_id         BIGINT,          -- who asked for it; NULL: a key
    created_ms        BIGINT NOT NULL,
    begun_ms          BIGINT,
    ended_ms          BIGINT,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE import_piece (
    workspace_id      BIGINT NOT NULL,
    import_id         BIGINT NOT NULL,
    number            BIGINT NOT NULL, -- from 0
    bytes             BLOB   NOT NULL,
    PRIMARY KEY (workspace_id, import_id, number)
);

-- Written with the lead of the row, so a run that was cut off goes on after it.
CREATE TABLE import_row (
    workspace_id      BIGINT NOT NULL,
    import_id         BIGINT NOT NULL,
    number            BIGINT NOT NULL, -- of the data; the first is 1
    line              BIGINT NOT NULL, -- of the file
    status            TEXT   NOT NULL CHECK
        (status IN ('new', 'joined', 'repeated', 'refused')),
    lead_id           BIGINT,
    owner             TEXT,
    rule              TEXT,
    why               TEXT,
    notes             TEXT,
    undo              TEXT CHECK (undo IN ('closed', 'kept')),
    PRIMARY KEY (workspace_id, import_id, number)
);

ALTER TABLE submission ADD COLUMN import_id BIGINT; -- it is a row of this one
