-- Whose attempts a row counts: the hash of the account, so that all that locks an account can be shown and ended together.
-- Null for a whole address. Rows from before have none; their locks end by themselves within the lock's length.
ALTER TABLE sign_in_attempts ADD COLUMN account bytea CHECK (length(account) = 32);
CREATE INDEX sign_in_attempts_of_account ON sign_in_attempts (organization_id, account) WHERE account IS NOT NULL;

-- What a sweep takes is found without reading past the addresses that are remembered for 30 days.
DROP INDEX sign_in_attempts_by_age;
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (organization_id, since) WHERE proven_at IS NULL;
CREATE INDEX sign_in_attempts_by_proof ON sign_in_attempts (organization_id, proven_at) WHERE proven_at IS NOT NULL;
