-- An absence can be changed: version is for If-Match. Lists ask for those that
-- are not over.
ALTER TABLE absence ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX absence_end ON absence (workspace_id, end_ms);
