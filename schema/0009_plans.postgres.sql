-- SQLite's planner is told here how much its indexes narrow a search down.
-- PostgreSQL counts by itself; it is told that grams are many.

ALTER TABLE lead_search ALTER COLUMN grams SET STATISTICS 1000;
