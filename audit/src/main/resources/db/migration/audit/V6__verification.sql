-- How far the verification that nodes do by themselves has come, and what the last one found. One row; it belongs to no
-- organization. It is no evidence: whoever can change the log can change it, too.
CREATE TABLE audit_verification (
    only_row        boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (only_row),
    begun_at        timestamptz,
    at_organization uuid,
    at_time         timestamptz,
    events          bigint      NOT NULL DEFAULT 0,
    findings        bigint      NOT NULL DEFAULT 0,
    finished_at     timestamptz NOT NULL,
    last_events     bigint      NOT NULL DEFAULT 0,
    last_findings   bigint      NOT NULL DEFAULT 0,
    holder          text,
    held_until      timestamptz
);
REVOKE DELETE, TRUNCATE ON audit_verification FROM gantry_app;
