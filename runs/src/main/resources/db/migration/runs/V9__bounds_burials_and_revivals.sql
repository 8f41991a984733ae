-- The permissions of the workflows around a run, outermost first: it may do only what each of them includes. Null for a run
-- that is within no other.
ALTER TABLE runs ADD COLUMN bounds jsonb;

-- Whether the run was given up because it could not be worked on.
ALTER TABLE runs ADD COLUMN dead_letter boolean NOT NULL DEFAULT false;

-- How often the run was retried: with it, each end of a run and each attempt at a step has one identity in the records.
ALTER TABLE runs ADD COLUMN revivals integer NOT NULL DEFAULT 0;
