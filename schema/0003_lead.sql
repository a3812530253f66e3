-- What arrived, the one record it became, who owned it when, why, and what
-- happened. Rows are written once per captured lead, so their indexes follow
-- time: a random key in one of them would set the speed of capture as data
-- grows. Keys that are random by nature are in lead_key.

-- What arrived, as it came. A lead is made from it; it is never changed but
-- for what became of it.
CREATE TABLE submission (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    source_id         BIGINT,          -- NULL: a person or a key of a role
    received_ms       BIGINT NOT NULL,
    delivery_key      TEXT,            -- the sender's own name of this delivery
    body_hash         BLOB,            -- to tell a repeat from another body
    content_type      TEXT   NOT NULL,
    body              TEXT   NOT NULL,
    state             TEXT   NOT NULL
        CHECK (state IN ('taken', 'joined')),
    lead_id           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX submission_lead ON submission (workspace_id, lead_id);

-- facts: the fields as shown, JSON. The columns below hold the same fields
-- folded (case, width, white space), which is what conditions compare.
CREATE TABLE lead (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    stage             TEXT   NOT NULL,
    owner_kind        TEXT   NOT NULL CHECK (owner_kind IN ('rep', 'queue')),
    owner_id          BIGINT NOT NULL,
    owner_version     BIGINT NOT NULL, -- moves with each change of owner
    pinned_until_ms   BIGINT,          -- set by hand: nothing automatic moves it
    score             BIGINT NOT NULL,
    score_lines       TEXT   NOT NULL, -- JSON; their points add up to score
    created_ms        BIGINT NOT NULL,
    updated_ms        BIGINT NOT NULL,
    assigned_ms       BIGINT NOT NULL, -- the present owner's
    first_assigned_ms BIGINT NOT NULL,
    first_response_ms BIGINT,
    response_due_ms   BIGINT,
    late_count        BIGINT NOT NULL DEFAULT 0,
    merged_into       BIGINT,
    email_key         TEXT,            -- for matching, where it is not the
    phone_key         TEXT,            -- folded text itself
    facts             TEXT   NOT NULL,
    name TEXT, email TEXT, phone TEXT, company TEXT, job_title TEXT,
    website TEXT, country TEXT, region TEXT, city TEXT, postal_code TEXT,
    address TEXT, language TEXT, time_zone TEXT, ip TEXT,
    source TEXT, campaign TEXT, medium TEXT, referrer TEXT, page TEXT,
    industry TEXT, employees BIGINT, product TEXT, segment TEXT,
    use_case TEXT, deal_value BIGINT, currency TEXT, tags TEXT,
    message TEXT, birthday TEXT, next_step TEXT, external_id TEXT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX lead_newest ON lead (workspace_id, created_ms, id);
CREATE INDEX lead_owner ON lead (workspace_id, owner_id, id);
CREATE INDEX lead_score ON lead (workspace_id, score, id);

-- The periods in which one owner held one lead.
CREATE TABLE assignment (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    owner_kind        TEXT   NOT NULL CHECK (owner_kind IN ('rep', 'queue')),
    owner_id          BIGINT NOT NULL,
    decision_id       BIGINT,          -- NULL: by hand
    reason            TEXT   NOT NULL, -- routed, late, by_hand, freed, ...
    actor_kind        TEXT   NOT NULL,
    actor_id          BIGINT,
    begun_ms          BIGINT NOT NULL,
    ended_ms          BIGINT,
    PRIMARY KEY (workspace_id, id)
);
-- L1: never two open assignments for one lead (lead_owner.c sees to it that
-- there is one).
CREATE UNIQUE INDEX assignment_one_owner ON assignment (workspace_id, lead_id)
    WHERE ended_ms IS NULL;
CREATE INDEX assignment_lead ON assignment (workspace_id, lead_id, id);
-- Waiting leads of a queue, oldest first; nothing else is looked up by owner.
CREATE INDEX assignment_waiting ON assignment (workspace_id, owner_id, lead_id)
    WHERE ended_ms IS NULL AND owner_kind = 'queue';

-- Append-only: every touch, comment, change of stage, owner and field.
CREATE TABLE timeline (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    at_ms             BIGINT NOT NULL,
    kind              TEXT   NOT NULL,
    actor_kind        TEXT   NOT NULL,
    actor_id          BIGINT,
    data              TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX timeline_lead ON timeline (workspace_id, lead_id, id);
