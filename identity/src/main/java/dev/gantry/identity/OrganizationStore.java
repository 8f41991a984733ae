package dev.gantry.identity;

import dev.gantry.kernel.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Organizations. Each method says which transaction it is for. */
final class OrganizationStore {
    private static final RowMapper<Organization> ORGANIZATION = (row, context) -> new Organization(
            row.getObject("organization_id", UUID.class),
            row.getString("name"),
            OrganizationStatus.ofId(row.getString("status")),
            row.getTimestamp("status_since").toInstant(),
            row.getTimestamp("created_at").toInstant());

    private OrganizationStore() {}

    /**
     * Makes an organization with its first team and its first user, who may do everything; for a transaction of the new
     * organization.
     *
     * @return false if the name is taken, after waiting for a transaction that is about to take it
     */
    static boolean found(Handle handle, Organization organization, String team, Principal administrator) {
        boolean inserted = handle.createUpdate("""
                                INSERT INTO organizations (organization_id, name, status, status_since, created_at)
                                VALUES (:id, :name, :status, :statusSince, :createdAt) ON CONFLICT DO NOTHING""")
                        .bind("id", organization.id())
                        .bind("name", organization.name())
                        .bind("status", organization.status().id())
                        .bind("statusSince", organization.statusSince())
                        .bind("createdAt", organization.createdAt())
                        .execute()
                == 1;
        if (!inserted) {
            return false;
        }
        Instant now = organization.createdAt();
        Team first = new Team(Ids.next(), team, "", true, now);
        TeamStore.insert(handle, first);
        PrincipalStore.insert(handle, administrator);
        TeamStore.addMember(handle, first.id(), administrator.id(), now);
        RoleStore.assign(handle, Ids.next(), RoleBook.OWNER, administrator.id(), null, null, now);
        return true;
    }

    /** Returns the organization of the transaction, if it exists. */
    static Optional<Organization> own(Handle handle) {
        return handle.createQuery("SELECT * FROM organizations WHERE organization_id = gantry_organization()")
                .map(ORGANIZATION)
                .findOne();
    }

    /** Finds by name; for a transaction without an organization. */
    static Optional<Organization> named(Handle handle, String name) {
        return seeing(handle, "gantry.organization_name", name)
                .createQuery("SELECT * FROM organizations WHERE name = :name")
                .bind("name", name)
                .map(ORGANIZATION)
                .findOne();
    }

    /** Lists those of all tenants; for a transaction without an organization. */
    static List<Organization> list(Handle handle, PageRequest page) {
        return seeing(handle, "gantry.platform", "on")
                .createQuery("""
                        SELECT * FROM organizations WHERE organization_id > :after
                        ORDER BY organization_id LIMIT :rows""")
                .bind("after", page.after())
                .bind("rows", page.rows())
                .map(ORGANIZATION)
                .list();
    }

    /** Lets one administrative change at a time happen in the organization, until the end of its transaction. */
    static void lock(Handle handle) {
        handle.createQuery("SELECT 1 FROM organizations WHERE organization_id = gantry_organization() FOR UPDATE")
                .mapTo(Integer.class)
                .one();
    }

    /** Changes the status; for a transaction of the organization. */
    static void setStatus(Handle handle, OrganizationStatus status, Instant now) {
        handle.createUpdate("""
                        UPDATE organizations SET status = :status, status_since = :now
                        WHERE organization_id = gantry_organization()""").bind("status", status.id()).bind("now", now).execute();
    }

    /** Lets the transaction see what a policy shows to whoever sets this. */
    private static Handle seeing(Handle handle, String setting, String value) {
        handle.createQuery("SELECT set_config(:setting, :value, true)")
                .bind("setting", setting)
                .bind("value", value)
                .mapTo(String.class)
                .one();
        return handle;
    }
}
