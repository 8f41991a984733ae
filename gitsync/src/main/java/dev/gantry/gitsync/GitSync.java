package dev.gantry.gitsync;

import dev.gantry.database.Database;
import dev.gantry.gitsync.SourceStore.Known;
import dev.gantry.gitsync.SourceStore.Row;
import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetSync;
import dev.gantry.registry.AssetSync.Authored;
import dev.gantry.registry.AssetSync.Checked;
import dev.gantry.registry.PutResult;
import dev.gantry.registry.SyncedReviews;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.eclipse.jgit.lib.ObjectId;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one source and brings the registry in step with it. Thread-safe for different sources. */
final class GitSync {
    private static final Logger LOG = LoggerFactory.getLogger(GitSync.class);

    /** Begins the reason for which an asset is deprecated whose file is gone. */
    private static final String GONE = "the source ";

    /** Names of assets that are read at a time. */
    private static final int NAMES_MAX = 500;

    private final Database database;
    private final AssetSync registry;
    private final SyncedReviews reviews;
    private final GitSettings settings;
    private final RemoteGit remote;
    private final Path directory;
    private final BiPredicate<UUID, String> teams;
    private final SyncObserver observer;

    /**
     * Synchronization.
     *
     * @param directory where the caches lie
     * @param teams knows whether an organization has a team of a name
     */
    GitSync(
            Database database,
            AssetSync registry,
            SyncedReviews reviews,
            GitSettings settings,
            RemoteGit remote,
            Path directory,
            BiPredicate<UUID, String> teams,
            SyncObserver observer) {
        this.database = database;
        this.registry = registry;
        this.reviews = reviews;
        this.settings = settings;
        this.remote = remote;
        this.directory = directory;
        this.teams = teams;
        this.observer = observer;
    }

    /** What a look came to. */
    private sealed interface Look {
        record Unchanged() implements Look {}

        record Changed(CommitChange change) implements Look {}

        record Failed(SourceStatus.State state, String commit, String problem, List<Finding> findings)
                implements Look {}
    }

    /** Looks at a source, in a task that runs again after the source's interval. */
    void run(RunningTask task, GitSource source) {
        Instant begun = task.now();
        Row row = inOrganization(source, handle -> SourceStore.lock(handle, source.name()))
                .orElseThrow();
        if (!row.told()) {
            tell(source, status(source), row.untold(), Duration.ZERO);
        }
        Look look = look(source, row);
        News news = task.transaction(transaction -> {
            Handle handle = transaction.handle();
            SourceStore.lock(handle, source.name());
            int changed = write(handle, source, look, transaction.now());
            boolean any = changed > 0 || look instanceof Look.Failed;
            boolean wanted = SourceStore.ended(handle, source.name(), begun, changed, !any);
            transaction.again(
                    wanted
                            ? transaction.now()
                            : transaction.now().plus(source.settings().syncInterval()));
            return new News(changed, any);
        });
        SourceStatus status = status(source);
        if (!status.problem().isEmpty()) {
            LOG.warn("Source {}: {}", source.name(), status.problem());
        }
        // Before what takes time: what has happened should be told soon.
        Duration took = Duration.between(begun, task.now());
        observer.looked(source, status, news.changed(), took);
        if (news.any()) {
            tell(source, status, news.changed(), took);
        }
        handIn(source);
    }

    /**
     * What is to be told of a look.
     *
     * @param any whether it is more than that nothing is new
     */
    private record News(int changed, boolean any) {}

    private void tell(GitSource source, SourceStatus status, int changed, Duration took) {
        try {
            observer.news(source, status, changed, took);
        } catch (GantryException refused) {
            if (refused.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw refused;
            }
            // Nobody would ever take it: the source goes on, and the log has it.
            LOG.error("Source {}: nobody takes the news of a look ({} changes)", source.name(), changed, refused);
        }
        this.<@Nullable Void>inOrganization(source, handle -> {
            SourceStore.told(handle, source.name());
            return null;
        });
    }

    private SourceStatus status(GitSource source) {
        return inOrganization(source, handle -> SourceStore.status(handle, source.name()))
                .orElseThrow();
    }

    /** Also after a look that found nothing new: whoever died before may have left something. */
    private void handIn(GitSource source) {
        if (!source.settings().approvalWorkflow()) {
            return;
        }
        try {
            UUID due = inOrganization(source, handle -> SourceStore.reviewsDue(handle, source.name()))
                    .orElse(null);
            if (due == null) {
                return;
            }
            SyncedReviews.Outcome done = reviews.handIn(
                    source.organization(),
                    last -> inOrganization(
                            source, handle -> SourceStore.keptAfter(handle, source.name(), last, NAMES_MAX)),
                    "git:" + source.name(),
                    "From " + source.settings().repository() + ", branch "
                            + source.settings().branch());
            if (done.refused() == 0) {
                this.<@Nullable Void>inOrganization(source, handle -> {
                    SourceStore.handedIn(handle, source.name(), due);
                    return null;
                });
            }
        } catch (GantryException failed) {
            LOG.warn("Source {}: not everything was handed in for review, which is tried again", source.name(), failed);
        }
    }

