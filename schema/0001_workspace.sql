-- Who uses Baton: workspaces, their people, and how those prove who they are.
-- Every table starts with workspace_id, so that the schema can be distributed
-- by it unchanged; no query but the operator's crosses workspaces.

CREATE TABLE workspace (
    workspace_id      BIGINT NOT NULL,
    slug              TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    country           TEXT   NOT NULL DEFAULT 'KR', -- of phone numbers without one
    language          TEXT   NOT NULL DEFAULT 'en', -- of sentences
    time_zone         TEXT   NOT NULL DEFAULT 'Asia/Seoul',
    currency          TEXT   NOT NULL DEFAULT 'KRW',
    default_queue_id  BIGINT NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);
CREATE UNIQUE INDEX workspace_slug ON workspace (slug);

-- A person signs in, and may own leads. Working hours are a document
-- ({"mon": ["09:00-18:00"]}) in the person's own zone; NULL is any hour.
CREATE TABLE person (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    email             TEXT   NOT NULL, -- lower case
    name              TEXT   NOT NULL,
    role              TEXT   NOT NULL
        CHECK (role IN ('owner', 'admin', 'manager', 'rep', 'viewer')),
    active            BIGINT NOT NULL DEFAULT 1,
    takes_leads       BIGINT, -- NULL: as the role says (team_takes_leads)
    presence          TEXT   NOT NULL DEFAULT 'available'
        CHECK (presence IN ('available', 'away')),
    time_zone         TEXT   NOT NULL,
    hours             TEXT,
    open_leads_max    BIGINT, -- NULL: no limit
    day_leads_max     BIGINT, -- NULL: no limit
    weight            BIGINT NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100),
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX person_email ON person (workspace_id, email);

-- A stretch in which a person takes no leads: leave, sickness, a day off.
CREATE TABLE absence (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    begin_ms          BIGINT NOT NULL,
    end_ms            BIGINT NOT NULL CHECK (end_ms > begin_ms),
    reason            TEXT,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX absence_person ON absence (workspace_id, person_id);

-- argon2id; a person without a row cannot sign in by password.
CREATE TABLE credential (
    workspace_id      BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    password_hash     TEXT   NOT NULL,
    changed_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, person_id)
);

-- Only hashes of tokens are kept: a stolen file opens no session.
CREATE TABLE session (
    workspace_id      BIGINT NOT NULL,
    token_hash        BLOB   NOT NULL,
    person_id         BIGINT NOT NULL,
    created_ms        BIGINT NOT NULL,
    expires_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, token_hash)
);

-- Where leads come from. settings: {"country": "KR", "fields": {...}}.
CREATE TABLE source (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    name              TEXT   NOT NULL,
    settings          TEXT,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX source_name ON source (workspace_id, name);

-- A key acts with a role, or may only submit leads for one source.
CREATE TABLE api_key (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    name              TEXT   NOT NULL,
    role              TEXT,
    source_id         BIGINT,
    secret_hash       BLOB   NOT NULL,
    created_ms        BIGINT NOT NULL,
    revoked_ms        BIGINT,
    PRIMARY KEY (workspace_id, id),
    CHECK ((role IS NULL) <> (source_id IS NULL))
);
CREATE UNIQUE INDEX api_key_secret ON api_key (workspace_id, secret_hash);

-- A public page that takes submissions for a source.
CREATE TABLE form (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    name              TEXT   NOT NULL,
    source_id         BIGINT NOT NULL,
    document          TEXT   NOT NULL, -- title, fields, thanks
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- A queue owns leads while nobody can take them; somebody watches it.
CREATE TABLE queue (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    slug              TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX queue_slug ON queue (workspace_id, slug);

-- Where events are sent, signed (Standard Webhooks). topics: JSON list, NULL
-- for all.
CREATE TABLE webhook (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    url               TEXT   NOT NULL,
    secret            TEXT   NOT NULL,
    topics            TEXT,
    active            BIGINT NOT NULL DEFAULT 1,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- Answers kept for an Idempotency-Key, so that a repeated change is answered
-- as the first time. The whole key is compared, not only its place.
CREATE TABLE kept_answer (
    workspace_id      BIGINT NOT NULL,
    actor_id          BIGINT NOT NULL,
    key               TEXT   NOT NULL,
    request_hash      BLOB   NOT NULL,
    status            BIGINT NOT NULL,
    headers           TEXT,
    body              TEXT,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, actor_id, key)
);
