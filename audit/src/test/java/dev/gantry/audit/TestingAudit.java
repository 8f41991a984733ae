package dev.gantry.audit;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.GroupCommit;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import dev.gantry.testing.TestingFolder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An audit log over a database and a data directory of its own. */
final class TestingAudit implements AutoCloseable {
    static final Duration PATIENCE = Eventually.PATIENCE;

    private final TestingDatabase database;
    private final TestingFolder directory = TestingFolder.create("gantry-audit-");
    private final KeyRing keyRing;
    private final AuditSettings settings;
    private final Clock clock;
    private AuditLog log;

    private TestingAudit(AuditSettings settings, Clock clock) {
        this.database = TestingDatabase.open("crypto", "audit");
        this.keyRing = new KeyRing(
                new MasterKeyFile(directory.path().resolve("master.key")).load(),
                (organization, work) -> database.database().inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        this.settings = settings;
        this.clock = clock;
        this.log = AuditLog.open(database.database(), keyRing, settings, directory.path(), clock);
    }

    /** Stops the log. */
    void stop() {
        log.close();
    }

    /** Opens the log again, after it was stopped. */
    void start() {
        log = AuditLog.open(database.database(), keyRing, settings, directory.path(), clock);
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
        return directory.path();
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
        directory.close();
    }
}
