package dev.gantry.mirror;

import dev.gantry.config.DataSize;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeys;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetListener;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.ReviewCheck;
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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A node with one mirror over a database of its own; looks happen when the test says so. */
final class TestingMirror implements AutoCloseable {
    static final String MIRROR = "hub";

    /** A namespace in which only approved versions run. */
    static final String REVIEWED = "team-reviewed";

    final UUID organization = Ids.next();
    final Set<String> absentTeams = ConcurrentHashMap.newKeySet();

    /** What listeners heard of new versions. */
    final List<AssetListener.Written> told = new CopyOnWriteArrayList<>();

    final TestingDatabase testing = TestingDatabase.open("crypto", "jobs", "registry", "mirror");
    final Assets assets;
    final Reviews reviews;
    final Registry registry;
    Mirrors mirrors;

    /** What was told as news: the state, and how many assets changed. */
    final List<String> news = new CopyOnWriteArrayList<>();

    /** Whether the next news are lost. */
    final AtomicBoolean deaf = new AtomicBoolean();

    /** After how many versions more that are handed in for review the node dies, as it were; negative for never. */
    final AtomicInteger reviewsLeft = new AtomicInteger(-1);

    private final MirrorsSettings settings;
    private final BlockingQueue<MirrorStatus> looks = new LinkedBlockingQueue<>();
    private DurableTasks tasks;
    private volatile int changed;

    TestingMirror(MirrorsSettings settings, MirrorSettings mirror) {
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
                TestingMirror::workflow,
                (_, namespace) -> namespace.equals(REVIEWED));
        registry.assets().listen(new AssetListener() {
            @Override
            public void stored(Handle handle, List<Written> written) {
                told.addAll(written);
            }
        });
        assets = registry.assets();
        reviews = registry.reviews(new NoReviewers(), List.of(new Check()));
        this.settings = settings;
        tasks = tasks();
        mirrors = open(List.of(new Mirror(MIRROR, organization, mirror)));
    }

    /** As after a start with other settings; without any, nothing is mirrored any more. */
    void restart(MirrorSettings... others) {
        tasks.close();
        looks.clear();
        tasks = tasks();
        mirrors = open(Stream.of(others)
                .map(other -> new Mirror(MIRROR, organization, other))
                .toList());
    }

    private DurableTasks tasks() {
        return DurableTasks.open(testing.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
    }

    private Mirrors open(List<Mirror> configured) {
        Mirrors opened = Mirrors.open(
                testing.database(),
                tasks,
                registry.assetMirror(),
                registry.syncedReviews(reviews),
                settings,
                configured,
                (owner, team) -> team.startsWith("team-") && !absentTeams.contains(team),
                new Observer());
        opened.start();
        tasks.start();
        return opened;
    }

    private final class Check implements ReviewCheck {
        @Override
        public String name() {
            return "mortality";
        }

        @Override
        public Result run(Caller caller, AssetVersion version) {
            if (reviewsLeft.getAndUpdate(left -> Math.max(-1, left - 1)) == 0) {
                throw new IllegalStateException("as if the node had died while it handed in");
            }
            return new Result(name(), Status.PASSED, "");
        }
    }

    private final class Observer implements MirrorObserver {
        @Override
        public void looked(Mirror mirror, MirrorStatus status, int count, Duration took) {
            changed = count;
            looks.add(status);
        }

        @Override
        public void news(Mirror mirror, MirrorStatus status, int count, Duration took) {
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

    static MirrorsSettings settings(Duration timeout, int assetsMax) {
        return new MirrorsSettings(Map.of(), true, assetsMax, new DataSize(1 << 20), timeout, Duration.ofMinutes(5));
    }

    static MirrorSettings mirror(String url, String key, List<String> namespaces, Optional<String> namespace) {
        return mirror(url, key, namespaces, namespace, MirrorSettings.Visibility.SAME);
    }

    static MirrorSettings mirror(
            String url,
            String key,
            List<String> namespaces,
            Optional<String> namespace,
            MirrorSettings.Visibility visibility) {
        return new MirrorSettings(
                url,
                Secret.of(key),
                Duration.ofHours(1),
                Optional.empty(),
                namespaces,
                namespace,
                visibility,
                Optional.empty(),
                3,
                false);
    }

    /** The same, looking all the time. */
    static MirrorSettings restless(MirrorSettings mirror, boolean approvalWorkflow, Optional<Path> caFile) {
        return new MirrorSettings(
                mirror.url(),
                mirror.apiKey(),
                Duration.ofMillis(50),
                mirror.organization(),
                mirror.namespaces(),
                mirror.namespace(),
                mirror.visibility(),
                caFile,
                mirror.historyMax(),
                approvalWorkflow);
    }

    /** Waits for a look that ended as it is to be. */
    MirrorStatus takeUntil(Predicate<MirrorStatus> wanted) {
        for (int look = 0; look < 200; look++) {
            MirrorStatus status = take();
            if (wanted.test(status)) {
                return status;
            }
        }
        throw new AssertionError("200 looks ended otherwise");
    }

    /** Returns how the first look went, or the one that is under way. */
    MirrorStatus firstLook() {
        return take();
    }

    MirrorStatus lookAgain() {
        mirrors.lookNow(organization, MIRROR);
        return take();
    }

    /** Returns how many assets the last look changed. */
    int changed() {
        return changed;
    }

    MirrorStatus take() {
        try {
            return Eventually.next("a look at the other registry", looks);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Approves the newest version. */
    void approve(String name) {
        Caller admin = caller();
        Reviews.Shown review = reviews.submit(admin, AssetKind.PATTERN, name, "");
        reviews.override(admin, review.review().id(), "nobody else is here");
    }

    AssetVersion pattern(String name) {
        return assets.get(caller(), AssetKind.PATTERN, name);
    }

    Caller caller() {
        return caller("root@example.com", AccessRights.EVERYTHING);
    }

    /** Somebody who is in no team. */
    Caller visitor() {
        return caller("vera@example.com", AccessRights.of(List.of(PermissionPattern.parse("patterns:read"))));
    }

    private Caller caller(String name, AccessRights rights) {
        return new Caller(organization, Ids.next(), name, PrincipalKind.USER, null, List.of(), null, null, rights);
    }

    @Override
    public void close() {
        tasks.close();
        testing.close();
    }
}
