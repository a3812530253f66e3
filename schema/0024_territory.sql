-- Places by name, and lists of values by name: what conditions ask for with
-- "within" and "in_list".

-- places: JSON [{"country", "region", "city", "postal_prefix"}], in the shape
-- in which leads have them. What was taken away stays, because rules of the
-- past name it; nothing lies in it.
CREATE TABLE territory (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    slug              TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    parent_id         BIGINT,
    places            TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    removed_ms        BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX territory_slug ON territory (workspace_id, slug)
    WHERE removed_ms IS NULL;

-- items: a JSON array of texts.
CREATE TABLE value_list (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    slug              TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    items             TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    removed_ms        BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX value_list_slug ON value_list (workspace_id, slug)
    WHERE removed_ms IS NULL;
