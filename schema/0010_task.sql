-- What a person is to do next with a lead. due_ms is the moment; time_zone
-- says in whose day and at what hour of the clock on the wall it was meant.
-- owner_id repeats the rep who owns the lead (NULL: a queue), so that the
-- tasks of one's own leads are found without reading leads; it moves in the
-- transaction that changes the owner.
CREATE TABLE task (
    workspace_id          BIGINT NOT NULL,
    id                    BIGINT NOT NULL,
    version               BIGINT NOT NULL DEFAULT 1,
    lead_id               BIGINT NOT NULL,
    owner_id              BIGINT,
    assignee_id           BIGINT, -- NULL: whoever gets the lead
    fixed                 BIGINT NOT NULL CHECK (fixed IN (0, 1)),
    automatic             BIGINT NOT NULL CHECK (automatic IN (0, 1)),
    kind                  TEXT   NOT NULL
        CHECK (kind IN ('call', 'message', 'meeting', 'other')),
    title                 TEXT   NOT NULL,
    note                  TEXT,
    due_ms                BIGINT NOT NULL,
    end_ms                BIGINT CHECK (end_ms > due_ms),
    time_zone             TEXT   NOT NULL,
    remind_before_minutes BIGINT, -- NULL: no reminder
    reminded_ms           BIGINT, -- the moment it was last reminded for
    state                 TEXT   NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'done', 'cancelled')),
    outcome               TEXT,
    done_ms               BIGINT,
    actor_kind            TEXT   NOT NULL, -- who made it
    actor_id              BIGINT,
    created_ms            BIGINT NOT NULL,
    updated_ms            BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CHECK (fixed = 0 OR assignee_id IS NOT NULL),
    CHECK ((state = 'done') = (done_ms IS NOT NULL))
);
CREATE INDEX task_assignee ON task (workspace_id, assignee_id, due_ms, id);
CREATE INDEX task_owner ON task (workspace_id, owner_id, due_ms, id);
CREATE INDEX task_lead ON task (workspace_id, lead_id, id);
