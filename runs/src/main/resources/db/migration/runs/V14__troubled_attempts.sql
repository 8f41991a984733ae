-- Attempts among the lost ones that ended by trouble of the platform's own: they say nothing about the step.
ALTER TABLE run_steps ADD COLUMN troubled integer NOT NULL DEFAULT 0;
