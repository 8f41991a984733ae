-- Lists go along the names of all namespaces that a caller sees.
CREATE INDEX assets_by_path ON assets (organization_id, kind, path, namespace) WHERE deleted_at IS NULL;
