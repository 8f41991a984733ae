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
import dev.gantry.registry.AssetFeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The repositories that the registry is exported to: one commit for each version, with its author and its time. One node at a
 * time looks for what a repository lacks, again and again. Thread-safe.
 */
public final class GitExports {
    private static final String TASK = "git.export";

    private final Database database;
    private final DurableTasks tasks;
    private final GitExporter exporter;
    private final Map<String, GitExport> exports = new TreeMap<>();

    private GitExports(Database database, DurableTasks tasks, GitExporter exporter, Collection<GitExport> exports) {
        this.database = database;
        this.tasks = tasks;
        this.exporter = exporter;
        exports.forEach(export -> this.exports.put(export.name(), export));
    }

    /**
     * Exports of a migrated database; nothing is looked for before {@link #start}.
     *
     * @param directory where caches may be kept
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if an address cannot be used
     */
    public static GitExports open(
            Database database,
            DurableTasks tasks,
            AssetFeed feed,
            GitSettings settings,
            Collection<GitExport> exports,
            Path directory,
            ExportAuthors authors,
            ExportObserver observer) {
        exports.forEach(export -> check(export, settings));
        try {
            RemoteGit remote = new RemoteGit(settings, directory.resolve("empty"));
            GitExporter exporter = new GitExporter(database, feed, settings, remote, directory, authors, observer);
            GitExports opened = new GitExports(database, tasks, exporter, exports);
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
     * Checks what settings alone can tell of an export.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    public static void check(GitExport export, GitSettings settings) {
        GitSources.requireName(export.name(), "an export");
        GitAddress.parse(export.settings().repository(), settings);
    }

    /** Lets changes be looked for now, and from then on; before the tasks start. */
    public void start() {
        for (GitExport export : exports.values()) {
            UUID task = Ids.next();
            tasks.transaction(export.organization(), transaction -> {
                ExportStore.begin(transaction.handle(), export, task)
                        .ifPresent(before -> transaction.remove(new TaskId(TASK, export.organization(), before)));
                transaction.schedule(new TaskId(TASK, export.organization(), task), JobPriority.NORMAL);
                return null;
            });
        }
    }

    /** An export with how it is. */
    public record Listed(GitExport export, ExportStatus status) {}

    /** Returns the exports of an organization, by name. */
    public List<Listed> list(UUID organization) {
        return exports.values().stream()
                .filter(export -> export.organization().equals(organization))
                .map(export -> new Listed(export, exporter.status(export)))
                .toList();
    }

    /**
     * Returns an export.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Listed get(UUID organization, String name) {
        GitExport export = require(organization, name);
        return new Listed(export, exporter.status(export));
    }

    /**
     * Lets changes be looked for as soon as possible, and again if that is under way.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Listed lookNow(UUID organization, String name) {
        GitExport export = require(organization, name);
        Listed before = new Listed(export, exporter.status(export));
        tasks.transaction(organization, transaction -> {
            ExportStore.want(transaction.handle(), name, transaction.now())
                    .ifPresent(task -> transaction.move(new TaskId(TASK, organization, task), transaction.now()));
            return null;
        });
        return before;
    }

    private Optional<GitExport> find(UUID organization, String name) {
        return Optional.ofNullable(exports.get(name))
                .filter(export -> export.organization().equals(organization));
    }

    private GitExport require(UUID organization, String name) {
        return find(organization, name)
                .orElseThrow(() -> new GantryException(
                        ErrorCode.NOT_FOUND,
                        "There is no export '" + Text.shorten(name, 80) + "'"
                                + Text.didYouMean(
                                        name,
                                        list(organization).stream()
                                                .map(listed -> listed.export().name())
                                                .toList())));
    }

    private void run(RunningTask task) {
        GitExport export = database.inOrganization(
                        task.id().organization(),
                        handle -> ExportStore.exportOf(handle, task.id().id()))
                .flatMap(known -> find(task.id().organization(), known))
                .orElse(null);
        if (export == null) {
            task.transaction(transaction -> {
                transaction.finish();
                return null;
            });
            return;
        }
        exporter.run(task, export);
    }
}
