package dev.gantry.gitsync;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeys;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.Precondition;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.WorkflowFormat;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A node with one export over a database of its own; looks happen when the test says so. */
final class TestingExport implements AutoCloseable {
    private static final String EXPORT = "backup";

    private final UUID organization = Ids.next();
    private final UUID principal = Ids.next();
    private final TestingDatabase testing = TestingDatabase.open("crypto", "jobs", "registry", "gitsync");
    private final Registry registry;
    private final DurableTasks tasks;
    private final GitExports exports;
    private final BlockingQueue<ExportStatus> looks = new LinkedBlockingQueue<>();
    private volatile int commits;

    TestingExport(Path directory, GitExportSettings settings) {
        this(directory, TestingSync.settings(GitLimits.defaults()), settings);
    }

    TestingExport(Path directory, GitSettings git, GitExportSettings settings) {
        KeyRing keyRing = new KeyRing(
                MasterKeys.of(List.of(Secret.of(Base64.getEncoder().encodeToString(new byte[32])))),
                (owner, work) -> testing.database().inOrganization(owner, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        registry = Registry.open(
                testing.database(),
                keyRing,
                RegistrySettings.defaults(),
                Clock.systemUTC(),
                (caller, team) -> team.startsWith("team-"),
                content -> new WorkflowFormat.Description("A workflow", List.of(), List.of()),
                (_, _) -> false);
        tasks = DurableTasks.open(testing.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        exports = GitExports.open(
                testing.database(),
                tasks,
                registry.assetFeed(),
                git,
                List.of(new GitExport(EXPORT, organization, settings)),
                directory.resolve("export-cache"),
                (owner, id, written) -> id.equals(principal)
                        ? new ExportAuthors.Author("Root of All", written)
                        : new ExportAuthors.Author(written, ""),
                (export, status, count, took) -> {
                    commits = count;
                    looks.add(status);
                });
        exports.start();
        tasks.start();
    }

    ExportStatus firstLook() {
        try {
            return Eventually.next("a look for changes", looks);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    ExportStatus lookAgain() {
        exports.lookNow(organization, EXPORT);
        return firstLook();
    }

    /** Returns the exports as an organization sees them. */
    GitExports exports() {
        return exports;
    }

    /** Returns how many commits the last look pushed. */
    int commits() {
        return commits;
    }

    void put(AssetKind kind, String name, String content) {
        registry.assets().put(caller(), kind, name, content, new Precondition.None());
    }

    void delete(String pattern) {
        registry.assets().delete(caller(), AssetKind.PATTERN, pattern, new Precondition.None());
    }

    String content(AssetKind kind, String name) {
        return registry.assets().get(caller(), kind, name).content();
    }

    Instant createdAt(AssetKind kind, String name) {
        return Objects.requireNonNull(
                registry.assets().get(caller(), kind, name).createdAt());
    }

    /** Leaves the database as it is when a node dies after its push. */
    void forgetWhatWasExported() {
        testing.database().<@Nullable Void>inOrganization(organization, handle -> {
            handle.execute("DELETE FROM asset_copies");
            handle.execute("UPDATE git_exports SET commit_id = ''");
            return null;
        });
    }

    private Caller caller() {
        return new Caller(
                organization,
                principal,
                "root@example.com",
                PrincipalKind.USER,
                null,
                List.of(),
                null,
                null,
                AccessRights.EVERYTHING);
    }

    @Override
    public void close() {
        tasks.close();
        testing.close();
    }
}