    private Look look(GitSource source, Row row) {
        String tried = "";
        try (CachedRepository cache = CachedRepository.open(cacheOf(source), settings.limits())) {
            ObjectId tip = remote.fetch(
                    cache, source.settings().repository(), source.settings().branch());
            if (tip == null) {
                return failed(
                        SourceStatus.State.BROKEN,
                        "",
                        "the repository has no branch " + source.settings().branch(),
                        List.of());
            }
            tried = tip.name();
            boolean sameSettings = row.settingsHash().equals(source.settingsHash());
            if (tried.equals(row.commit()) && sameSettings) {
                return new Look.Unchanged();
            }
            CommitChange change = inspect(cache, source, tip, sameSettings);
            if (change.hasErrors() && source.settings().brokenFiles() == GitSourceSettings.BrokenFiles.REFUSE) {
                long errors = change.findings().stream().filter(Finding::error).count();
                return failed(
                        SourceStatus.State.BROKEN,
                        tried,
                        errors + (errors == 1 ? " file" : " files") + " of commit " + tried.substring(0, 12)
                                + " cannot be used; "
                                + (row.commit().isEmpty()
                                        ? "nothing was taken over"
                                        : "commit " + row.commit().substring(0, 12) + " stays in force"),
                        change.findings());
            }
            return new Look.Changed(change);
        } catch (GitRefused refused) {
            return failed(
                    refused.isUnreachable() ? SourceStatus.State.UNREACHABLE : SourceStatus.State.BROKEN,
                    tried,
                    String.valueOf(refused.getMessage()),
                    List.of());
        } catch (GantryException refused) {
            if (refused.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw refused;
            }
            return failed(SourceStatus.State.BROKEN, tried, String.valueOf(refused.getMessage()), List.of());
        } catch (IOException unreadable) {
            return unreadable(source, tried, unreadable);
        }
    }

    private CommitChange inspect(CachedRepository cache, GitSource source, ObjectId tip, boolean sameSettings)
            throws GitRefused, IOException {
        Map<String, Known> known = inOrganization(source, handle -> SourceStore.files(handle, source.name()));
        Map<String, String> others = inOrganization(source, handle -> SourceStore.keptByOthers(handle, source.name()));
        Map<String, Boolean> asked = new HashMap<>();
        CommitReader reader = new CommitReader(
                source,
                registry,
                settings.limits(),
                team -> asked.computeIfAbsent(team, name -> teams.test(source.organization(), name)),
                known,
                others);
        CommitChange change = reader.read(cache, tip);
        LOG.debug(
                "Source {}: {} texts differ, settings {}",
                source.name(),
                change.texts().size(),
                sameSettings);
        return change;
    }

    /** A cache that cannot be read is thrown away; the next look makes it anew. */
    private Look unreadable(GitSource source, String tried, IOException failure) {
        LOG.warn("The cache of source {} cannot be read", source.name(), failure);
        try {
            CachedRepository.delete(cacheOf(source));
        } catch (IOException stuck) {
            LOG.warn("The cache of source {} cannot be removed", source.name(), stuck);
        }
        return failed(
                SourceStatus.State.BROKEN,
                tried,
                "objects of the repository are missing or cannot be read: " + failure.getMessage(),
                List.of());
    }

    private static Look failed(SourceStatus.State state, String commit, String problem, List<Finding> findings) {
        return new Look.Failed(state, commit, problem, findings);
    }

    private int write(Handle handle, GitSource source, Look look, Instant now) {
        return switch (look) {
            case Look.Unchanged _ -> {
                SourceStore.unchanged(handle, source.name(), now);
                yield 0;
            }
            case Look.Failed failed -> {
                SourceStore.failed(
                        handle,
                        source.name(),
                        failed.state(),
                        failed.commit(),
                        failed.problem(),
                        failed.findings(),
                        now);
                yield 0;
            }
            case Look.Changed changed -> apply(handle, source, changed.change(), now);
        };
    }

    private int apply(Handle handle, GitSource source, CommitChange change, Instant now) {
        Map<String, Known> before = SourceStore.files(handle, source.name());
        Map<Checked, AssetSync.Written> results = registry.write(
                handle, source.organization(), List.copyOf(change.texts().values()));
        List<Finding> findings = new ArrayList<>(change.findings());
        int count = 0;
        for (Map.Entry<String, Authored> text : change.texts().entrySet()) {
            Checked asset = text.getValue().text();
            AssetSync.Written result = Objects.requireNonNull(results.get(asset), "every text has a result");
            bringBack(handle, asset, result, now);
            if (result.outcome() == PutResult.Outcome.UNCHANGED) {
                continue;
            }
            count++;
            if (result.outcome() == PutResult.Outcome.UPDATED && !before.containsKey(text.getKey())) {
                findings.add(Finding.note(
                        text.getKey(),
                        asset.name() + " was there already; the file is its version " + result.version() + " now"));
            }
        }
        for (Known gone : change.gone()) {
            registry.deprecate(
                    handle, gone.kind(), gone.name(), GONE + "'" + source.name() + "' has no file of it any more", now);
        }
        Map<String, Known> changed = new HashMap<>(change.files());
        changed.entrySet().removeIf(file -> file.getValue().equals(before.get(file.getKey())));
        SourceStore.remove(handle, source.name(), change.removed());
        SourceStore.put(handle, source, changed);
        SourceStore.synced(handle, source, change.commit(), findings, now);
        return count + change.gone().size();
    }

    /** A file that is there again takes back what its absence brought, and nothing that a person said. */
    private void bringBack(Handle handle, Checked asset, AssetSync.Written result, Instant now) {
        if (result.deprecation() != null && result.deprecation().startsWith(GONE)) {
            registry.deprecate(handle, asset.kind(), asset.name(), null, now);
        }
    }

    private Path cacheOf(GitSource source) {
        return directory.resolve(source.organization() + "-" + source.name() + ".git");
    }

    private <T extends @Nullable Object> T inOrganization(GitSource source, dev.gantry.database.Work<T> work) {
        return database.inOrganization(source.organization(), work);
    }
}
