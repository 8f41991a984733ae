package dev.gantry.identity;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Memberships and who they came from; for use inside a transaction of the organization. Names count to the letter. */
final class DirectoryStore {
    private DirectoryStore() {}

    /** Returns which of some names are those of groups. */
    static Set<String> knownGroups(Handle handle, Collection<String> names) {
        return handle.createQuery("SELECT name FROM groups WHERE name = ANY (:names)")
                .bindArray("names", String.class, names)
                .mapTo(String.class)
                .collectIntoSet();
    }

    static Set<String> groups(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT g.name FROM group_members m JOIN groups g USING (organization_id, group_id)
                        WHERE m.principal_id = :principal""")
                .bind("principal", principal)
                .mapTo(String.class)
                .collectIntoSet();
    }

    static Set<String> groupsFrom(Handle handle, UUID principal, String source) {
        return handle.createQuery("""
                        SELECT g.name FROM group_members m JOIN groups g USING (organization_id, group_id)
                        WHERE m.principal_id = :principal AND m.source = :source""")
                .bind("principal", principal)
                .bind("source", source)
                .mapTo(String.class)
                .collectIntoSet();
    }

    /** Puts somebody into those of some groups that they are not in. */
    static void enterGroups(Handle handle, UUID principal, String source, Collection<String> names, Instant now) {
        handle.createUpdate("""
                        INSERT INTO group_members (organization_id, group_id, principal_id, joined_at, source)
                        SELECT organization_id, group_id, :principal, :now, :source FROM groups WHERE name = ANY (:names)
                        ON CONFLICT DO NOTHING""")
                .bind("principal", principal)
                .bind("now", now)
                .bind("source", source)
                .bindArray("names", String.class, names)
                .execute();
    }

    static void leaveGroup(Handle handle, UUID principal, String name) {
        handle.createUpdate("""
                        DELETE FROM group_members m USING groups g
                        WHERE g.group_id = m.group_id AND m.principal_id = :principal AND g.name = :name""").bind("principal", principal).bind("name", name).execute();
    }

    static Set<String> teams(Handle handle, UUID principal) {
        return handle.createQuery("""
                        SELECT t.name FROM memberships m JOIN teams t USING (organization_id, team_id)
                        WHERE m.principal_id = :principal""")
                .bind("principal", principal)
                .mapTo(String.class)
                .collectIntoSet();
    }

    static Set<String> teamsFrom(Handle handle, UUID principal, String source) {
        return handle.createQuery("""
                        SELECT t.name FROM memberships m JOIN teams t USING (organization_id, team_id)
                        WHERE m.principal_id = :principal AND m.source = :source""")
                .bind("principal", principal)
                .bind("source", source)
                .mapTo(String.class)
                .collectIntoSet();
    }

    /** Lets somebody join those of some teams that they are not in. */
    static void joinTeams(Handle handle, UUID principal, String source, Collection<String> names, Instant now) {
        handle.createUpdate("""
                        INSERT INTO memberships (organization_id, team_id, principal_id, joined_at, source)
                        SELECT organization_id, team_id, :principal, :now, :source FROM teams WHERE name = ANY (:names)
                        ON CONFLICT DO NOTHING""")
                .bind("principal", principal)
                .bind("now", now)
                .bind("source", source)
                .bindArray("names", String.class, names)
                .execute();
    }

    static void leaveTeams(Handle handle, UUID principal, Collection<String> names) {
        handle.createUpdate("""
                        DELETE FROM memberships m USING teams t
                        WHERE t.team_id = m.team_id AND m.principal_id = :principal AND t.name = ANY (:names)""")
                .bind("principal", principal)
                .bindArray("names", String.class, names)
                .execute();
    }

    static void renameSource(Handle handle, UUID principal, String from, String to) {
        for (String table : new String[] {"group_members", "memberships"}) {
            handle.createUpdate(
                            "UPDATE " + table + " SET source = :to WHERE principal_id = :principal AND source = :from")
                    .bind("principal", principal)
                    .bind("from", from)
                    .bind("to", to)
                    .execute();
        }
    }
}
