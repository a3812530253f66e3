-- How leads ended, so that one like them can go to whoever wins such leads.

-- One row a lead that was won or lost: what it was counted as, so that a lead
-- that is opened again is taken out of the counts exactly.
CREATE TABLE lead_result (
    workspace_id      BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    kind              TEXT   NOT NULL, -- which leads it is like
    won               BIGINT NOT NULL CHECK (won IN (0, 1)),
    PRIMARY KEY (workspace_id, lead_id)
);

-- The sums of the rows above, changed in the same transaction.
CREATE TABLE result (
    workspace_id      BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    kind              TEXT   NOT NULL,
    leads             BIGINT NOT NULL CHECK (leads >= wins),
    wins              BIGINT NOT NULL CHECK (wins >= 0),
    PRIMARY KEY (workspace_id, person_id, kind)
);
