-- Limits that were set through the API; they go before those of the configuration.
CREATE TABLE budget_limits (
    organization_id uuid        NOT NULL,
    level           text COLLATE "C" NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    period          text COLLATE "C" NOT NULL,
    unit            text COLLATE "C" NOT NULL,
    label           text        NOT NULL,
    limit_amount    bigint CHECK (limit_amount >= 0), -- null: no limit
    alert_threshold numeric(5, 4),                    -- null: as configured
    set_by          text        NOT NULL,
    set_at          timestamptz NOT NULL,
    PRIMARY KEY (organization_id, level, subject, period, unit)
);

-- Temporary raises.
CREATE TABLE budget_grants (
    organization_id uuid        NOT NULL,
    grant_id        uuid        NOT NULL,
    level           text COLLATE "C" NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    period          text COLLATE "C" NOT NULL,
    unit            text COLLATE "C" NOT NULL,
    label           text        NOT NULL,
    amount          bigint      NOT NULL CHECK (amount > 0),
    reason          text        NOT NULL,
    granted_by      text        NOT NULL,
    granted_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    PRIMARY KEY (organization_id, grant_id)
);
CREATE INDEX budget_grants_of ON budget_grants (organization_id, level, subject, period, unit, expires_at);

-- One window of one budget: its start is part of the key, so that nothing has to be reset when the next one begins.
CREATE TABLE budget_accounts (
    organization_id uuid        NOT NULL,
    level           text COLLATE "C" NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    period          text COLLATE "C" NOT NULL,
    unit            text COLLATE "C" NOT NULL,
    window_start    timestamptz NOT NULL,
    window_end      timestamptz NOT NULL,
    account_id      uuid        NOT NULL,
    label           text        NOT NULL,
    -- What the ledger held of the window when counting began, which no lease holds.
    seeded          bigint      NOT NULL,
    -- The above and everything that nodes drew and did not return: never more than the limit when something is drawn.
    committed       bigint      NOT NULL,
    PRIMARY KEY (organization_id, level, subject, period, unit, window_start),
    UNIQUE (organization_id, account_id)
) WITH (fillfactor = 70);

-- What one node drew of an account, and how much of that the ledger has seen spent. Only that node writes its rows, so
-- that the transactions that write the ledger never wait for another node.
CREATE TABLE budget_leases (
    organization_id uuid        NOT NULL,
    account_id      uuid        NOT NULL,
    node_id         uuid        NOT NULL,
    drawn           bigint      NOT NULL,
    spent           bigint      NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, account_id, node_id)
) WITH (fillfactor = 50);
CREATE INDEX budget_leases_of_node ON budget_leases (organization_id, node_id);

-- Thresholds that were passed: once for each window and threshold, whichever node saw it first.
CREATE TABLE budget_alerts (
    organization_id uuid        NOT NULL,
    account_id      uuid        NOT NULL,
    threshold       numeric(5, 4) NOT NULL,
    alert_id        uuid        NOT NULL,
    level           text        NOT NULL,
    subject         text        NOT NULL,
    period          text        NOT NULL,
    unit            text        NOT NULL,
    label           text        NOT NULL,
    window_end      timestamptz NOT NULL,
    limit_amount    bigint      NOT NULL,
    spent           bigint      NOT NULL,
    raised_at       timestamptz NOT NULL,
    -- The webhook: when to try next; null when it was delivered, given up or not wanted.
    attempt_at      timestamptz,
    attempts        integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, account_id, threshold)
);
CREATE INDEX budget_alerts_due ON budget_alerts (organization_id, attempt_at) WHERE attempt_at IS NOT NULL;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['budget_limits', 'budget_grants', 'budget_accounts', 'budget_leases', 'budget_alerts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I USING (organization_id = (SELECT gantry_organization())) '
            'WITH CHECK (organization_id = (SELECT gantry_organization()))', name || '_tenant', name);
    END LOOP;
END
$$;
