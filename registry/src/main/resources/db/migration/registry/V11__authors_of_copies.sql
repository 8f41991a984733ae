-- Whoever wrote a text is known by it wherever it was copied to.
CREATE INDEX asset_versions_by_hash ON asset_versions (organization_id, content_hash);

-- The version of the copy into which the upstream's text came last; null where nobody noted it.
ALTER TABLE asset_forks ADD COLUMN taken_over_in integer;
