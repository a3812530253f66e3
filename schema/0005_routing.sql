-- How leads find their owner: rule sets, the ledger of turns, and the record
-- of every decision.

-- The rule set somebody is working on. One per workspace; version is for
-- If-Match.
CREATE TABLE routing_draft (
    workspace_id      BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    document          TEXT   NOT NULL,
    updated_ms        BIGINT NOT NULL,
    updated_by        BIGINT,
    PRIMARY KEY (workspace_id)
);

-- Published rule sets. The highest number is in force.
CREATE TABLE routing_version (
    workspace_id      BIGINT NOT NULL,
    number            BIGINT NOT NULL,
    document          TEXT   NOT NULL,
    note              TEXT,
    published_ms      BIGINT NOT NULL,
    published_by      BIGINT,
    PRIMARY KEY (workspace_id, number)
);

-- Points for facts, and the version that goes into each score.
CREATE TABLE scoring (
    workspace_id      BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    document          TEXT   NOT NULL,
    updated_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);

-- R4: this row is locked by a statement of its own at the head of a batch.
-- version says whether our copy of the ledger is current, config_version
-- whether our copy of rules and people is.
CREATE TABLE fairness_group (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL, -- the workspace's own id: one group each
    version           BIGINT NOT NULL,
    config_version    BIGINT NOT NULL,
    keys_mark         BIGINT NOT NULL, -- K1: leads up to this one have their
                                       -- keys in lead_key
    PRIMARY KEY (workspace_id, id)
);

-- R1: the credits of a group add up to 0. One lead is 2^20 units. The other
-- columns are counted in the same transaction as the assignments.
CREATE TABLE ledger (
    workspace_id      BIGINT NOT NULL,
    group_id          BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    credit            BIGINT NOT NULL,
    turns             BIGINT NOT NULL, -- leads given so far
    open_leads        BIGINT NOT NULL,
    day               BIGINT NOT NULL, -- local days since 1970 of day_leads
    day_leads         BIGINT NOT NULL,
    last_turn         BIGINT NOT NULL, -- order of the last turns in the group
    PRIMARY KEY (workspace_id, group_id, person_id)
);

-- What routing answered, with all that it saw (record: JSON, see
-- src/route/README.md).
CREATE TABLE decision (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    decided_ms        BIGINT NOT NULL,
    rules_version     BIGINT NOT NULL, -- 0: no rule set was published yet
    owner_kind        TEXT   NOT NULL,
    owner_id          BIGINT NOT NULL,
    record            TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX decision_lead ON decision (workspace_id, lead_id, id);
