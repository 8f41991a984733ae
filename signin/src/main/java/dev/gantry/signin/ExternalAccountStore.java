package dev.gantry.signin;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Which principal somebody of a provider is; for a transaction of the organization. */
final class ExternalAccountStore {
    /** A row of {@code external_accounts}, with the memberships that came from the provider. */
    record Row(String provider, String subject, UUID principal, List<String> groups, List<String> teams) {
        boolean has(List<String> wantedGroups, List<String> wantedTeams) {
            return groups.equals(wantedGroups) && teams.equals(wantedTeams);
        }
    }

    private static final RowMapper<Row> ROW = (row, context) -> new Row(
            row.getString("provider"),
            row.getString("subject"),
            row.getObject("principal_id", UUID.class),
            Arrays.asList((String[]) row.getArray("groups").getArray()),
            Arrays.asList((String[]) row.getArray("teams").getArray()));

    private ExternalAccountStore() {}

    static Optional<Row> find(Handle handle, String provider, String subject) {
        return handle.createQuery("SELECT * FROM external_accounts WHERE provider = :provider AND subject = :subject")
                .bind("provider", provider)
                .bind("subject", subject)
                .map(ROW)
                .findOne();
    }

    /**
     * Returns whether somebody else is this principal already: another person of the provider, or one of another provider whose
     * name for them differs, as it does not between two entries for one issuer.
     */
    static boolean isTied(Handle handle, String provider, String subject, UUID principal) {
        return handle.createQuery("""
                        SELECT EXISTS (
                            SELECT 1 FROM external_accounts
                            WHERE principal_id = :principal AND (provider = :provider OR subject <> :subject))""")
                .bind("provider", provider)
                .bind("subject", subject)
                .bind("principal", principal)
                .mapTo(Boolean.class)
                .one();
    }

    static Row insert(Handle handle, String provider, String subject, UUID principal) {
        handle.createUpdate("""
                        INSERT INTO external_accounts (organization_id, provider, subject, principal_id, groups, teams)
                        VALUES (gantry_organization(), :provider, :subject, :principal, '{}', '{}')""")
                .bind("provider", provider)
                .bind("subject", subject)
                .bind("principal", principal)
                .execute();
        return new Row(provider, subject, principal, List.of(), List.of());
    }

    static void update(Handle handle, Row row, List<String> groups, List<String> teams) {
        handle.createUpdate("""
                        UPDATE external_accounts SET groups = :groups, teams = :teams
                        WHERE provider = :provider AND subject = :subject""")
                .bindArray("groups", String.class, groups)
                .bindArray("teams", String.class, teams)
                .bind("provider", row.provider())
                .bind("subject", row.subject())
                .execute();
    }
}
