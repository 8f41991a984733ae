-- Lines are added and never changed, so that vacuuming them only freezes them. By default autovacuum does that again and again
-- while the table grows, beside those who write it: in large steps instead. The protection against transaction id wraparound
-- stays in force.
ALTER TABLE usage
    SET (autovacuum_vacuum_insert_threshold = 20000000, autovacuum_vacuum_insert_scale_factor = 0);
