-- To whom a waiting lead is offered (strategy first_to_accept), and until
-- when. It stands while the lead has the owner it had then: owner_version.
-- people: [{"person": "...", "weight": 1}].
CREATE TABLE offer (
    workspace_id      BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    owner_version     BIGINT NOT NULL,
    until_ms          BIGINT NOT NULL,
    rule              TEXT, -- NULL: none matched
    pool              TEXT   NOT NULL,
    people            TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
);
CREATE INDEX offer_until ON offer (workspace_id, until_ms);
