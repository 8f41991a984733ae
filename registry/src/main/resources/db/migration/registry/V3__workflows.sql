-- Workflows are assets like patterns: named, versioned, visible by namespace.
ALTER TABLE assets DROP CONSTRAINT assets_kind_check;
ALTER TABLE assets ADD CONSTRAINT assets_kind_check CHECK (kind IN ('pattern', 'context', 'strategy', 'workflow'));
