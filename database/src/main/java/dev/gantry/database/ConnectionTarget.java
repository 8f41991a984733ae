package dev.gantry.database;

import dev.gantry.kernel.Secret;
import java.time.Duration;

/**
 * A PostgreSQL database and how to log in to it.
 *
 * @param jdbcUrl address, database, schema and TLS mode, without credentials
 * @param owner who runs the migrations
 * @param application who serves requests; may be the same login as {@code owner}, since every connection of the
 *     application takes on the role {@value #APPLICATION_ROLE}
 * @param pool how many connections the application keeps
 */
public record ConnectionTarget(String jdbcUrl, Login owner, Login application, Pool pool) {
    /** The role with which requests are served: reads and writes rows, changes no tables, bound by row-level security. */
    public static final String APPLICATION_ROLE = "gantry_app";

    /** The schema that holds all tables of Gantry, apart from whatever else is in the database. */
    public static final String SCHEMA = "gantry";

    /** Where names are looked up: our schema, then the one in which an administrator may have installed extensions. */
    static final String SCHEMA_PATH = SCHEMA + ",public";

    /** A database user and its password. */
    public record Login(String user, Secret password) {}

    /**
     * Bounds of the application's connections.
     *
     * @param size connections that are kept open
     * @param overflow connections that are opened beyond {@code size} under load and closed when idle
     * @param timeout how long a request waits for a free connection
     * @param recycle age at which a connection is replaced by a fresh one
     */
    public record Pool(int size, int overflow, Duration timeout, Duration recycle) {
        /** What is used when nothing is configured. */
        public static final Pool DEFAULT = new Pool(5, 15, Duration.ofSeconds(30), Duration.ofHours(1));
    }

    /** Returns the same server and logins with other bounds. */
    public ConnectionTarget withPool(Pool other) {
        return new ConnectionTarget(jdbcUrl, owner, application, other);
    }
}
