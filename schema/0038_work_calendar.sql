-- When people work, where several share it. Calendar is the word for that;
-- what was called so before are sets of days off.
ALTER TABLE holiday_calendar RENAME TO holiday_set;
ALTER TABLE person RENAME COLUMN calendars TO holiday_sets;

-- hours: as a person's ({"mon": ["09:00-18:00"]}), NULL any hour. special_days:
-- [{"date": "2026-12-24", "name": "...", "hours": ["09:00-12:00"]}], of which
-- one without hours is a day off. holiday_sets: a list of ids.
CREATE TABLE work_calendar (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    name              TEXT   NOT NULL,
    time_zone         TEXT, -- NULL: of each person
    hours             TEXT,
    special_days      TEXT   NOT NULL,
    holiday_sets      TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX work_calendar_name ON work_calendar (workspace_id, name);

-- A person has hours of his own or those of a calendar, never both: there is
-- one answer to when he works.
ALTER TABLE person ADD COLUMN calendar_id BIGINT
    CHECK (calendar_id IS NULL OR hours IS NULL);
