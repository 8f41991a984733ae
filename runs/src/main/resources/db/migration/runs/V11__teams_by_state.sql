-- What is rare among the runs of one team, as among those of one workflow.
CREATE INDEX runs_by_team_and_state ON runs (organization_id, team, state, created_at DESC, id DESC)
    WHERE team IS NOT NULL AND state <> 'succeeded';
