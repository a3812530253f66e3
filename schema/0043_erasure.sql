-- Somebody may ask to be forgotten. What is personal goes, in every table; the
-- rows stay, so that figures and the owners' history add up. The log says that
-- it was done, and why, and of whom only ids.
-- An erased lead has merged_into 0: it is nobody's any more, and whoever leaves
-- out what became part of another leaves it out as well.
ALTER TABLE lead ADD COLUMN erased_ms BIGINT;

CREATE TABLE erasure (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    reason            TEXT   NOT NULL,
    actor_kind        TEXT   NOT NULL,
    actor_id          BIGINT,
    erased_ms         BIGINT NOT NULL,
    leads             BIGINT NOT NULL, -- itself, and what had become part of it
    submissions       BIGINT NOT NULL,
    blocks            BIGINT NOT NULL CHECK (blocks IN (0, 1)),
    lifted_ms         BIGINT,          -- since then he may be imported again
    PRIMARY KEY (workspace_id, id)
);

-- Whom no list brings back: hashes of address and number. Gone when lifted.
CREATE TABLE erased_key (
    workspace_id      BIGINT NOT NULL,
    key               BIGINT NOT NULL,
    erasure_id        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key, erasure_id)
);

DROP VIEW check_merge;
CREATE VIEW check_merge AS
SELECT l.workspace_id, l.id AS record_id,
       CASE WHEN a.id IS NULL AND o.id IS NOT NULL AND m.id IS NOT NULL THEN 0
            ELSE 1 END AS faulty
  FROM lead l
  LEFT JOIN lead o ON o.workspace_id = l.workspace_id AND o.id = l.merged_into
  LEFT JOIN assignment a
    ON a.workspace_id = l.workspace_id AND a.lead_id = l.id
   AND a.ended_ms IS NULL
  LEFT JOIN lead_merge m
    ON m.workspace_id = l.workspace_id AND m.lead_id = l.id
   AND m.into_id = l.merged_into AND m.undone_ms IS NULL
 WHERE l.merged_into IS NOT NULL AND l.merged_into <> 0;

-- An erased lead is nobody's: nothing of it is open.
CREATE VIEW check_erased AS
SELECT l.workspace_id, l.id AS record_id,
       CASE WHEN l.merged_into = 0 AND l.facts = '{}' AND a.id IS NULL THEN 0
            ELSE 1 END AS faulty
  FROM lead l
  LEFT JOIN assignment a
    ON a.workspace_id = l.workspace_id AND a.lead_id = l.id
   AND a.ended_ms IS NULL
 WHERE l.erased_ms IS NOT NULL;

-- F1, of a lead that was erased too: its tasks are over, and with its owner.
DROP VIEW check_task;
CREATE VIEW check_task AS
SELECT t.workspace_id, t.id AS record_id,
       CASE WHEN l.id IS NULL OR COALESCE(l.merged_into, 0) <> 0 THEN 1
            WHEN COALESCE(t.owner_id, 0)
                 <> CASE l.owner_kind WHEN 'rep' THEN l.owner_id ELSE 0 END
            THEN 1
            WHEN t.state = 'open' AND t.fixed = 0
             AND COALESCE(t.assignee_id, 0) <> COALESCE(t.owner_id, 0)
            THEN 1
            ELSE 0 END AS faulty
  FROM task t
  LEFT JOIN lead l ON l.workspace_id = t.workspace_id AND l.id = t.lead_id;
