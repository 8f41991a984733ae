package dev.gantry.mirror;

import dev.gantry.config.DataSize;
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
import dev.gantry.registry.AssetListener;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Assets;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.Reviewers;
import dev.gantry.registry.Reviews;
import dev.gantry.registry.WorkflowFormat;
import dev.gantry.testing.TestingDatabase;
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
import java.util.concurrent.TimeUnit;
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
    final Mirrors mirrors;
    final Registry registry;
    private final DurableTasks tasks;
    private final BlockingQueue<MirrorStatus> looks = new LinkedBlockingQueue<>();
    private int changed;

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
        reviews = registry.reviews(new NoReviewers(), List.of());
        tasks = DurableTasks.open(testing.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        mirrors = Mirrors.open(
                testing.database(),
                tasks,
                registry.assetMirror(),
                (_, _) -> {},
                settings,
                List.of(new Mirror(MIRROR, organization, mirror)),
                (owner, team) -> team.startsWith("team-") && !absentTeams.contains(team),
                (looked, status, count, took) -> {
                    changed = count;
                    looks.add(status);
                });
        mirrors.start();
        tasks.start();
    }

    /** Nobody is known: approvals do not count. */
    private record NoReviewers() implements Reviewers {
        @Override
        public @Nullable Caller now(UUID organization, UUID principal) {
            return null;
        }

        @Override
        public boolean isInGroup(Caller caller, String group) {
            return false;
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
        return new MirrorSettings(
                url,
                Secret.of(key),
                Duration.ofHours(1),
                Optional.empty(),
                namespaces,
                namespace,
                Optional.empty(),
                3,
                false);
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
            MirrorStatus status = looks.poll(30, TimeUnit.SECONDS);
            if (status == null) {
                throw new AssertionError("Nobody looked at the other registry within 30 s");
            }
            return status;
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
