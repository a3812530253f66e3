-- CREATE TABLE old (id BIGINT);
CREATE TABLE lead (workspace_id BIGINT, id BIGINT);
CREATE TABLE rep (workspace_id BIGINT, id BIGINT);
CREATE TABLE job (workspace_id BIGINT, id BIGINT);
CREATE VIEW lead_count AS SELECT count(*) AS leads FROM lead;
