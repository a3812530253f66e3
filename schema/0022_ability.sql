-- What people can do and where they live, so that rules can ask for it, and
-- the days on which nobody there works.

-- skills: {"solar": 3}, by the short name of the catalogue. languages: a list
-- of BCP 47 tags. calendars: a list of ids. busy makes an available person a
-- busy one: a column of its own, because a CHECK cannot be changed in place.
ALTER TABLE person ADD COLUMN busy BIGINT NOT NULL DEFAULT 0 CHECK (busy IN (0, 1));
ALTER TABLE person ADD COLUMN skills TEXT;
ALTER TABLE person ADD COLUMN languages TEXT;
ALTER TABLE person ADD COLUMN seniority BIGINT NOT NULL DEFAULT 2
    CHECK (seniority BETWEEN 1 AND 10);
ALTER TABLE person ADD COLUMN country TEXT; -- NULL: the workspace's
ALTER TABLE person ADD COLUMN region TEXT;
ALTER TABLE person ADD COLUMN calendars TEXT;

-- Who stands in during an absence.
ALTER TABLE absence ADD COLUMN substitute_id BIGINT;

-- The skills that people can have and rules can need.
CREATE TABLE skill (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    slug              TEXT   NOT NULL,
    name              TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX skill_slug ON skill (workspace_id, slug);

-- Days off. days: [{"date": "2026-12-25", "name": "Christmas"}]. It holds for
-- everybody, for those of a country or a region of it, and for whoever names
-- it.
CREATE TABLE holiday_calendar (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    name              TEXT   NOT NULL,
    country           TEXT,
    region            TEXT,
    everybody         BIGINT NOT NULL CHECK (everybody IN (0, 1)),
    days              TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CHECK (region IS NULL OR country IS NOT NULL)
);

-- Who works together. members: a list of ids.
CREATE TABLE team (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    name              TEXT   NOT NULL,
    manager_id        BIGINT,
    members           TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX team_name ON team (workspace_id, name);
