package dev.gantry.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.database.Database;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that an operator runs, of the oldest version that is supported. */
class ExternalDatabaseTest {
    private static ExternalPostgres server;

    @TempDir
    private Path unused;

    @BeforeAll
    static void start() {
        server = ExternalPostgres.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void shouldSetItselfUpForAUserWhoMayMakeRoles() {
        server.execute(
                "postgres", "CREATE ROLE maker LOGIN CREATEROLE PASSWORD 'pw'", "CREATE DATABASE made OWNER maker");

        try (Database database = Database.open(server.settings("made", "maker", "pw", ""), unused)) {
            database.migrate(List.of("database"));

            assertThat(text(database, "SELECT current_user")).isEqualTo("gantry_app");
            assertThat(text(database, "SELECT current_setting('server_version_num')::int / 10000"))
                    .isEqualTo("14");
            assertThat(text(database, "SELECT has_schema_privilege('gantry', 'CREATE')"))
                    .isEqualTo("f");
        }
        assertThat(unused).isEmptyDirectory();
    }

    @Test
    void shouldServeAsAnotherUserThanTheOwner() {
        server.execute(
                "postgres",
                "DO $$ BEGIN CREATE ROLE gantry_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "CREATE ROLE owning LOGIN PASSWORD 'pw'",
                "CREATE ROLE serving LOGIN PASSWORD 'pw2'",
                "GRANT gantry_app TO serving",
                "CREATE DATABASE separate OWNER owning");
        DatabaseSettings owner = server.settings("separate", "owning", "pw", "");
        DatabaseSettings both = new DatabaseSettings(
                owner.url(),
                owner.host(),
                owner.port(),
                owner.name(),
                owner.user(),
                owner.password(),
                Optional.of("serving"),
                Optional.of(Secret.of("pw2")),
                owner.sslMode(),
                owner.sslRootCert(),
                owner.poolSize(),
                owner.maxOverflow(),
                owner.poolTimeout(),
                owner.poolRecycle(),
                owner.binariesDir());

        try (Database database = Database.open(both, unused)) {
            database.migrate(List.of("database"));

            assertThat(text(database, "SELECT session_user || ' ' || current_user"))
                    .isEqualTo("serving gantry_app");
        }
    }

    @Test
    void shouldSayWhatAnAdministratorMustDoForAUserWithoutRights() {
        server.execute("postgres", "CREATE ROLE poor LOGIN PASSWORD 'pw'", "CREATE DATABASE of_the_poor OWNER poor");

        assertThatThrownBy(() -> Database.open(server.settings("of_the_poor", "poor", "pw", ""), unused))
                .isInstanceOfSatisfying(GantryException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(refused)
                            .hasMessageContaining("CREATE ROLE gantry_app NOLOGIN; GRANT gantry_app TO \"poor\";");
                });
    }

    @Test
    void shouldReduceASuperuserToTheRoleOfTheApplication() {
        server.execute("postgres", "CREATE ROLE fixops LOGIN SUPERUSER PASSWORD 'pw'", "CREATE DATABASE fixops");

        try (Database database = Database.open(server.settings("fixops", "fixops", "pw", ""), unused)) {
            database.migrate(List.of("database"));

            assertThat(text(database, "SELECT session_user || ' ' || current_user"))
                    .isEqualTo("fixops gantry_app");
        }
    }

    @Test
    void shouldRefuseToServeAsARoleThatRowLevelSecurityDoesNotBind() {
        server.execute(
                "postgres",
                "DO $$ BEGIN CREATE ROLE gantry_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "ALTER ROLE gantry_app BYPASSRLS");
        try {
            assertThatThrownBy(() ->
                            Database.open(server.settings("postgres", "postgres", "postgres-password", ""), unused))
                    .isInstanceOfSatisfying(GantryException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                        assertThat(refused).hasMessageContaining("ALTER ROLE gantry_app NOSUPERUSER NOBYPASSRLS");
                    });
        } finally {
            server.execute("postgres", "ALTER ROLE gantry_app NOBYPASSRLS");
        }
    }

    @Test
    void shouldSayThatAPasswordIsWrongWithoutQuotingIt() {
        assertThatThrownBy(() -> Database.open(server.settings("postgres", "postgres", "wrong-one", ""), unused))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("wrong-one");
    }

    private static String text(Database database, String query) {
        return database.unscoped(
                handle -> handle.createQuery(query).mapTo(String.class).one());
    }
}
