package dev.gantry.audit;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.GroupCommit;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** An audit log over a database and a data directory of its own. */
final class TestingAudit implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestingDatabase database;
    private final Path directory;
    private final KeyRing keyRing;
    private final AuditSettings settings;
    private final Clock clock;
    private AuditLog log;

    private TestingAudit(AuditSettings settings, Clock clock) {
        try {
            this.directory = Files.createTempDirectory("gantry-audit-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        this.database = TestingDatabase.open("crypto", "audit");
        this.keyRing = new KeyRing(
                new MasterKeyFile(directory.resolve("master.key")).load(),
                (organization, work) -> database.database().inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        this.settings = settings;
        this.clock = clock;
        this.log = AuditLog.open(database.database(), keyRing, settings, directory, clock);
    }

    /** Stops the log. */
    void stop() {
        log.close();
    }

    /** Opens the log again, after it was stopped. */
    void start() {
        log = AuditLog.open(database.database(), keyRing, settings, directory, clock);
    }

    static TestingAudit open() {
        return open(AuditSettings.defaults(), Clock.systemUTC());
    }

    static TestingAudit open(AuditSettings settings, Clock clock) {
        return new TestingAudit(settings, clock);
    }

    AuditLog log() {
        return log;
    }

    TestingDatabase database() {
        return database;
    }

    Path directory() {
        return directory;
    }

    KeyRing keyRing() {
        return keyRing;
    }

    /** Writes events and waits until they are durable. */
    void write(AuditEvent... events) {
        List<GroupCommit.Commit> commits = new ArrayList<>();
        for (AuditEvent event : events) {
            commits.add(log.append(event));
        }
        commits.forEach(commit -> commit.await(PATIENCE));
    }

    /** Changes what nobody may change: no trigger and no policy binds a superuser that does this. */
    void tamper(String statements) {
        database.asSuperuser("SET session_replication_role = replica; " + statements);
    }

    @Override
    public void close() {
        log.close();
        database.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
