package dev.gantry.gitsync;

import dev.gantry.database.Database;
import dev.gantry.gitsync.ExportCommits.Made;
import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetFeed;
import dev.gantry.registry.AssetFeed.Change;
import dev.gantry.registry.AssetFeed.Held;
import dev.gantry.registry.AssetFeed.Pending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one repository in step with the registry. Thread-safe for different exports.
 *
 * <p>What the repository has is written down after it has it. Whoever dies in between, or pushes although another node has
 * taken over, leaves commits that say themselves what they are; the next look finds them before it makes any.
 */
final class GitExporter {
    private static final Logger LOG = LoggerFactory.getLogger(GitExporter.class);

    /** Changes of one push. */
    private static final int CHANGES_MAX = 500;

    /** Texts of one push, in bytes. */
    private static final long TEXTS_BYTES_MAX = 16 << 20;

    /** How long a repository with nothing to export is believed to be as it was. */
    private static final Duration BELIEVED = Duration.ofMinutes(10);

    /** Pushes of one look; more changes than these hold are for the next one. */
    private static final int ROUNDS_MAX = 100;

    /** How often a push may be overtaken by somebody else's. */
    private static final int OVERTAKEN_MAX = 5;

    private final Database database;
    private final AssetFeed feed;
    private final GitSettings settings;
    private final RemoteGit remote;
    private final Path directory;
    private final ExportAuthors authors;
    private final ExportObserver observer;

    /** When a repository was last asked, by the name of the export. */
    private final Map<String, Instant> asked = new ConcurrentHashMap<>();

    /**
     * An exporter.
     *
     * @param directory where the caches lie
     */
    GitExporter(
            Database database,
            AssetFeed feed,
            GitSettings settings,
            RemoteGit remote,
            Path directory,
            ExportAuthors authors,
            ExportObserver observer) {
        this.database = database;
        this.feed = feed;
        this.settings = settings;
        this.remote = remote;
        this.directory = directory;
        this.authors = authors;
        this.observer = observer;
    }

    /** Looks for changes, in a task that runs again after the export's interval. */
    void run(RunningTask task, GitExport export) {
        Instant begun = task.now();
        ExportStatus.State state = ExportStatus.State.EXPORTED;
        String problem = "";
        int commits = 0;
        try {
            int overtaken = 0;
            for (int round = 0; round < ROUNDS_MAX && !task.isStopping(); round++) {
                Round done = round(export, task.now());
                commits += done.commits();
                problem = done.problem().isEmpty() ? problem : done.problem();
                overtaken += done.overtaken() ? 1 : 0;
                if (overtaken > OVERTAKEN_MAX) {
                    throw new GitRefused("somebody else pushes to "
                            + export.settings().branch() + " all the time; it is tried again");
                }
                if (done.last()) {
                    break;
                }
            }
        } catch (GitRefused refused) {
            state = refused.isUnreachable() ? ExportStatus.State.UNREACHABLE : ExportStatus.State.REFUSED;
            problem = String.valueOf(refused.getMessage());
        } catch (GantryException failed) {
            if (failed.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw failed;
            }
            state = ExportStatus.State.REFUSED;
            problem = String.valueOf(failed.getMessage());
        } catch (IOException unreadable) {
            state = ExportStatus.State.REFUSED;
            problem = "the cache of the repository cannot be used: " + unreadable.getMessage();
            forgetCache(export);
        } catch (RuntimeException failed) {
            LOG.error("Export {} failed", export.name(), failed);
            state = ExportStatus.State.REFUSED;
            problem = "an unexpected error, which the log tells: "
                    + failed.getClass().getSimpleName();
        }
        if (state == ExportStatus.State.EXPORTED && !problem.isEmpty()) {
            state = ExportStatus.State.REFUSED;
        }
        finish(task, export, begun, state, problem);
        if (!problem.isEmpty()) {
            LOG.warn("Export {}: {}", export.name(), problem);
        }
        observer.looked(export, status(export), commits, Duration.between(begun, task.now()));
    }

    private record Round(int commits, boolean last, boolean overtaken, String problem) {}

    private Round round(GitExport export, Instant now) throws GitRefused, IOException {
        Pending pending = pending(export);
        List<Change> changes = pending.changes();
        Instant believedSince = asked.get(export.name());
        boolean believed = believedSince != null && believedSince.plus(BELIEVED).isAfter(now);
        if (changes.isEmpty() && believed) {
            return new Round(0, true, false, "");
        }
        GitExportSettings to = export.settings();
        try (CachedRepository cache = CachedRepository.open(cacheOf(export), settings.limits())) {
            ObjectId tip = remote.tip(cache, to.repository(), to.branch());
            asked.put(export.name(), now);
            if (hasLost(cache, export, tip)) {
                return startOver(cache, export, tip, now);
            }
            if (changes.isEmpty()) {
                return new Round(0, true, false, "");
            }
            if (tip != null) {
                // What was pushed from here is here already; hosts do not all answer when they are asked for it again.
                if (!cache.getObjectDatabase().has(tip)) {
                    remote.fetch(cache, to.repository(), to.branch());
                }
                if (takeOver(cache, export, tip, now)) {
                    return new Round(0, false, false, "");
                }
            }
            Made made = new ExportCommits(export, authors).make(cache, tip, changes);
            if (made.tip() != null && !made.tip().equals(tip)) {
                RemoteGit.Pushed pushed = remote.push(cache, to.repository(), to.branch(), tip, made.tip());
                if (pushed == RemoteGit.Pushed.OVERTAKEN) {
                    return new Round(0, false, true, "");
                }
            }
            if (!made.held().isEmpty()) {
                note(export, made.tip(), made.held(), now);
            }
            // What cannot be a file stays open, and would be all that the next round finds.
            boolean last = !pending.more() || made.held().isEmpty();
            return new Round(made.commits(), last, false, String.join("; ", made.problems()));
        }
    }

