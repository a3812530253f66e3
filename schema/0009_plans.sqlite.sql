-- How much each index narrows a search down, for the planner. Without this it
-- takes "workspace_id = $1" for a few rows, and reads a whole workspace
-- through an index rather than some rows by their ids or the newest in order.
-- Rows of an index: all of it, then for each value of the first column, of
-- the first two, and so on.

ANALYZE sqlite_schema; -- makes the table
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('lead', 'lead_newest', '1000000 1000000 4 1'),
    ('lead', 'lead_owner', '1000000 1000000 10000 1'),
    ('lead', 'lead_score', '1000000 1000000 10000 1'),
    ('submission', 'submission_lead', '1000000 1000000 2'),
    ('assignment', 'assignment_one_owner', '1000000 1000000 1'),
    ('assignment', 'assignment_lead', '1000000 1000000 2 1'),
    ('assignment', 'assignment_waiting', '10000 10000 1000 1'),
    ('timeline', 'timeline_lead', '1000000 1000000 4 1'),
    ('decision', 'decision_lead', '1000000 1000000 2 1');
ANALYZE sqlite_schema; -- reads it
