-- A key that was made with a session, a token or a certificate, by which nothing may be made that lasts, is bound by the same rule
-- itself: otherwise it would be a way around it.
ALTER TABLE api_keys ADD COLUMN passing boolean NOT NULL DEFAULT false;
ALTER TABLE api_keys ADD CONSTRAINT passing_keys_end CHECK (NOT passing OR expires_at IS NOT NULL);

-- By what a provider that provisions users knew one whom it deleted. Who comes from the same provider under another address is
-- still the same person.
ALTER TABLE provisioned ADD COLUMN former_external_id text CHECK (length(former_external_id) <= 500);
CREATE INDEX provisioned_by_former_external_id ON provisioned (organization_id, former_external_id)
    WHERE former_external_id IS NOT NULL;
