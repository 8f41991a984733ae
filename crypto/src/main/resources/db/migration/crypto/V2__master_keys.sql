-- Which master keys may wrap data keys, by fingerprint. The keys themselves lie in files. While a new one spreads, it is
-- offered to nodes that lack it, sealed by the one before it.
CREATE TABLE master_keys (
    master_key_id text PRIMARY KEY,
    current boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    offered_by text,
    offered bytea,
    CHECK ((offered_by IS NULL) = (offered IS NULL))
);
CREATE UNIQUE INDEX master_keys_current ON master_keys (current) WHERE current;

-- Data keys of every organization, which the owner sees only without the force of row-level security.
ALTER TABLE data_keys NO FORCE ROW LEVEL SECURITY;
INSERT INTO master_keys (master_key_id, current) SELECT DISTINCT master_key_id, false FROM data_keys;
-- So a master key cannot go while it wraps anything, and what wraps by one that went fails.
ALTER TABLE data_keys ADD FOREIGN KEY (master_key_id) REFERENCES master_keys;
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY;
CREATE INDEX data_keys_of_master_key ON data_keys (master_key_id);

-- The nodes that run, and the master keys that each has in its file.
CREATE TABLE master_key_nodes (
    node uuid PRIMARY KEY,
    name text NOT NULL,
    current_key text NOT NULL,
    known_keys text[] NOT NULL,
    seen_at timestamptz NOT NULL
);
