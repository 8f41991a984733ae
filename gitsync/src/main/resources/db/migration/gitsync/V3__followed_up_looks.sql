ALTER TABLE git_sources
    -- changes of the last look, and whether somebody was told how it ended, where that is news
    ADD COLUMN untold      integer NOT NULL DEFAULT 0,
    ADD COLUMN told        boolean NOT NULL DEFAULT true,
    -- another value with each change that may have to be handed in for review; null when all was handed in
    ADD COLUMN reviews_due uuid    DEFAULT gen_random_uuid();
