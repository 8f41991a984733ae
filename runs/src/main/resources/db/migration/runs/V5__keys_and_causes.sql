-- The key with which a run was started bounds what its steps may do, as long as it lasts.
ALTER TABLE runs ADD COLUMN key_id uuid;

-- What started a run other than a person, such as schedule:nightly; and how many runs that were started by events lie
-- before it, so that runs which start each other come to an end.
ALTER TABLE runs ADD COLUMN cause text;
ALTER TABLE runs ADD COLUMN chain smallint NOT NULL DEFAULT 0;
