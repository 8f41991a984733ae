-- The runs of a team, the newest first.
CREATE INDEX runs_by_team ON runs (organization_id, team, created_at DESC, id DESC) WHERE team IS NOT NULL;
