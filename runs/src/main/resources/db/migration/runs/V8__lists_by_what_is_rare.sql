-- Nearly all runs have succeeded: those of another state are found by small indexes that no run pays for which succeeds, also
-- among the runs of one workflow. And each of the others is found among the runs of whoever started it.
DROP INDEX runs_by_state;
CREATE INDEX runs_by_state ON runs (organization_id, state, created_at DESC, id DESC) WHERE state <> 'succeeded';
CREATE INDEX runs_by_workflow_and_state ON runs (organization_id, workflow, state, created_at DESC, id DESC)
    WHERE state <> 'succeeded';
CREATE INDEX runs_by_principal ON runs (organization_id, principal, created_at DESC, id DESC);
