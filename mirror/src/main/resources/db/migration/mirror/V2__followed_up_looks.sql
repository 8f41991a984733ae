ALTER TABLE mirrors
    -- when the list is walked along again although it has not changed; null when all that it has is here as it is there
    ADD COLUMN walk_at       timestamptz,
    -- for what that need not be waited: teams that were missing, and how many approvals there were
    ADD COLUMN missing_teams text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN approvals     bigint  NOT NULL DEFAULT 0,
    -- changes that nobody was told of yet, and whether somebody was told how the last look ended, where that is news
    ADD COLUMN untold        integer NOT NULL DEFAULT 0,
    ADD COLUMN told          boolean NOT NULL DEFAULT true,
    -- another value with each change that may have to be handed in for review; null when all was handed in
    ADD COLUMN reviews_due   uuid    DEFAULT gen_random_uuid();
