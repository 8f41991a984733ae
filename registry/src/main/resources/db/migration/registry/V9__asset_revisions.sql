-- Another value after every transaction that changes what is to be seen of an organization's assets, so that those who keep a
-- copy of them are told by one row that nothing is new. It is no number: after a backup was restored, numbers would come again.
CREATE TABLE asset_revisions (
    organization_id uuid PRIMARY KEY,
    revision        uuid NOT NULL,
    -- the transaction that gave it
    changed_in      xid8 NOT NULL
);

ALTER TABLE asset_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_revisions FORCE  ROW LEVEL SECURITY;
CREATE POLICY tenant ON asset_revisions USING (organization_id = gantry_organization()) WITH CHECK (organization_id = gantry_organization());
-- Later migrations may change assets of all organizations.
CREATE POLICY migrating ON asset_revisions TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION asset_revise() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        DECLARE
            organization uuid;
        BEGIN
            IF TG_OP = 'DELETE' THEN
                organization := OLD.organization_id;
            ELSE
                organization := NEW.organization_id;
            END IF;
            IF NOT EXISTS (SELECT FROM asset_revisions
                    WHERE organization_id = organization AND changed_in = pg_current_xact_id()) THEN
                INSERT INTO asset_revisions (organization_id, revision, changed_in)
                VALUES (organization, gen_random_uuid(), pg_current_xact_id())
                ON CONFLICT (organization_id) DO UPDATE SET revision = excluded.revision, changed_in = excluded.changed_in;
            END IF;
            RETURN NULL;
        END
    $$;

-- Deferred, so that the row is locked last and for a moment only: two transactions that change assets never wait for each other
-- in a circle. An asset that is made has its first version by an update. Nobody keeps a copy of what lies in users' namespaces.
CREATE CONSTRAINT TRIGGER assets_revised AFTER UPDATE ON assets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.namespace NOT LIKE '~%') EXECUTE FUNCTION asset_revise();
CREATE CONSTRAINT TRIGGER asset_labels_revised AFTER INSERT OR UPDATE OR DELETE ON asset_labels
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION asset_revise();
