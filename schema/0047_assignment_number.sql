-- Which of a lead's owners it was, from 1: ids that two nodes have made do not
-- tell which came first.
ALTER TABLE assignment ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE assignment SET number =
    (SELECT COUNT(*) FROM assignment AS b
      WHERE b.workspace_id = assignment.workspace_id
        AND b.lead_id = assignment.lead_id AND b.id <= assignment.id);

-- L1: a lead's owners came one after the other.
DROP VIEW check_period;
CREATE VIEW check_period AS
SELECT a.workspace_id, a.id AS record_id,
       CASE WHEN a.ended_ms < a.begun_ms THEN 1
            WHEN EXISTS (SELECT 1 FROM assignment b
                          WHERE b.workspace_id = a.workspace_id
                            AND b.lead_id = a.lead_id AND b.number > a.number
                            AND (a.ended_ms IS NULL
                                 OR b.begun_ms < a.ended_ms)) THEN 1
            ELSE 0 END AS faulty
  FROM assignment a;
