-- Tags are counted and found along an index of their own, which holds leads
-- with tags only.
CREATE INDEX lead_tagged ON lead (workspace_id, tags, id, merged_into)
    WHERE tags IS NOT NULL AND merged_into IS NULL;
