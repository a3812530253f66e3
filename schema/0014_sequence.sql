-- Planned touches over days that stop when the person answers.

-- steps: JSON, in their order (src/follow_up/README.md). A sequence that is
-- no longer wanted is archived: leads have been through it.
CREATE TABLE sequence (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    slug              TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    active            BIGINT NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    steps             TEXT   NOT NULL,
    archived_ms       BIGINT,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX sequence_slug ON sequence (workspace_id, slug)
    WHERE archived_ms IS NULL;

-- One lead on its way through one sequence. step is the next to be taken:
-- a job that comes for another is late or early, and does nothing.
CREATE TABLE sequence_run (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    sequence_id       BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    state             TEXT   NOT NULL
        CHECK (state IN ('running', 'finished', 'stopped')),
    step              BIGINT NOT NULL,
    due_ms            BIGINT,
    reason            TEXT, -- why it was stopped: answered, touched, ...
    actor_kind        TEXT   NOT NULL, -- who began it
    actor_id          BIGINT,
    started_ms        BIGINT NOT NULL,
    ended_ms          BIGINT,
    PRIMARY KEY (workspace_id, id),
    CHECK ((state = 'running') = (ended_ms IS NULL))
);
-- S1: a lead is in one sequence at a time.
CREATE UNIQUE INDEX sequence_run_one ON sequence_run (workspace_id, lead_id)
    WHERE ended_ms IS NULL;
CREATE INDEX sequence_run_lead ON sequence_run (workspace_id, lead_id, id);
CREATE INDEX sequence_run_open ON sequence_run (workspace_id, sequence_id)
    WHERE ended_ms IS NULL;

-- 0: never in a sequence, 1: in one now, 2: has been in one.
ALTER TABLE lead ADD COLUMN sequence_state BIGINT NOT NULL DEFAULT 0;
