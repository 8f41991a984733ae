package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that belongs to this process: set up at the first start, supervised, restarted when it dies, and
 * stopped with us. Its data lies in {@code <data-dir>/postgres-18} and is written as durably as PostgreSQL can.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final String DATABASE = "gantry";

    private final DirectoryLock lock;
    private final PostgresSupervisor supervisor;
    private final PostgresDirectory.Passwords passwords;

    private EmbeddedPostgres(DirectoryLock lock, PostgresSupervisor supervisor, PostgresDirectory.Passwords passwords) {
        this.lock = lock;
        this.supervisor = supervisor;
        this.passwords = passwords;
    }

    /**
     * Starts the server of a data directory and returns when it answers; sets everything up when the folder is new.
     *
     * @param dataDirectory Gantry's data directory; made if missing
     * @throws GantryException if the server cannot be started; the message says why
     */
    public static EmbeddedPostgres start(Path dataDirectory) {
        return start(dataDirectory, null, Map.of());
    }

    /**
     * As {@link #start(Path)}, with the programs unpacked elsewhere and other server settings.
     *
     * @param binaries folder that several data directories share for the unpacked programs; null: the data directory
     * @param settings PostgreSQL settings by name that replace ours, such as {@code fsync}
     */
    public static EmbeddedPostgres start(Path dataDirectory, @Nullable Path binaries, Map<String, String> settings) {
        try {
            PostgresDirectory directory = PostgresDirectory.below(dataDirectory);
            DirectoryLock lock = DirectoryLock.take(directory.path());
            try {
                return startLocked(lock, directory, binaries == null ? directory.path() : binaries, settings);
            } catch (IOException | InterruptedException | RuntimeException failure) {
                lock.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw EmbeddedPostgresErrors.io("The embedded PostgreSQL cannot use " + dataDirectory, failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "Interrupted while PostgreSQL was starting.");
        }
    }

    private static EmbeddedPostgres startLocked(
            DirectoryLock lock, PostgresDirectory directory, Path binariesParent, Map<String, String> settings)
            throws IOException, InterruptedException {
        if (directory.isInitialized()) {
            directory.requireMajorVersion();
        }
        PostgresBinaries binaries = PostgresBinaries.unpack(binariesParent);
        PostgresDirectory.Passwords passwords = directory.passwords();
        RunAs runAs = RunAs.forDirectories(binaries.directory(), directory.path());
        if (!directory.isInitialized()) {
            boolean durable = !"off".equals(settings.get("fsync"));
            new PostgresInstaller(binaries, directory, runAs, durable).install(passwords.superuser());
        }
        runAs.claim(directory.data());
        PostgresSupervisor supervisor = new PostgresSupervisor(binaries, directory, runAs, settings);
        supervisor.start();
        EmbeddedPostgres postgres = new EmbeddedPostgres(lock, supervisor, passwords);
        try {
            new RoleSetup(postgres.jdbcUrl("postgres"), passwords).apply(DATABASE);
        } catch (RuntimeException failure) {
            supervisor.stop();
            throw failure;
        }
        return postgres;
    }

    /** Returns how to reach the database of Gantry. */
    public ConnectionTarget target() {
        return target(DATABASE);
    }

    /** Returns how to reach another database of the same server. */
    public ConnectionTarget target(String database) {
        return new ConnectionTarget(
                jdbcUrl(database),
                new ConnectionTarget.Login(RoleSetup.OWNER, passwords.owner()),
                new ConnectionTarget.Login(ConnectionTarget.APPLICATION_ROLE, passwords.application()),
                ConnectionTarget.Pool.DEFAULT);
    }

    /** Returns how the superuser of the server logs in; for making databases in tests and for maintenance. */
    public ConnectionTarget.Login superuser() {
        return new ConnectionTarget.Login(PostgresInstaller.SUPERUSER, passwords.superuser());
    }

    /** Returns the address of a database of this server, without credentials. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + supervisor.port() + "/" + database + "?currentSchema="
                + ConnectionTarget.SCHEMA_PATH;
    }

    /** Returns whether the server runs at the moment; false while it is being restarted. */
    public boolean isRunning() {
        return supervisor.isRunning();
    }

    /** Returns why the server does not run at the moment, such as a full disk; empty while it does. */
    public Optional<String> problem() {
        return Optional.ofNullable(supervisor.problem());
    }

    /** Returns the process id of the server; it changes when the server is restarted. */
    public long pid() {
        return supervisor.pid();
    }

    /** Stops the server, letting it write its last checkpoint, and gives up the directory. */
    @Override
    public void close() {
        supervisor.stop();
        try {
            lock.close();
        } catch (IOException failure) {
            throw EmbeddedPostgresErrors.io("The lock of the data directory cannot be given up", failure);
        }
    }
}
