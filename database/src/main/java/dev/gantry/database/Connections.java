package dev.gantry.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.gantry.database.ConnectionTarget.Login;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementExceptions;

/** Opens connections to a target, single ones and pooled ones. */
record Connections(ConnectionTarget target) {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAK_AFTER = Duration.ofMinutes(2);

    /** Opens a connection that may change tables. */
    Connection asOwner() throws SQLException {
        return open(target.owner(), Duration.ZERO);
    }

    /**
     * Opens a connection that serves requests.
     *
     * @param silenceMax how long the server may take for an answer before the connection counts as broken; zero: any time
     */
    Connection asApplication(Duration silenceMax) throws SQLException {
        Connection connection = open(target.application(), silenceMax);
        if (takesOnRole()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(setRole());
            } catch (SQLException failure) {
                connection.close();
                throw failure;
            }
        }
        return connection;
    }

    /** Keeps the values of a statement that failed out of the message, which reaches the log. */
    static Jdbi discreet(Jdbi jdbi) {
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(failure -> {
            StatementContext context = failure.getStatementContext();
            String statement = context == null ? null : context.getRawSql();
            return failure.getShortMessage() + (statement == null ? "" : " [statement: " + statement.strip() + "]");
        });
        return jdbi;
    }

    HikariDataSource pool() {
        ConnectionTarget.Pool bounds = target.pool();
        HikariConfig config = new HikariConfig();
        config.setPoolName("gantry");
        config.setJdbcUrl(target.jdbcUrl());
        Login login = target.application();
        // Asked for each new connection: a password that was renewed serves the next one.
        config.setCredentialsProvider(
                () -> Credentials.of(login.user(), login.password().reveal()));
        config.setMinimumIdle(bounds.size());
        config.setMaximumPoolSize(Math.max(1, bounds.size() + bounds.overflow()));
        config.setConnectionTimeout(bounds.timeout().toMillis());
        config.setMaxLifetime(bounds.recycle().toMillis());
        config.setLeakDetectionThreshold(LEAK_AFTER.toMillis());
        config.setInitializationFailTimeout(-1);
        common(Duration.ZERO).forEach((name, value) -> config.addDataSourceProperty((String) name, value));
        if (takesOnRole()) {
            config.setConnectionInitSql(setRole());
        }
        return new HikariDataSource(config);
    }

    private boolean takesOnRole() {
        return !target.application().user().equals(ConnectionTarget.APPLICATION_ROLE);
    }

    private static String setRole() {
        return "SET ROLE " + ConnectionTarget.APPLICATION_ROLE;
    }

    private Connection open(Login login, Duration silenceMax) throws SQLException {
        Properties properties = common(silenceMax);
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password().reveal());
        return DriverManager.getConnection(target.jdbcUrl(), properties);
    }

    /** Properties of the driver, https://jdbc.postgresql.org/documentation/use/ */
    private static Properties common(Duration silenceMax) {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "gantry");
        Duration connectMax =
                silenceMax.isPositive() && silenceMax.compareTo(CONNECT_TIMEOUT) < 0 ? silenceMax : CONNECT_TIMEOUT;
        properties.setProperty("connectTimeout", String.valueOf(connectMax.toSeconds()));
        properties.setProperty("socketTimeout", String.valueOf(silenceMax.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("tcpNoDelay", "true");
        // The arrays of BatchColumns; the driver sends those of other types as text.
        properties.setProperty(
                "binaryTransferEnable", "INT8_ARRAY,INT4_ARRAY,BOOL_ARRAY,TEXT_ARRAY,UUID_ARRAY,BYTEA_ARRAY");
        // Errors reach the log; the values of the statement that failed must not.
        properties.setProperty("logServerErrorDetail", "false");
        return properties;
    }
}
