-- More of what must be true of the stored data; see 0008_checks.

-- L1: a lead's owners came one after the other.
CREATE VIEW check_period AS
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN a.ended_ms < a.begun_ms THEN 1
            WHEN EXISTS (SELECT 1 FROM assignment b
                          WHERE b.workspace_id = a.workspace_id
                            AND b.lead_id = a.lead_id AND b.id > a.id
                            AND (a.ended_ms IS NULL
                                 OR b.begun_ms < a.ended_ms)) THEN 1
            ELSE 0 END AS faulty
  FROM assignment a;

-- R1: whoever owns a lead by a decision is the one who was decided on.
CREATE VIEW check_decided AS
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN d.lead_id = a.lead_id AND d.owner_kind = a.owner_kind
             AND d.owner_id = a.owner_id THEN 0 ELSE 1 END AS faulty
  FROM assignment a
  LEFT JOIN decision d
    ON d.workspace_id = a.workspace_id AND d.id = a.decision_id
 WHERE a.decision_id IS NOT NULL;

-- F1: a task goes along with the owner of its lead; while it is open and not
-- fixed to somebody, the owner is to do it.
CREATE VIEW check_task AS
SELECT t.workspace_id, t.id AS record_id,
       CASE WHEN l.id IS NULL OR l.merged_into IS NOT NULL THEN 1
            WHEN COALESCE(t.owner_id, 0)
                 <> CASE l.owner_kind WHEN 'rep' THEN l.owner_id ELSE 0 END
            THEN 1
            WHEN t.state = 'open' AND t.fixed = 0
             AND COALESCE(t.assignee_id, 0) <> COALESCE(t.owner_id, 0)
            THEN 1
            ELSE 0 END AS faulty
  FROM task t
  LEFT JOIN lead l ON l.workspace_id = t.workspace_id AND l.id = t.lead_id;

-- S1: a lead says of itself whether it is in a sequence.
CREATE VIEW check_sequence AS
SELECT l.workspace_id, l.id AS record_id,
       CASE WHEN l.sequence_state = COALESCE(r.state, 0) THEN 0
            ELSE 1 END AS faulty
  FROM lead l
  LEFT JOIN (SELECT workspace_id, lead_id,
                    MIN(CASE WHEN ended_ms IS NULL THEN 1 ELSE 2 END) AS state
               FROM sequence_run GROUP BY workspace_id, lead_id) r
    ON r.workspace_id = l.workspace_id AND r.lead_id = l.id
 WHERE l.merged_into IS NULL;

-- A1: a company has as many leads as say that they are its.
CREATE VIEW check_account_count AS
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN a.lead_count = COALESCE(l.leads, 0) THEN 0
            ELSE 1 END AS faulty
  FROM account a
  LEFT JOIN (SELECT workspace_id, account_id, COUNT(*) AS leads FROM lead
              WHERE account_id IS NOT NULL AND merged_into IS NULL
              GROUP BY workspace_id, account_id) l
    ON l.workspace_id = a.workspace_id AND l.account_id = a.id;

-- P11: the sums of results are those of the leads that ended.
CREATE VIEW check_result AS
SELECT r.workspace_id, r.person_id AS record_id,
       CASE WHEN SUM(r.leads) = 0 AND SUM(r.wins) = 0 THEN 0
            ELSE 1 END AS faulty
  FROM (SELECT workspace_id, person_id, kind, leads, wins FROM result
        UNION ALL
        SELECT workspace_id, person_id, kind, -1, -won FROM lead_result) r
 GROUP BY r.workspace_id, r.person_id, r.kind;

-- W2: every workspace has its default queue. P3: one that has had an owner
-- keeps one who is active.
CREATE VIEW check_workspace AS
SELECT w.workspace_id, w.workspace_id AS record_id,
       CASE WHEN q.id IS NULL THEN 1
            WHEN o.owners > 0 AND o.active = 0 THEN 1
            ELSE 0 END AS faulty
  FROM workspace w
  LEFT JOIN queue q
    ON q.workspace_id = w.workspace_id AND q.id = w.default_queue_id
  LEFT JOIN (SELECT workspace_id, COUNT(*) AS owners, SUM(active) AS active
               FROM person WHERE role = 'owner' GROUP BY workspace_id) o
    ON o.workspace_id = w.workspace_id;

-- Published for the check of A3, which asks what a stage means.
CREATE VIEW account_served AS
SELECT workspace_id, id, served_by, served_lead FROM account;
