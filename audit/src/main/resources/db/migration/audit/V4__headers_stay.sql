-- Retention removes events and keeps headers and the log, so that the chains and every proof stay whole: no anchor of the
-- log is needed.
DROP TABLE audit_log_anchors;
DROP POLICY audit_batches_expire ON audit_batches;

-- The batch of an entry of the log.
CREATE UNIQUE INDEX audit_batches_in_shard ON audit_batches (organization_id, shard, sequence);
