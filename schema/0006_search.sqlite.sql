-- Finding leads by text. The index holds hashes of two neighbouring
-- characters (src/lead/lead_search.h), made by us, so that Korean words of
-- two syllables and parts of words are found. It keeps neither text nor
-- places: what it finds is compared with the text. Fed after the
-- acknowledgement, from the timeline.

CREATE TABLE lead_search (
    workspace_id      INTEGER NOT NULL,
    lead_id           INTEGER NOT NULL,
    text              TEXT    NOT NULL, -- folded words, each after a space
    PRIMARY KEY (lead_id)
);
CREATE VIRTUAL TABLE lead_search_index USING fts5 (
    grams, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);

-- Up to which entry of the timeline the index has come.
CREATE TABLE lead_search_mark (
    workspace_id      INTEGER NOT NULL,
    timeline_id       INTEGER NOT NULL,
    PRIMARY KEY (workspace_id)
);
