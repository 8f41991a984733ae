package dev.gantry.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** A superuser of a server's embedded database, whom neither privileges nor policies nor triggers stop. */
final class Administrator implements AutoCloseable {
    private final Connection connection;

    private Administrator(Connection connection) {
        this.connection = connection;
    }

    /** Logs in to Gantry's database with what lies in a data directory. */
    static Administrator of(Path dataDirectory) throws IOException, SQLException {
        Administrator administrator = of(dataDirectory, "gantry");
        administrator.run("SET session_replication_role = replica; SET search_path = gantry");
        return administrator;
    }

    /** Logs in beside it, as somebody who maintains the server. */
    static Administrator beside(Path dataDirectory) throws IOException, SQLException {
        return of(dataDirectory, "postgres");
    }

    private static Administrator of(Path dataDirectory, String database) throws IOException, SQLException {
        Path postgres = dataDirectory.resolve("postgres-18");
        Properties passwords = new Properties();
        try (var reader = Files.newBufferedReader(postgres.resolve("passwords"))) {
            passwords.load(reader);
        }
        String port = Files.readString(postgres.resolve("port")).strip();
        Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database,
                "gantry_admin",
                passwords.getProperty("superuser"));
        return new Administrator(connection);
    }

    /** Runs statements in one transaction. */
    void run(String statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** Lets nobody into Gantry's database, and throws out who is in, until {@link #openTheDatabase}. */
    void shutTheDatabase() throws SQLException {
        run("ALTER DATABASE gantry WITH ALLOW_CONNECTIONS false");
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'gantry'");
    }

    void openTheDatabase() throws SQLException {
        run("ALTER DATABASE gantry WITH ALLOW_CONNECTIONS true");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
