-- A skill has a version like every record that can be changed: whoever changes
-- it may name the one he has seen.
ALTER TABLE skill ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
