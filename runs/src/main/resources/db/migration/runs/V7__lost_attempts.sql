-- Attempts that ended with their process: they are no failures of the step, and do not count as such.
ALTER TABLE run_steps ADD COLUMN lost integer NOT NULL DEFAULT 0;
