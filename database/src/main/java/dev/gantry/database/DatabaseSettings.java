package dev.gantry.database;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The section {@code database}. Without {@code host} and {@code url} Gantry runs a PostgreSQL of its own in its data
 * directory. Where both are given, {@code host} counts.
 */
public record DatabaseSettings(
        @Setting(
                value =
                        "Address of the database in PostgreSQL's form, postgresql://user:password@host:port/name?sslmode=…",
                environment = "DATABASE_URL")
        Optional<Secret> url,

        @Setting("Host of the database server") Optional<String> host,

        @Setting(value = "Port of the database server", defaultValue = "5432", min = 1, max = 65_535)
        int port,

        @Setting(value = "Name of the database on the server", defaultValue = "gantry")
        String name,

        @Setting(
                "Login that owns the tables and runs the migrations; also serves requests, reduced to the role gantry_app,"
                        + " unless application_user is given")
        Optional<String> user,

        @Setting("Password of the user") Optional<Secret> password,

        @Setting("Login that serves requests, a member of the role gantry_app; must be no superuser")
        Optional<String> applicationUser,

        @Setting("Password of the application_user") Optional<Secret> applicationPassword,

        @Setting(
                value = "TLS to the database, in PostgreSQL's words: disable, allow, prefer, require, verify-ca or"
                        + " verify-full",
                defaultValue = "prefer")
        String sslMode,

        @Setting(
                "PEM file of the authority that signs the server's certificate; without it the JDK's authorities count")
        Optional<Path> sslRootCert,

        @Setting(value = "Idle connections that are kept open", defaultValue = "5", min = 0, max = 10_000)
        int poolSize,

        @Setting(
                value = "Connections that may be opened beyond pool_size under load",
                defaultValue = "15",
                min = 0,
                max = 10_000)
        int maxOverflow,

        @Setting(
                value = "How long a request waits for a free connection",
                defaultValue = "30s",
                unit = "seconds",
                min = 250)
        Duration poolTimeout,

        @Setting(
                value = "Age at which a connection is replaced by a fresh one",
                defaultValue = "1h",
                unit = "seconds",
                min = 30_000)
        Duration poolRecycle,

        @Setting(
                value = "Folder for the programs of the embedded PostgreSQL, which several data directories may share;"
                        + " it must not forbid to run what is in it (noexec), and nobody else may be able to write to it,"
                        + " since what is there is run. Without it they are in the data directory",
                environment = "GANTRY_POSTGRES_BINARIES")
        Optional<Path> binariesDir) {

    /** Checks what concerns several keys. */
    public DatabaseSettings {
        if (poolSize + maxOverflow == 0) {
            throw new IllegalArgumentException(
                    "pool_size and max_overflow together must allow at least one connection");
        }
        if (applicationPassword.isPresent() && applicationUser.isEmpty()) {
            throw new IllegalArgumentException("application_password without application_user");
        }
        if (host.isPresent() && user.isEmpty()) {
            throw new IllegalArgumentException("host without user: who shall log in?");
        }
        DatabaseAddress.requireSslMode(sslMode);
        if (url.isPresent() && host.isEmpty()) {
            DatabaseAddress.parse(url.get());
        }
    }

    /** Returns what holds when nothing is configured: a database of our own. */
    public static DatabaseSettings embedded() {
        return new DatabaseSettings(
                Optional.empty(),
                Optional.empty(),
                5432,
                "gantry",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "prefer",
                Optional.empty(),
                5,
                15,
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Optional.empty());
    }

    /** Returns whether a database of our own is to be used. */
    public boolean isEmbedded() {
        return host.isEmpty() && url.isEmpty();
    }

    ConnectionTarget.Pool pool() {
        return new ConnectionTarget.Pool(poolSize, maxOverflow, poolTimeout, poolRecycle);
    }

    /** Returns how to reach the configured database; only for one that is not embedded. */
    ConnectionTarget target() {
        DatabaseAddress address = host.isPresent()
                ? new DatabaseAddress(
                        host.get() + ":" + port,
                        name,
                        user,
                        password,
                        DatabaseAddress.sslProperties(sslMode, sslRootCert.map(Path::toString)))
                : DatabaseAddress.following(url.orElseThrow());
        ConnectionTarget.Login owner = address.login(user, password);
        ConnectionTarget.Login application = applicationUser
                .map(login -> new ConnectionTarget.Login(login, applicationPassword.orElse(Secret.of(""))))
                .orElse(owner);
        return new ConnectionTarget(address.jdbcUrl(), owner, application, pool());
    }
}
