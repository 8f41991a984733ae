-- Sums of the ledger by hour and by day (UTC), kept by the transactions that write its lines, so that a summary reads
-- these instead of millions of lines. Absent names are empty texts here, since null would defeat the primary key.
CREATE TABLE usage_rollup (
    organization_id    uuid        NOT NULL,
    grain              "char"      NOT NULL, -- h: hour, d: day
    bucket             timestamptz NOT NULL,
    team               text COLLATE "C" NOT NULL,
    project            text COLLATE "C" NOT NULL,
    principal_id       uuid        NOT NULL,
    principal          text COLLATE "C" NOT NULL,
    model              text COLLATE "C" NOT NULL,
    pattern            text COLLATE "C" NOT NULL,
    -- Chosen by the writer, so that nodes seldom wait for each other's row.
    shard              smallint    NOT NULL,
    requests           bigint      NOT NULL,
    estimated_requests bigint      NOT NULL,
    input_tokens       bigint      NOT NULL,
    output_tokens      bigint      NOT NULL,
    cache_read_tokens  bigint      NOT NULL,
    cache_write_tokens bigint      NOT NULL,
    reasoning_tokens   bigint      NOT NULL,
    cost_micro_usd     bigint      NOT NULL,
    PRIMARY KEY (organization_id, grain, bucket, team, project, principal_id, principal, model, pattern, shard)
) WITH (fillfactor = 70);

ALTER TABLE usage_rollup ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_rollup FORCE ROW LEVEL SECURITY;

CREATE POLICY usage_rollup_tenant ON usage_rollup
    USING (organization_id = (SELECT gantry_organization()))
    WITH CHECK (organization_id = (SELECT gantry_organization()));

REVOKE DELETE, TRUNCATE ON usage_rollup FROM gantry_app;

-- Adds and stops at the largest number instead of failing: a line must never be refused because its sum is too large.
CREATE FUNCTION usage_add(a bigint, b bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT least(greatest(a::numeric + b::numeric, -9223372036854775808), 9223372036854775807)::bigint $$;

-- The owner of the tables sees no tenant's rows while the policies are forced on it.
ALTER TABLE usage NO FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_rollup NO FORCE ROW LEVEL SECURITY;

INSERT INTO usage_rollup
SELECT organization_id, grain,
       date_trunc(CASE grain WHEN 'h' THEN 'hour' ELSE 'day' END, occurred_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC',
       coalesce(team, ''), coalesce(project, ''), principal_id, principal, model, coalesce(pattern, ''), 0,
       count(*), count(*) FILTER (WHERE estimated),
       least(sum(input_tokens), 9223372036854775807)::bigint, least(sum(output_tokens), 9223372036854775807)::bigint,
       least(sum(cache_read_tokens), 9223372036854775807)::bigint,
       least(sum(cache_write_tokens), 9223372036854775807)::bigint,
       least(sum(reasoning_tokens), 9223372036854775807)::bigint,
       least(sum(cost_micro_usd), 9223372036854775807)::bigint
FROM usage, unnest(ARRAY['h', 'd']::"char"[]) AS grain
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

ALTER TABLE usage FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_rollup FORCE ROW LEVEL SECURITY;
