-- Work for the machine, kept until it is done: timers, and what must leave
-- the building (webhooks, mail). A row is written in the transaction that
-- decided it, so nothing is announced that was not saved, and no timer lives
-- in memory only. Rows carry ids and settings, no personal data.
--
-- state: 0 pending, 1 running under a lease, 2 done, 3 failed for good,
-- 4 unknown (it may have happened and must not be repeated blindly).
CREATE TABLE job (
    workspace_id      BIGINT NOT NULL, -- 0: the instance's own
    id                BIGINT NOT NULL, -- the order within (lead_id, channel)
    kind              TEXT   NOT NULL,
    outside           BIGINT NOT NULL CHECK (outside IN (0, 1)), -- is sent
    key               TEXT,            -- unique while pending
    lead_id           BIGINT,
    channel           TEXT,            -- with lead_id: one after the other
    payload           TEXT   NOT NULL,
    state             BIGINT NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    due_ms            BIGINT NOT NULL, -- running: the end of the lease
    attempts          BIGINT NOT NULL DEFAULT 0,
    attempts_max      BIGINT NOT NULL,
    epoch             BIGINT NOT NULL DEFAULT 0, -- who holds it; see J4
    last_error        TEXT,
    created_ms        BIGINT NOT NULL,
    done_ms           BIGINT,          -- the end of its last attempt
    PRIMARY KEY (workspace_id, id)
);

-- The clock of the instance asks across workspaces; both sorts apart, so that
-- sends that wait for room do not hide timers.
CREATE INDEX job_due ON job (outside, due_ms) WHERE state < 2;
-- J2: one pending job for a key.
CREATE UNIQUE INDEX job_key ON job (workspace_id, kind, key)
    WHERE key IS NOT NULL AND state = 0;
-- J3: is an earlier one of this lead and channel still open?
CREATE INDEX job_order ON job (workspace_id, lead_id, channel, id)
    WHERE channel IS NOT NULL AND state < 2;
-- What somebody must look at, and what is old enough to be forgotten.
CREATE INDEX job_failed ON job (workspace_id, id) WHERE state > 2;
CREATE INDEX job_done ON job (done_ms) WHERE state = 2;
