-- The name of the event that a step waits for, so that an event finds those, and only those, that wait for it.
ALTER TABLE run_steps ADD COLUMN event text;
CREATE INDEX run_steps_awaiting ON run_steps (organization_id, event, run_id)
    WHERE state = 'waiting' AND event IS NOT NULL;
