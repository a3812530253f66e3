-- Who takes back what one version of the rules has assigned, and what became
-- of each assignment. counts: JSON, by outcome. queue_id: where those wait whom
-- nobody had before; NULL: the rules in force decide.
CREATE TABLE routing_revert (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    rules_version     BIGINT NOT NULL,
    dry_run           BIGINT NOT NULL, -- 1: it only says what it would do
    note              TEXT   NOT NULL,
    queue_id          BIGINT,
    actor_kind        TEXT   NOT NULL,
    actor_id          BIGINT,
    from_id           BIGINT NOT NULL, -- decisions between these two ...
    until_id          BIGINT NOT NULL,
    after_id          BIGINT NOT NULL, -- ... of which these are done
    counts            TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    ended_ms          BIGINT,          -- NULL: at work
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE routing_revert_lead (
    workspace_id      BIGINT NOT NULL,
    revert_id         BIGINT NOT NULL,
    decision_id       BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    outcome           TEXT   NOT NULL,
    owner_kind        TEXT   NOT NULL, -- who had it by that decision
    owner_id          BIGINT NOT NULL,
    to_kind           TEXT,            -- who has it instead
    to_id             BIGINT,
    PRIMARY KEY (workspace_id, revert_id, decision_id)
);
