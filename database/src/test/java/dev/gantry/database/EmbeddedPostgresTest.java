package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the embedded server is and says, in the ordinary course of things; {@link PostgresFaultTest} has the others. */
class EmbeddedPostgresTest {
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = SharedPostgres.newDirectory();
    }

    /** Spares a test that is not about setting up the time that it takes. */
    private EmbeddedPostgres startCopy() throws IOException {
        SharedPostgres.copyCluster(directory);
        return start();
    }

    @AfterEach
    void deleteDirectory() {
        SharedPostgres.deleteQuietly(directory);
    }

    @Test
    void shouldKeepItsDataAndPortOverARestart() throws IOException, SQLException {
        String url;
        try (EmbeddedPostgres first = startCopy()) {
            url = first.target().jdbcUrl();
            asOwner(first, "CREATE SCHEMA gantry");
            asOwner(first, "CREATE TABLE kept AS SELECT 42 AS answer");
        }
        try (EmbeddedPostgres second = start()) {
            assertThat(second.target().jdbcUrl()).isEqualTo(url);
            assertThat(value(second, second.target().owner(), "SELECT answer FROM kept"))
                    .isEqualTo("42");
        }
    }

    @Test
    void shouldWriteDurablyAndAnswerOnTheLoopbackOnly() throws IOException, SQLException {
        SharedPostgres.copyCluster(directory);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of())) {
            ConnectionTarget.Login superuser = postgres.superuser();
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
                assertThat(value(postgres, superuser, "SHOW " + setting))
                        .as(setting)
                        .isEqualTo("on");
            }
            assertThat(value(postgres, superuser, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(value(postgres, superuser, "SHOW unix_socket_directories"))
                    .isEmpty();
            assertThat(value(postgres, superuser, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(value(postgres, superuser, "SELECT datlocprovider::text || datlocale FROM pg_database LIMIT 1"))
                    .isEqualTo("bC.UTF-8");
            assertThat(value(
                            postgres,
                            superuser,
                            "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules WHERE type = 'host'"))
                    .isEqualTo("scram-sha-256");
        }
    }

    @Test
    void shouldGiveItsRolesNoMoreRightsThanTheyNeed() throws IOException, SQLException {
        try (EmbeddedPostgres postgres = startCopy()) {
            assertThat(value(postgres, postgres.superuser(), """
                            SELECT string_agg(rolname || rolsuper || rolcreaterole || rolcreatedb || rolbypassrls, ' ' ORDER BY rolname)
                            FROM pg_roles WHERE rolname IN ('gantry_owner', 'gantry_app')
                            """))
                    .isEqualTo("gantry_appfalsefalsefalsefalse gantry_ownerfalsefalsefalsefalse");
        }
    }

    @Test
    void shouldKeepItsPasswordsToItself() throws IOException {
        try (EmbeddedPostgres postgres = start()) {
            Path passwords = directory.resolve("postgres-18/passwords");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwords)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(passwords))
                    .contains(postgres.superuser().password().reveal());
            assertThat(directory.resolve("postgres-18/.initial-password")).doesNotExist();
            assertThatThrownBy(() -> DriverManager.getConnection(
                            postgres.target().jdbcUrl(), postgres.superuser().user(), "guess"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsInUseAndNameTheProcess() throws IOException {
        try (EmbeddedPostgres first = startCopy()) {
            assertThatThrownBy(this::start).isInstanceOfSatisfying(GantryException.class, refused -> {
                assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                assertThat(refused)
                        .hasMessageContaining("in use by another Gantry (process "
                                + ProcessHandle.current().pid() + ")");
            });
            assertThat(first.isRunning()).isTrue();
        }
    }

    @Test
    void shouldRefuseDataOfAnotherMajorVersion() throws IOException {
        Path data = Files.createDirectories(directory.resolve("postgres-18/data"));
        Files.writeString(data.resolve("PG_VERSION"), "17\n");

        assertThatThrownBy(this::start)
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("holds data of PostgreSQL 17, this Gantry embeds PostgreSQL 18");
    }

    @Test
    void shouldNotBeginAnewBesideDataOfAnotherMajorVersion() throws IOException {
        Path data = Files.createDirectories(directory.resolve("postgres-17/data"));
        Files.writeString(data.resolve("PG_VERSION"), "17\n");

        assertThatThrownBy(this::start)
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("postgres-17 holds data of PostgreSQL 17");
    }

    @Test
    void shouldSayThatADataDirectoryCannotBeMade() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> EmbeddedPostgres.start(file, SharedPostgres.BINARIES, Map.of()))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldSayWhyTheServerDoesNotStart() throws IOException {
        SharedPostgres.copyCluster(directory);
        assertThatThrownBy(() -> EmbeddedPostgres.start(
                        directory, SharedPostgres.BINARIES, Map.of("shared_buffers", "nonsense")))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("does not start")
                .hasMessageContaining("shared_buffers");
        // The lock is given up again.
        start().close();
    }

    @Test
    void shouldMoveToAnotherPortWhenItsOwnIsTaken() throws IOException, SQLException {
        startCopy().close();
        int port = Integer.parseInt(
                Files.readString(directory.resolve("postgres-18/port")).strip());
        try (ServerSocket squatter = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                EmbeddedPostgres moved = start()) {
            assertThat(moved.target().jdbcUrl()).doesNotContain(":" + squatter.getLocalPort() + "/");
            assertThat(value(moved, moved.target().owner(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void shouldBeginAgainAfterAnInterruptedSetUp() throws IOException {
        Path leftover = Files.createDirectories(directory.resolve("postgres-18/data.new"));
        Files.writeString(leftover.resolve("PG_VERSION"), "18\n");

        start().close();

        assertThat(leftover).doesNotExist();
    }

    @Test
    void shouldStartThoughTheRightsOfItsFolderWereChanged() throws IOException {
        SharedPostgres.copyCluster(directory);
        Files.setPosixFilePermissions(
                directory.resolve("postgres-18/data"), PosixFilePermissions.fromString("rwxrwxr-x"));

        try (EmbeddedPostgres postgres = start()) {
            assertThat(postgres.isRunning()).isTrue();
        }
    }

    @Test
    void shouldNotStartWithoutThePasswordsOfExistingData() throws IOException {
        startCopy().close();
        Files.delete(directory.resolve("postgres-18/passwords"));

        assertThatThrownBy(this::start)
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("passwords is missing");
    }

    @Test
    void shouldLoadTheExtensionsThatModulesUse() throws IOException, SQLException {
        try (EmbeddedPostgres postgres = startCopy()) {
            List<String> extensions = new ArrayList<>();
            for (String extension : List.of("pg_trgm", "pgcrypto", "unaccent", "btree_gin")) {
                asOwner(postgres, "CREATE EXTENSION " + extension + " SCHEMA public");
                extensions.add(extension);
            }
            assertThat(extensions).hasSize(4);
        }
    }

    @Test
    void shouldKeepItsProgramsInTheDataDirectory() throws IOException {
        SharedPostgres.copyCluster(directory);
        try (Database database = Database.open(DatabaseSettings.embedded(), directory)) {
            assertThat(database.isReady()).isTrue();
        }
        assertThat(directory.resolve("postgres-18")).isDirectoryContaining("glob:**/postgres-18-binaries-*");
    }

    @Test
    void shouldKeepItsProgramsWhereTheSettingsSay() throws IOException {
        SharedPostgres.copyCluster(directory);
        DatabaseSettings defaults = DatabaseSettings.embedded();
        DatabaseSettings sharing = new DatabaseSettings(
                defaults.url(),
                defaults.host(),
                defaults.port(),
                defaults.name(),
                defaults.user(),
                defaults.password(),
                defaults.applicationUser(),
                defaults.applicationPassword(),
                defaults.sslMode(),
                defaults.sslRootCert(),
                defaults.poolSize(),
                defaults.maxOverflow(),
                defaults.poolTimeout(),
                defaults.poolRecycle(),
                Optional.of(SharedPostgres.BINARIES));
        try (Database database = Database.open(sharing, directory)) {
            assertThat(database.isReady()).isTrue();
        }
        assertThat(directory.resolve("postgres-18")).isDirectoryNotContaining("glob:**/postgres-18-binaries-*");
    }

    @Test
    void shouldNameThePlatformsThatItKnows() {
        assertThat(PostgresBinaries.archiveName("Linux", "amd64")).isEqualTo("postgres-linux-x86_64.txz");
        assertThat(PostgresBinaries.archiveName("Linux", "aarch64")).isEqualTo("postgres-linux-arm_64.txz");
        assertThat(PostgresBinaries.archiveName("Mac OS X", "aarch64")).isEqualTo("postgres-darwin-arm_64.txz");
        assertThat(PostgresBinaries.archiveName("Mac OS X", "x86_64")).isEqualTo("postgres-darwin-x86_64.txz");
        assertThatThrownBy(() -> PostgresBinaries.archiveName("SunOS", "sparcv9"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("SunOS on sparcv9")
                .hasMessageContaining("DATABASE_URL");
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of("fsync", "off"));
    }

    private static void asOwner(EmbeddedPostgres postgres, String statement) {
        SharedPostgres.execute(postgres.target().jdbcUrl(), postgres.target().owner(), statement);
    }

    private static String value(EmbeddedPostgres postgres, ConnectionTarget.Login login, String query)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        postgres.target().jdbcUrl(),
                        login.user(),
                        login.password().reveal());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