    private Pending pending(GitExport export) {
        return database.inOrganization(
                export.organization(),
                handle -> feed.pending(
                        handle, export.holder(), export.settings().namespaces(), CHANGES_MAX, TEXTS_BYTES_MAX));
    }

    /** Returns whether the branch no longer has what was pushed: it is gone, was made anew, or was set back. */
    private boolean hasLost(CachedRepository cache, GitExport export, @Nullable ObjectId tip)
            throws GitRefused, IOException {
        String known =
                database.inOrganization(export.organization(), handle -> ExportStore.commit(handle, export.name()));
        boolean exported =
                database.inOrganization(export.organization(), handle -> feed.count(handle, export.holder())) > 0;
        if (RemoteGit.isNothing(known)
                || !exported
                || (tip != null && tip.name().equals(known))) {
            return false;
        }
        if (tip == null) {
            return true;
        }
        if (!cache.getObjectDatabase().has(tip)) {
            remote.fetch(
                    cache, export.settings().repository(), export.settings().branch());
        }
        return !ExportCommits.mayLeadTo(cache, tip, known);
    }

    /** What the branch has lost is committed again, upon what it has: a backup is whole, or none. */
    private Round startOver(CachedRepository cache, GitExport export, @Nullable ObjectId tip, Instant now)
            throws IOException {
        LOG.warn(
                "Export {}: the branch {} of {} no longer has what was pushed to it; what is missing is exported again",
                export.name(),
                export.settings().branch(),
                export.settings().repository());
        Collection<Held> left = tip == null
                ? List.of()
                : ExportCommits.read(cache, tip, "", settings.limits().objectsMax())
                        .values();
        database.<@Nullable Void>inOrganization(export.organization(), handle -> {
            feed.forget(handle, export.holder());
            feed.held(handle, export.organization(), export.holder(), left);
            ExportStore.pushed(handle, export.name(), tip == null ? "" : tip.name(), now);
            return null;
        });
        return new Round(0, false, false, "");
    }

    /** Writes down what the repository has already; returns whether there was anything that was not known. */
    private boolean takeOver(CachedRepository cache, GitExport export, ObjectId tip, Instant now) throws IOException {
        String known =
                database.inOrganization(export.organization(), handle -> ExportStore.commit(handle, export.name()));
        if (tip.name().equals(known)) {
            return false;
        }
        Collection<Held> held = ExportCommits.read(
                        cache, tip, known, settings.limits().historyMax())
                .values();
        note(export, tip, held, now);
        return !held.isEmpty();
    }

    private void note(GitExport export, @Nullable ObjectId tip, Collection<Held> held, Instant now) {
        database.<@Nullable Void>inOrganization(export.organization(), handle -> {
            feed.held(handle, export.organization(), export.holder(), held);
            if (tip != null) {
                ExportStore.pushed(handle, export.name(), tip.name(), now);
            }
            return null;
        });
    }

    private void finish(RunningTask task, GitExport export, Instant begun, ExportStatus.State state, String problem) {
        task.transaction(transaction -> {
            boolean wanted =
                    ExportStore.looked(transaction.handle(), export.name(), state, problem, begun, transaction.now());
            transaction.again(
                    wanted
                            ? transaction.now()
                            : transaction.now().plus(export.settings().interval()));
            return null;
        });
    }

    /** A cache that cannot be read is thrown away; the next look makes it anew. */
    private void forgetCache(GitExport export) {
        try {
            CachedRepository.delete(cacheOf(export));
        } catch (IOException stuck) {
            LOG.warn("The cache of export {} cannot be removed", export.name(), stuck);
        }
    }

    ExportStatus status(GitExport export) {
        return database.inOrganization(
                export.organization(),
                handle -> ExportStore.status(handle, export.name(), feed.count(handle, export.holder()))
                        .orElseGet(() ->
                                new ExportStatus(export.name(), ExportStatus.State.NEW, "", null, null, "", 0, false)));
    }

    private Path cacheOf(GitExport export) {
        return directory.resolve("exports").resolve(export.organization() + "-" + export.name() + ".git");
    }
}
