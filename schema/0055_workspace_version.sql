-- A change says which version it was made for, as of other records.
ALTER TABLE workspace ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
