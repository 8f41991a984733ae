package dev.gantry.gitsync;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeys;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.Reviewers;
import dev.gantry.registry.Reviews;
import dev.gantry.registry.WorkflowFormat;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A node with one source over a database of its own; looks happen when the test says so. */
final class TestingSync implements AutoCloseable {
    static final String SOURCE = "library";

    final UUID organization = Ids.next();
    final TestingDatabase testing = TestingDatabase.open("crypto", "jobs", "registry", "gitsync");
    final Assets assets;
    final Reviews reviews;
    final GitSources sources;

    /** What was told as news: the state, and how many assets changed. */
    final List<String> news = new CopyOnWriteArrayList<>();

    /** Whether the next news are lost. */
    final AtomicBoolean deaf = new AtomicBoolean();

    private final DurableTasks tasks;
    private final BlockingQueue<SourceStatus> looks = new LinkedBlockingQueue<>();
    private volatile int changed;

    TestingSync(Path directory, GitSettings settings, GitSourceSettings source) {
        KeyRing keyRing = new KeyRing(
                MasterKeys.of(List.of(Secret.of(Base64.getEncoder().encodeToString(new byte[32])))),
                (owner, work) -> testing.database().inOrganization(owner, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        Registry registry = Registry.open(
                testing.database(),
                keyRing,
                RegistrySettings.defaults(),
                Clock.systemUTC(),
                (caller, team) -> team.startsWith("team-"),
                TestingSync::workflow,
                (_, _) -> false);
        assets = registry.assets();
        reviews = registry.reviews(new NoReviewers(), List.of());
        tasks = DurableTasks.open(testing.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        sources = GitSources.open(
                testing.database(),
                tasks,
                registry.assetSync(),
                registry.syncedReviews(reviews),
                settings,
                List.of(new GitSource(SOURCE, organization, source)),
                directory.resolve("cache"),
                (owner, team) -> team.startsWith("team-"),
                new Observer());
        sources.start();
        tasks.start();
    }

    private final class Observer implements SyncObserver {
        @Override
        public void looked(GitSource source, SourceStatus status, int count, Duration took) {
            changed = count;
            looks.add(status);
        }

        @Override
        public void news(GitSource source, SourceStatus status, int count, Duration took) {
            if (deaf.getAndSet(false)) {
                throw new IllegalStateException("as if the node had died before it told of anything");
            }
            news.add(status.state() + " " + count);
        }
    }

    /** Nobody is known: approvals do not count. */
    private record NoReviewers() implements Reviewers {
        @Override
        public @Nullable Caller now(UUID organization, UUID principal) {
            return null;
        }

        @Override
        public List<String> groups(Caller caller) {
            return List.of();
        }
    }

    private static WorkflowFormat.Description workflow(String content) {
        if (!content.startsWith("name:")) {
            throw new GantryException(ErrorCode.INVALID_WORKFLOW, "line 1: name: is missing");
        }
        return new WorkflowFormat.Description(content.lines().findFirst().orElse(""), List.of(), List.of());
    }

    static GitSettings settings(GitLimits limits) {
        return new GitSettings(Map.of(), Map.of(), Map.of(), true, true, limits);
    }

    /** Returns how the first look went, or the one that is under way. */
    SourceStatus firstLook() {
        return take();
    }

    SourceStatus lookAgain() {
        sources.lookNow(organization, SOURCE);
        return take();
    }

    /** Returns how many assets the last look changed. */
    int changed() {
        return changed;
    }

    SourceStatus take() {
        try {
            return Eventually.next("a look at the repository", looks);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    AssetVersion pattern(String name) {
        return assets.get(caller(), AssetKind.PATTERN, name);
    }

    Caller caller() {
        return new Caller(
                organization,
                Ids.next(),
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
