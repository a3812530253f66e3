-- Past leads through rules that are not in force, as somebody asked for it: the
-- period, the rules as they were then, and what came out. It is worked on under
-- a job; a run that was cut off begins again.

CREATE TABLE replay (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    state             TEXT   NOT NULL CHECK
        (state IN ('queued', 'running', 'done', 'stopped')),
    rules             TEXT   NOT NULL, -- JSON
    draft_version     BIGINT,          -- NULL: the rules were given
    from_ms           BIGINT NOT NULL,
    to_ms             BIGINT NOT NULL,
    until_id          BIGINT NOT NULL, -- the last decision in it
    leads_max         BIGINT,
    decisions         BIGINT NOT NULL DEFAULT 0, -- in the period ...
    decisions_done    BIGINT NOT NULL DEFAULT 0, -- ... so many looked at
    result            TEXT,            -- JSON
    reason            TEXT,            -- what stopped it
    person_id         BIGINT,          -- who asked for it; NULL: a key
    created_ms        BIGINT NOT NULL,
    begun_ms          BIGINT,
    ended_ms          BIGINT,
    PRIMARY KEY (workspace_id, id)
);

-- Leads that would have another owner, in the order they came.
CREATE TABLE replay_lead (
    workspace_id      BIGINT NOT NULL,
    replay_id         BIGINT NOT NULL,
    number            BIGINT NOT NULL, -- from 1
    lead_id           BIGINT NOT NULL,
    at_ms             BIGINT NOT NULL,
    before_kind       TEXT   NOT NULL CHECK (before_kind IN ('rep', 'queue')),
    before_id         BIGINT NOT NULL,
    after_kind        TEXT   NOT NULL CHECK (after_kind IN ('rep', 'queue')),
    after_id          BIGINT NOT NULL,
    rule_before       TEXT,            -- its id; NULL: none
    rule_after        TEXT,
    code              TEXT   NOT NULL, -- why the owner after
    PRIMARY KEY (workspace_id, replay_id, number)
);
