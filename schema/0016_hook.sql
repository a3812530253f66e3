-- Webhooks of other programs come in at a source, and what no stage can
-- digest is kept. A submission becomes one of a lead (table submission) or
-- waits here; so the hot table carries no state that a lead never has.

ALTER TABLE source ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- How the bodies of a source's webhooks are read, and who may send them. Only
-- hashes of the addresses' tokens are kept. secrets: what senders sign with,
-- never shown again.
CREATE TABLE source_hook (
    workspace_id      BIGINT NOT NULL,
    source_id         BIGINT NOT NULL,
    document          TEXT   NOT NULL,
    secrets           TEXT   NOT NULL,
    token_hash        BLOB,            -- NULL: nobody knows an address yet
    old_token_hash    BLOB,            -- the one before, while it is good
    old_until_ms      BIGINT,
    changed_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, source_id)
);

-- What came and no field of a lead is read from, with a submission that has
-- it: the example is looked up there, so an erased person is in none.
CREATE TABLE source_field (
    workspace_id      BIGINT NOT NULL,
    source_id         BIGINT NOT NULL,
    path              TEXT   NOT NULL,
    submission_id     BIGINT NOT NULL,
    seen_ms           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, source_id, path)
);

-- Submissions that are no lead's: quarantined, taken for spam, or such as the
-- source's mapping says are none. One that became a lead's after all has its
-- body in table submission, under the same id.
CREATE TABLE held_submission (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    source_id         BIGINT NOT NULL,
    form_id           BIGINT,          -- it came by a form of ours
    received_ms       BIGINT NOT NULL,
    delivery_key      TEXT,
    content_type      TEXT   NOT NULL, -- "...;base64": the body is no text
    body              TEXT   NOT NULL,
    state             TEXT   NOT NULL CHECK
        (state IN ('quarantined', 'spam', 'ignored', 'released', 'dismissed')),
    code              TEXT   NOT NULL, -- why, for programs
    reason            TEXT   NOT NULL, -- why, for people
    pointer           TEXT,            -- where in the body
    lead_id           BIGINT,          -- what it became, or waits in the queue
    settled_ms        BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX held_submission_state ON held_submission (workspace_id, state, id);
-- The same delivery waits once. (A rare row: the key's order does no harm.)
CREATE UNIQUE INDEX held_submission_delivery
    ON held_submission (workspace_id, source_id, delivery_key)
    WHERE delivery_key IS NOT NULL;
