-- Some providers sell cache writes of a longer life at another price; before, they were counted as ordinary ones.
ALTER TABLE usage ADD COLUMN cache_write_long_tokens bigint NOT NULL DEFAULT 0;
