-- Finding leads by text. grams: hashes of two neighbouring characters
-- (src/lead/lead_search.h), made by us, so that Korean words of two syllables
-- and parts of words are found. What the index finds is compared with the
-- text. Fed after the acknowledgement, from the timeline.

CREATE TABLE lead_search (
    workspace_id      BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    text              TEXT   NOT NULL, -- folded words, each after a space
    grams             INTEGER[] NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
);
CREATE INDEX lead_search_grams ON lead_search USING gin (grams);

-- Up to which entry of the timeline the index has come.
CREATE TABLE lead_search_mark (
    workspace_id      BIGINT NOT NULL,
    timeline_id       BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);
