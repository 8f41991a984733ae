package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    private static final List<String> MODULES = List.of("database", "sample");

    private final ConnectionTarget target = SharedPostgres.newDatabase();

    @Test
    void shouldLetSeveralNodesStartOnOneEmptyDatabase() throws Exception {
        Callable<Boolean> node = () -> {
            try (Database database = Database.open(target)) {
                database.migrate(MODULES);
                return database.isReady();
            }
        };
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> started : executor.invokeAll(Collections.nCopies(4, node))) {
                assertThat(started.get()).isTrue();
            }
        }

        assertThat(count("SELECT count(*) FROM flyway_sample WHERE version = '1' AND success"))
                .isEqualTo(1);
    }

    @Test
    void shouldNotAskFlywayWhenNothingChanged() {
        migrate();
        // Flyway would make its history anew and then stumble over the table that exists.
        owner("DROP TABLE flyway_sample");

        migrate();

        assertThat(count("SELECT count(*) FROM pg_class WHERE relname = 'flyway_sample'"))
                .isZero();
    }

    @Test
    void shouldAskFlywayWhenTheFilesAreOthers() {
        migrate();
        owner("UPDATE flyway_fingerprints SET fingerprint = 'of other files' WHERE module = 'sample'");
        owner("UPDATE flyway_sample SET checksum = 1 WHERE version = '1'");

        assertThatThrownBy(this::migrate).isInstanceOfSatisfying(GantryException.class, changed -> {
            assertThat(changed.code()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(changed).hasMessageContaining("module 'sample'").hasMessageContaining("checksum");
        });
    }

    @Test
    void shouldRefuseAModuleWithoutMigrations() {
        try (Database database = Database.open(target)) {
            assertThatThrownBy(() -> database.migrate(List.of("nonsense"))).hasMessageContaining("nonsense");
        }
    }

    @Test
    void shouldKeepTheApplicationFromChangingTables() {
        migrate();
        List<String> refused = new ArrayList<>();
        try (Database database = Database.open(target)) {
            for (String statement : List.of(
                    "CREATE TABLE mine (a int)",
                    "CREATE TABLE public.mine (a int)",
                    "ALTER TABLE samples ADD COLUMN mine int",
                    "ALTER TABLE samples DISABLE ROW LEVEL SECURITY",
                    "DROP TABLE samples",
                    "TRUNCATE samples",
                    "DROP POLICY organization ON samples",
                    "CREATE FUNCTION gantry_organization() RETURNS uuid LANGUAGE sql AS 'SELECT null::uuid'",
                    "SELECT * FROM flyway_sample",
                    "SELECT * FROM flyway_fingerprints",
                    "SET ROLE gantry_owner")) {
                assertThatThrownBy(() -> database.unscoped(handle -> handle.execute(statement)))
                        .as(statement)
                        .isInstanceOf(JdbiException.class)
                        .hasMessageMatching("(?s).*(permission denied|must be owner).*");
                refused.add(statement);
            }
        }
        assertThat(refused).hasSize(11);
    }

    private void migrate() {
        try (Database database = Database.open(target)) {
            database.migrate(MODULES);
        }
    }

    private void owner(String statement) {
        SharedPostgres.execute(target.jdbcUrl(), target.owner(), statement);
    }

    private int count(String query) {
        try (Connection connection = new Connections(target).asOwner();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
