-- Two leads that are one person become one, and may become two again.

-- record: what the surviving lead was before and after, and which rows went
-- over to it (JSON, src/lead/README.md).
CREATE TABLE lead_merge (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL, -- became part of ...
    into_id           BIGINT NOT NULL, -- ... this one
    merged_ms         BIGINT NOT NULL,
    actor_kind        TEXT   NOT NULL,
    actor_id          BIGINT,
    record            TEXT   NOT NULL,
    undone_ms         BIGINT,
    PRIMARY KEY (workspace_id, id)
);
-- G1: a lead is part of one other at most.
CREATE UNIQUE INDEX lead_merge_one ON lead_merge (workspace_id, lead_id)
    WHERE undone_ms IS NULL;
CREATE INDEX lead_merge_into ON lead_merge (workspace_id, into_id, id);

-- G1: a lead that became part of another has no open assignment, and the other
-- is there.
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
 WHERE l.merged_into IS NOT NULL;
