package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one organization has, no other sees or touches, even by statements that forget to ask for the organization. */
class TenantIsolationTest {
    private static final List<String> TABLES = List.of(
            "organizations",
            "teams",
            "principals",
            "memberships",
            "groups",
            "group_members",
            "roles",
            "role_assignments",
            "api_keys",
            "key_secrets",
            "provisioned");

    private final UUID other = TestingDatabase.newOrganization();

    @TempDir
    Path directory;

    private TestingIdentity testing;

    @BeforeEach
    void fill() throws Exception {
        testing = TestingIdentity.open(directory);
        Caller administrator = testing.administrator();
        Identity identity = testing.identity();
        testing.user("u@example.com", "patterns:read");
        identity.groups().create(administrator, "g", "");
        identity.groups().addMember(administrator, "g", "u@example.com");
        testing.database().<Integer>inOrganization(administrator.organization(), handle -> handle.execute("""
                INSERT INTO provisioned (organization_id, resource_id, attributes, version, updated_at)
                VALUES (gantry_organization(), gen_random_uuid(), '{}', 1, now())"""));
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private static long count(Handle handle, String table) {
        return handle.createQuery("SELECT count(*) FROM " + table)
                .mapTo(Long.class)
                .one();
    }

    @Test
    void shouldTryEveryTableOfTheModule() {
        List<String> tables = testing.database()
                .unscoped(handle -> handle.createQuery("""
                                SELECT table_name FROM information_schema.columns
                                WHERE column_name = 'organization_id' AND table_schema = current_schema()""").mapTo(String.class).list());
        assertThat(tables).containsExactlyInAnyOrderElementsOf(TABLES);
    }

    @Test
    void shouldHideEveryRowFromOthersAndFromNobody() {
        UUID own = testing.administrator().organization();
        for (String table : TABLES) {
            assertThat(testing.database().<Long>inOrganization(own, handle -> count(handle, table)))
                    .as(table)
                    .isPositive();
            assertThat(testing.database().<Long>inOrganization(other, handle -> count(handle, table)))
                    .as(table)
                    .isZero();
            assertThat(testing.database().<Long>unscoped(handle -> count(handle, table)))
                    .as(table)
                    .isZero();
        }
    }

    @Test
    void shouldLetNobodyElseChangeOrRemoveARow() {
        for (String table : TABLES) {
            assertReachesNothing("UPDATE " + table + " SET organization_id = organization_id");
            if (!table.equals("organizations")) {
                assertReachesNothing("DELETE FROM " + table);
            }
        }
    }

    private void assertReachesNothing(String statement) {
        assertThat(testing.database().<Integer>inOrganization(other, handle -> handle.execute(statement)))
                .as(statement)
                .isZero();
        assertThat(testing.database().<Integer>unscoped(handle -> handle.execute(statement)))
                .as(statement)
                .isZero();
    }

    @Test
    void shouldNotLetAnybodyRemoveAnOrganization() {
        UUID own = testing.administrator().organization();
        assertThatThrownBy(() -> testing.database()
                        .<Integer>inOrganization(own, handle -> handle.execute("DELETE FROM organizations")))
                .hasMessageContaining("permission denied");
    }

    @Test
    void shouldLetNoRowMoveToAnotherOrganization() {
        UUID own = testing.administrator().organization();
        for (String table : TABLES) {
            assertThatThrownBy(() -> testing.database()
                            .<Integer>inOrganization(
                                    own,
                                    handle -> handle.execute(
                                            "UPDATE " + table + " SET organization_id = '" + other + "'")))
                    .as(table)
                    .hasMessageContaining("row-level security");
        }
    }

    @Test
    void shouldShowOneKeyAloneToWhoNamesItsPrefix() {
        String prefix = testing.key("u@example.com", null).key().prefix();
        testing.database().<Boolean>unscoped(handle -> {
            assertThat(KeyStore.present(handle, prefix)).isPresent();
            assertThat(count(handle, "api_keys")).isOne();
            assertThat(count(handle, "key_secrets")).isOne();
            assertThat(count(handle, "principals")).isZero();
            assertThat(handle.execute("UPDATE api_keys SET revoked_at = now()")).isZero();
            assertThat(handle.execute("DELETE FROM key_secrets")).isZero();
            return true;
        });
        assertThat(testing.database().<Long>unscoped(handle -> count(handle, "api_keys")))
                .as("the prefix is forgotten with the transaction")
                .isZero();
    }

    @Test
    void shouldFindNothingOfAnotherOrganizationThroughTheFrontDoor() {
        Caller administrator = testing.administrator();
        Caller stranger = new Caller(
                other,
                administrator.principalId(),
                administrator.principal(),
                PrincipalKind.USER,
                administrator.keyId(),
                List.of(),
                null,
                null,
                AccessRights.EVERYTHING);
        Identity identity = testing.identity();
        assertThat(identity.users()
                        .list(stranger, PrincipalQuery.ALL, PageRequest.FIRST)
                        .items())
                .isEmpty();
        assertThat(identity.keys()
                        .list(stranger, new KeyQuery(null, null, null, null, KeyQuery.State.ANY), PageRequest.FIRST)
                        .items())
                .isEmpty();
        assertRefused(
                ErrorCode.NOT_FOUND,
                () -> identity.users()
                        .show(stranger, administrator.principalId().toString()));
        UUID key = testing.key("u@example.com", null).key().id();
        assertRefused(ErrorCode.NOT_FOUND, () -> identity.keys().show(stranger, key));
        assertRefused(ErrorCode.NOT_FOUND, () -> identity.keys().revoke(stranger, key));
        assertRefused(ErrorCode.NOT_FOUND, () -> identity.keys().rotate(stranger, key, null));
    }
}
