-- What must be true of the stored data, a view for each: every record, and
-- whether it is faulty. "baton doctor" counts them; whoever looks for a fault
-- by hand finds it here.

-- L1: a lead has exactly one open assignment, to its owner. (More than one is
-- refused by the index assignment_one_owner.)
CREATE VIEW check_owner AS
SELECT l.workspace_id, l.id AS record_id,
       CASE WHEN a.owner_kind = l.owner_kind AND a.owner_id = l.owner_id
            THEN 0 ELSE 1 END AS faulty
  FROM lead l
  LEFT JOIN assignment a
    ON a.workspace_id = l.workspace_id AND a.lead_id = l.id
   AND a.ended_ms IS NULL
 WHERE l.merged_into IS NULL;

-- An owner is a person or a queue of the same workspace.
CREATE VIEW check_owner_known AS
SELECT l.workspace_id, l.id AS record_id,
       CASE WHEN l.owner_kind = 'rep' AND p.id IS NOT NULL THEN 0
            WHEN l.owner_kind = 'queue' AND q.id IS NOT NULL THEN 0
            ELSE 1 END AS faulty
  FROM lead l
  LEFT JOIN person p ON p.workspace_id = l.workspace_id AND p.id = l.owner_id
  LEFT JOIN queue q ON q.workspace_id = l.workspace_id AND q.id = l.owner_id;

-- R1: the credits of a group add up to 0.
CREATE VIEW check_ledger AS
SELECT workspace_id, group_id AS record_id,
       CASE WHEN SUM(credit) = 0 THEN 0 ELSE 1 END AS faulty
  FROM ledger
 GROUP BY workspace_id, group_id;

-- What arrived became a lead.
CREATE VIEW check_submission AS
SELECT s.workspace_id, s.id AS record_id,
       CASE WHEN l.id IS NULL THEN 1 ELSE 0 END AS faulty
  FROM submission s
  LEFT JOIN lead l ON l.workspace_id = s.workspace_id AND l.id = s.lead_id;

-- A decision is about a lead.
CREATE VIEW check_decision AS
SELECT d.workspace_id, d.id AS record_id,
       CASE WHEN l.id IS NULL THEN 1 ELSE 0 END AS faulty
  FROM decision d
  LEFT JOIN lead l ON l.workspace_id = d.workspace_id AND l.id = d.lead_id;

-- A key leads to a lead or to a submission.
CREATE VIEW check_key AS
SELECT k.workspace_id, k.record_id,
       CASE WHEN l.id IS NULL AND s.id IS NULL THEN 1 ELSE 0 END AS faulty
  FROM lead_key k
  LEFT JOIN lead l ON l.workspace_id = k.workspace_id AND l.id = k.record_id
  LEFT JOIN submission s
    ON s.workspace_id = k.workspace_id AND s.id = k.record_id;
