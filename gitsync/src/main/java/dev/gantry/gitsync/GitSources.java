package dev.gantry.gitsync;

import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import dev.gantry.registry.AssetSync;
import dev.gantry.registry.SyncedReviews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The repositories that assets are taken from. Each is looked at by one node at a time, again and again, and at once when a
 * webhook says so. Thread-safe.
 */
public final class GitSources {
    private static final String TASK = "git.sync";
    private static final String NAME = "[a-z0-9][a-z0-9_.-]{0,62}";

    private final Database database;
    private final DurableTasks tasks;
    private final GitSync sync;
    private final Map<String, GitSource> sources = new TreeMap<>();

    private GitSources(Database database, DurableTasks tasks, GitSync sync, Collection<GitSource> sources) {
        this.database = database;
        this.tasks = tasks;
        this.sync = sync;
        sources.forEach(source -> this.sources.put(source.name(), source));
    }

    /**
     * Sources over a migrated database; nothing is looked at before {@link #start}.
     *
     * @param reviews takes what sources with an approval workflow bring
     * @param directory where caches may be kept
     * @param teams knows whether an organization has a team of a name
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if an address cannot be used
     */
    public static GitSources open(
            Database database,
            DurableTasks tasks,
            AssetSync registry,
            SyncedReviews reviews,
            GitSettings settings,
            Collection<GitSource> sources,
            Path directory,
            BiPredicate<UUID, String> teams,
            SyncObserver observer) {
        sources.forEach(source -> check(source, settings));
        try {
            RemoteGit remote = new RemoteGit(settings, directory.resolve("empty"));
            GitSync sync = new GitSync(database, registry, reviews, settings, remote, directory, teams, observer);
            GitSources opened = new GitSources(database, tasks, sync, sources);
            tasks.handle(TASK, opened::run);
            return opened;
        } catch (IOException failed) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The directory " + directory + " cannot be used: " + failed.getMessage(),
                    failed);
        }
    }

    /**
     * Checks what settings alone can tell of a source.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    public static void check(GitSource source, GitSettings settings) {
        requireName(source.name(), "a source");
        GitAddress.parse(source.settings().repository(), settings);
    }

    /** Insists on a name that fits into paths, files and metrics. */
    static void requireName(String name, String what) {
        if (!name.matches(NAME)) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "'" + Text.shorten(name, 80) + "' cannot be the name of " + what + ": lower-case letters,"
                            + " digits, '-', '_' and '.'");
        }
    }

    /** Lets every source be looked at now, and from then on; before the tasks start. */
    public void start() {
        for (GitSource source : sources.values()) {
            UUID task = Ids.next();
            tasks.transaction(source.organization(), transaction -> {
                SourceStore.begin(transaction.handle(), source, task)
                        .ifPresent(before -> transaction.remove(new TaskId(TASK, source.organization(), before)));
                transaction.schedule(new TaskId(TASK, source.organization(), task), JobPriority.NORMAL);
                return null;
            });
        }
    }

    /** A source with how it is. */
    public record Listed(GitSource source, SourceStatus status) {}

    /** Returns the sources of an organization, by name. */
    public List<Listed> list(UUID organization) {
        List<Listed> listed = new ArrayList<>();
        for (GitSource source : sources.values()) {
            if (source.organization().equals(organization)) {
                listed.add(new Listed(source, status(source)));
            }
        }
        return listed;
    }

    /**
     * Returns a source.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Listed get(UUID organization, String name) {
        GitSource source = require(organization, name);
        return new Listed(source, status(source));
    }

    /**
     * Lets a source be looked at as soon as possible, and again if it is being looked at.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Listed lookNow(UUID organization, String name) {
        GitSource source = require(organization, name);
        wake(source);
        return new Listed(source, status(source));
    }

    private void wake(GitSource source) {
        tasks.transaction(source.organization(), transaction -> {
            SourceStore.want(transaction.handle(), source.name(), transaction.now())
                    .ifPresent(
                            task -> transaction.move(new TaskId(TASK, source.organization(), task), transaction.now()));
            return null;
        });
    }

    /**
     * Takes the call of a webhook.
     *
     * @param call its headers and body
     * @return the source, which is looked at soon
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if there is no such source, it takes none, or the call is
     *     not signed with its secret: all with the same words
     */
    public GitSource hook(String name, WebhookCall call) {
        GitSource source = sources.get(name);
        boolean valid = source != null
                && source.settings().webhookSecret().filter(call::isSignedWith).isPresent();
        if (source == null || !valid) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "There is no source that takes this call, or its signature does not fit the source's webhook_secret");
        }
        if (call.isAboutBranch(source.settings().branch())) {
            wake(source);
        }
        return source;
    }

    private @Nullable GitSource find(UUID organization, String name) {
        GitSource source = sources.get(name);
        return source != null && source.organization().equals(organization) ? source : null;
    }

    private GitSource require(UUID organization, String name) {
        GitSource source = find(organization, name);
        if (source == null) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND,
                    "There is no source '" + Text.shorten(name, 80) + "'"
                            + Text.didYouMean(
                                    name,
                                    sources.values().stream()
                                            .filter(known ->
                                                    known.organization().equals(organization))
                                            .map(GitSource::name)
                                            .toList()));
        }
        return source;
    }

    private SourceStatus status(GitSource source) {
        return database.inOrganization(source.organization(), handle -> SourceStore.status(handle, source.name()))
                .orElseGet(() -> new SourceStatus(
                        source.name(), SourceStatus.State.NEW, "", null, "", null, "", List.of(), 0, 0, false));
    }

    private void run(RunningTask task) {
        Optional<String> name = database.inOrganization(
                task.id().organization(),
                handle -> SourceStore.sourceOf(handle, task.id().id()));
        GitSource source =
                name.map(known -> find(task.id().organization(), known)).orElse(null);
        if (source == null) {
            task.transaction(transaction -> {
                transaction.finish();
                return null;
            });
            return;
        }
        sync.run(task, source);
    }
}
