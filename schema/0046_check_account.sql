-- What must be true of companies, for the doctor (baton doctor).

-- M2: a domain is one company's.
CREATE VIEW check_account_domain AS
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN d.companies = 1 THEN 0 ELSE 1 END AS faulty
  FROM account a
  JOIN (SELECT workspace_id, domain, COUNT(*) AS companies FROM account
         WHERE domain IS NOT NULL AND removed_ms IS NULL
         GROUP BY workspace_id, domain) d
    ON d.workspace_id = a.workspace_id AND d.domain = a.domain
 WHERE a.removed_ms IS NULL;

-- A2: no company lies below itself, and a family is called after its topmost.
-- UNION ends a climb that goes round.
CREATE VIEW check_account_tree AS
WITH RECURSIVE above (workspace_id, id, higher) AS (
    SELECT workspace_id, id, parent_id FROM account
     WHERE parent_id IS NOT NULL AND removed_ms IS NULL
     UNION
    SELECT b.workspace_id, b.id, a.parent_id
      FROM above b
      JOIN account a ON a.workspace_id = b.workspace_id AND a.id = b.higher
     WHERE a.parent_id IS NOT NULL
)
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN c.id IS NOT NULL THEN 1
            WHEN a.parent_id IS NULL AND a.family_id <> a.id THEN 1
            ELSE 0 END AS faulty
  FROM account a
  LEFT JOIN above c
    ON c.workspace_id = a.workspace_id AND c.id = a.id AND c.higher = a.id
 WHERE a.family_id IS NOT NULL AND a.removed_ms IS NULL;

-- Published for the check of M2, which asks for keys as the program makes them.
CREATE VIEW account_known AS
SELECT workspace_id, id, name_key, domain FROM account
 WHERE removed_ms IS NULL;
