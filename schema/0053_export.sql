-- Leads as a file, as somebody asked for it, and the file in pieces, so that
-- any node gives it and goes on with it. The row stays when the file is gone:
-- it says who has taken how many leads out, and by which question.

CREATE TABLE export (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    state             TEXT   NOT NULL CHECK
        (state IN ('queued', 'running', 'done', 'stopped', 'expired',
                   'deleted', 'erased')),
    actor_kind        TEXT   NOT NULL CHECK (actor_kind IN ('person', 'key')),
    actor_id          BIGINT NOT NULL,
    question          TEXT   NOT NULL, -- JSON: filter, q, sort
    columns           TEXT   NOT NULL, -- JSON: [[name, header], ...]
    language          TEXT   NOT NULL,
    scope             TEXT,            -- what he saw; NULL: nothing read yet
    cursor            TEXT,            -- behind the last lead that is in it
    pieces            BIGINT NOT NULL DEFAULT 0,
    bytes             BIGINT NOT NULL DEFAULT 0,
    leads             BIGINT NOT NULL DEFAULT 0,
    reason            TEXT,            -- what stopped it
    created_ms        BIGINT NOT NULL,
    begun_ms          BIGINT,
    ended_ms          BIGINT,
    expires_ms        BIGINT,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE export_piece (
    workspace_id      BIGINT NOT NULL,
    export_id         BIGINT NOT NULL,
    number            BIGINT NOT NULL, -- from 0
    bytes             BLOB   NOT NULL,
    PRIMARY KEY (workspace_id, export_id, number)
);
