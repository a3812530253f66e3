-- The companies behind leads. A captured lead of a company that is new adds a
-- row to both tables here, always at their end; one of a company that is known
-- changes that company's row. Names and domains are looked up in lead_key.

-- name_key: the name as it is compared, without its legal form. family_id: the
-- topmost company of those that belong together; NULL: it stands alone.
-- served_by: the rep of its newest open or won lead, served_lead. newest_entry:
-- where its chain in account_lead begins.
CREATE TABLE account (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    name              TEXT   NOT NULL,
    name_key          TEXT   NOT NULL,
    domain            TEXT,            -- what was registered: example.co.kr
    parent_id         BIGINT,
    family_id         BIGINT,
    owner_id          BIGINT,          -- a person who was named for it
    country           TEXT,
    industry          TEXT,
    employees         BIGINT,
    created_ms        BIGINT NOT NULL,
    updated_ms        BIGINT NOT NULL,
    removed_ms        BIGINT,          -- its keys stay, so the row does
    lead_count        BIGINT NOT NULL DEFAULT 0,
    newest_entry      BIGINT,
    served_by         BIGINT,
    served_lead       BIGINT,
    PRIMARY KEY (workspace_id, id)
);
-- Only companies with a parent or a subsidiary are in it.
CREATE INDEX account_family ON account (workspace_id, family_id, id)
    WHERE family_id IS NOT NULL;

-- The leads of a company, each entry with the one before it: a chain that is
-- only ever added to, so that no index by company is needed on a table that
-- every capture writes. A lead that went to another company stays in the chain
-- and is passed over.
CREATE TABLE account_lead (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    account_id        BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    previous_id       BIGINT,
    PRIMARY KEY (workspace_id, id)
);

ALTER TABLE lead ADD COLUMN account_id BIGINT;

-- Published for others: how a company is called.
CREATE VIEW account_shown AS
SELECT workspace_id, id, name FROM account;

-- A key leads to a lead, to a submission or to a company.
DROP VIEW check_key;
CREATE VIEW check_key AS
SELECT k.workspace_id, k.record_id,
       CASE WHEN l.id IS NULL AND s.id IS NULL AND a.id IS NULL THEN 1
            ELSE 0 END AS faulty
  FROM lead_key k
  LEFT JOIN lead l ON l.workspace_id = k.workspace_id AND l.id = k.record_id
  LEFT JOIN submission s
    ON s.workspace_id = k.workspace_id AND s.id = k.record_id
  LEFT JOIN account a
    ON a.workspace_id = k.workspace_id AND a.id = k.record_id;

-- A1: the company of a lead is there, and has the lead in its chain.
CREATE VIEW check_account AS
SELECT l.workspace_id, l.id AS record_id,
       CASE WHEN a.id IS NOT NULL AND e.lead_id IS NOT NULL THEN 0
            ELSE 1 END AS faulty
  FROM lead l
  LEFT JOIN account a
    ON a.workspace_id = l.workspace_id AND a.id = l.account_id
  LEFT JOIN (SELECT DISTINCT workspace_id, account_id, lead_id
               FROM account_lead) e
    ON e.workspace_id = l.workspace_id AND e.account_id = l.account_id
   AND e.lead_id = l.id
 WHERE l.account_id IS NOT NULL AND l.merged_into IS NULL;

-- A2: companies that belong together are one family.
CREATE VIEW check_family AS
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN p.id IS NOT NULL AND p.family_id = a.family_id THEN 0
            ELSE 1 END AS faulty
  FROM account a
  LEFT JOIN account p
    ON p.workspace_id = a.workspace_id AND p.id = a.parent_id
 WHERE a.parent_id IS NOT NULL AND a.removed_ms IS NULL;
