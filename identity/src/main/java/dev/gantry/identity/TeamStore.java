package dev.gantry.identity;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Teams and their members; for use inside a transaction of the organization. */
final class TeamStore {
    private static final RowMapper<Team> TEAM = (row, context) -> new Team(
            row.getObject("team_id", UUID.class),
            row.getString("name"),
            row.getString("description"),
            row.getBoolean("active"),
            row.getTimestamp("created_at").toInstant());

    private TeamStore() {}

    /** Returns false if the name is taken. */
    static boolean insert(Handle handle, Team team) {
        return handle.createUpdate("""
                                INSERT INTO teams (team_id, organization_id, name, description, active, created_at)
                                VALUES (:id, gantry_organization(), :name, :description, :active, :createdAt)
                                ON CONFLICT (organization_id, name) DO NOTHING""")
                        .bind("id", team.id())
                        .bind("name", team.name())
                        .bind("description", team.description())
                        .bind("active", team.active())
                        .bind("createdAt", team.createdAt())
                        .execute()
                == 1;
    }

    /** Finds by id, or by name in lower case. */
    static Optional<Team> find(Handle handle, String nameOrId) {
        boolean byId = Validation.looksLikeId(nameOrId);
        return handle.createQuery(
                        "SELECT * FROM teams WHERE " + (byId ? "team_id = CAST(:key AS uuid)" : "name = lower(:key)"))
                .bind("key", nameOrId)
                .map(TEAM)
                .findOne();
    }

    /** Returns which of some names are those of teams. */
    static Set<String> known(Handle handle, Collection<String> names) {
        return handle.createQuery("SELECT name FROM teams WHERE name = ANY (:names)")
                .bindArray("names", String.class, names)
                .mapTo(String.class)
                .collectIntoSet();
    }

    static List<Team> list(Handle handle, PageRequest page) {
        return handle.createQuery("SELECT * FROM teams WHERE team_id > :after ORDER BY team_id LIMIT :rows")
                .bind("after", page.after())
                .bind("rows", page.rows())
                .map(TEAM)
                .list();
    }

    static void update(Handle handle, Team team) {
        handle.createUpdate("UPDATE teams SET description = :description, active = :active WHERE team_id = :id")
                .bind("id", team.id())
                .bind("description", team.description())
                .bind("active", team.active())
                .execute();
    }

    /** Returns false if the principal is a member already. */
    static boolean addMember(Handle handle, UUID team, UUID principal, Instant now) {
        return handle.createUpdate("""
                                INSERT INTO memberships (organization_id, team_id, principal_id, joined_at)
                                VALUES (gantry_organization(), :team, :principal, :now) ON CONFLICT DO NOTHING""")
                        .bind("team", team)
                        .bind("principal", principal)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /** Returns false if the principal is no member. */
    static boolean removeMember(Handle handle, UUID team, UUID principal) {
        return handle.createUpdate("DELETE FROM memberships WHERE team_id = :team AND principal_id = :principal")
                        .bind("team", team)
                        .bind("principal", principal)
                        .execute()
                == 1;
    }

    /** Takes a principal out of all teams. */
    static void removeEverywhere(Handle handle, UUID principal) {
        handle.createUpdate("DELETE FROM memberships WHERE principal_id = :principal")
                .bind("principal", principal)
                .execute();
    }

    static boolean isMember(Handle handle, UUID team, UUID principal) {
        return handle.createQuery("""
                        SELECT EXISTS (
                            SELECT 1 FROM memberships WHERE team_id = :team AND principal_id = :principal)""")
                .bind("team", team)
                .bind("principal", principal)
                .mapTo(Boolean.class)
                .one();
    }
}
