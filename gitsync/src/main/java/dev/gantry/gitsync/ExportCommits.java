package dev.gantry.gitsync;

import dev.gantry.registry.AssetFeed.Change;
import dev.gantry.registry.AssetFeed.Held;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * Makes a commit of each change, and reads of commits which changes they were made of. The last line of a commit's message
 * says that, so that a commit which was pushed is known even if whoever pushed it died before it could write that down.
 */
final class ExportCommits {
    private static final Pattern LINE = Pattern.compile(
            "^Gantry-(Version|Removed): ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([0-9]{1,9})$",
            Pattern.MULTILINE);

    private final GitExport export;
    private final ExportAuthors authors;

    ExportCommits(GitExport export, ExportAuthors authors) {
        this.export = export;
        this.authors = authors;
    }

    /**
     * What was made.
     *
     * @param tip null when there is no commit at all
     * @param held what the repository has once it has the tip, without what cannot be files of it
     * @param commits how many there are between
     * @param problems changes that cannot be files of the repository
     */
    record Made(@Nullable ObjectId tip, List<Held> held, int commits, List<String> problems) {}

    /** Makes commits upon a commit; null stands for an empty repository. Changes that the repository has already make none. */
    Made make(FileRepository repository, @Nullable ObjectId tip, List<Change> changes) throws IOException {
        List<Held> held = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        ObjectId newest = tip;
        int commits = 0;
        try (ObjectInserter inserter = repository.getObjectDatabase().newPackInserter();
                ObjectReader reader = repository.newObjectReader();
                RevWalk walk = new RevWalk(reader)) {
            ObjectId tree = tip == null ? null : walk.parseCommit(tip).getTree().copy();
            TreeEditor editor = new TreeEditor(reader, tree);
            for (Change change : changes) {
                if (!apply(editor, inserter, change)) {
                    problems.add(change.path() + " cannot be a file: another one has the name of its directory");
                    continue;
                }
                held.add(new Held(change.asset(), change.version(), change instanceof Change.Removal));
                ObjectId now = editor.write(inserter);
                if (!now.equals(tree)) {
                    newest = inserter.insert(commit(change, now, newest));
                    tree = now;
                    commits++;
                }
            }
            inserter.flush();
        }
        return new Made(newest, held, commits, problems);
    }

    private boolean apply(TreeEditor editor, ObjectInserter inserter, Change change) throws IOException {
        String path =
                export.settings().directory().map(directory -> directory + "/").orElse("") + change.path();
        return switch (change) {
            case Change.Version version -> editor.put(path, inserter.insert(Constants.OBJ_BLOB, version.content()));
            case Change.Removal _ -> {
                editor.remove(path);
                yield true;
            }
        };
    }

    private CommitBuilder commit(Change change, ObjectId tree, @Nullable ObjectId parent) {
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        if (parent != null) {
            commit.setParentId(parent);
        }
        commit.setEncoding(StandardCharsets.UTF_8);
        GitExportSettings settings = export.settings();
        switch (change) {
            case Change.Version version -> {
                ExportAuthors.Author author = authors.of(export.organization(), version.authorId(), version.author());
                commit.setAuthor(person(author.name(), author.address(), version.at()));
                commit.setCommitter(person(settings.committerName(), settings.committerAddress(), version.at()));
                commit.setMessage(version.name() + ": version " + version.version() + "\n\nGantry-Version: "
                        + version.asset() + "@" + version.version() + "\n");
            }
            case Change.Removal removal -> {
                PersonIdent committer = person(settings.committerName(), settings.committerAddress(), removal.at());
                commit.setAuthor(committer);
                commit.setCommitter(committer);
                commit.setMessage(removal.name() + ": removed\n\nGantry-Removed: " + removal.asset() + "@"
                        + removal.version() + "\n");
            }
        }
        return commit;
    }

    private static PersonIdent person(String name, String address, Instant at) {
        return new PersonIdent(plain(name), plain(address), at, ZoneOffset.UTC);
    }

    /** Leaves out what would end a name or an address. */
    private static String plain(String text) {
        return text.replaceAll("[<>\\p{Cntrl}]", " ").strip();
    }

    /**
     * Returns whether a commit is among those that another one was made upon, or may be: of a history that was not fetched as a
     * whole it cannot always be told.
     */
    static boolean mayLeadTo(FileRepository repository, ObjectId tip, String earlier) throws IOException {
        ObjectId known = ObjectId.fromString(earlier);
        boolean whole = repository.getObjectDatabase().getShallowCommits().isEmpty();
        try (RevWalk walk = new RevWalk(repository)) {
            RevCommit newest = walk.parseCommit(tip);
            if (!repository.getObjectDatabase().has(known)) {
                return !whole;
            }
            RevCommit before = walk.parseCommit(known);
            return walk.isMergedInto(before, newest) || (!whole && !walk.isMergedInto(newest, before));
        }
    }

    /** Returns which changes the commits after a known one were made of, the newest of each asset. */
    static Map<UUID, Held> read(FileRepository repository, ObjectId tip, String known, int commitsMax)
            throws IOException {
        Map<UUID, Held> held = new LinkedHashMap<>();
        try (RevWalk walk = new RevWalk(repository)) {
            walk.markStart(walk.parseCommit(tip));
            int seen = 0;
            for (RevCommit commit = walk.next(); commit != null && ++seen <= commitsMax; commit = walk.next()) {
                if (commit.name().equals(known)) {
                    break;
                }
                Matcher line = LINE.matcher(commit.getFullMessage());
                while (line.find()) {
                    UUID asset = UUID.fromString(line.group(2));
                    held.putIfAbsent(
                            asset,
                            new Held(
                                    asset,
                                    Integer.parseInt(line.group(3)),
                                    line.group(1).equals("Removed")));
                }
            }
        }
        return held;
    }
}
