-- Since when a run is paused: the time that its steps wait for others does not pass meanwhile.
ALTER TABLE runs ADD COLUMN paused_at timestamptz;
