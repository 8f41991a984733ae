package dev.gantry.gitsync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * The files of a commit, read from its trees: nothing is written anywhere, links are not followed, other repositories are
 * not looked into, and no program is run. Names that would be dangerous on a disk are refused, although none of this ever
 * gets to one.
 */
final class CommitTree {
    /** A directory of some twenty thousand files. */
    private static final int TREE_BYTES_MAX = 2 << 20;

    private final ObjectReader reader;
    private final GitLimits limits;
    private final ObjectChecker checker = new ObjectChecker();
    private final List<File> files = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> unread = new HashSet<>();
    private int entries;

    /** A regular file. */
    record File(String path, ObjectId blob) {}

    private CommitTree(ObjectReader reader, GitLimits limits) {
        this.reader = reader;
        this.limits = limits;
    }

    /**
     * Reads the files below a tree.
     *
     * @throws GitRefused if there are more than may be
     * @throws IOException if objects are missing or cannot be read
     */
    static CommitTree read(ObjectReader reader, ObjectId tree, GitLimits limits) throws GitRefused, IOException {
        CommitTree read = new CommitTree(reader, limits);
        read.directory(tree, "", 0);
        return read;
    }

    /** Returns the regular files, in the order of git. */
    List<File> files() {
        return files;
    }

    /** Returns what is to be said about the others. */
    List<Finding> findings() {
        return findings;
    }

    /** Returns whether nobody can tell what a path is in the commit, since it or a directory above it was refused. */
    boolean isUnread(String path) {
        for (String part = path; !part.isEmpty(); part = part.substring(0, Math.max(0, part.lastIndexOf('/')))) {
            if (unread.contains(part)) {
                return true;
            }
        }
        return unread.contains("");
    }

    private void refuse(String path, String shown, String problem) {
        unread.add(path);
        findings.add(Finding.error(shown, problem));
    }

    private void directory(ObjectId tree, String prefix, int depth) throws GitRefused, IOException {
        byte[] bytes;
        try {
            bytes = reader.open(tree, Constants.OBJ_TREE).getCachedBytes(TREE_BYTES_MAX);
        } catch (LargeObjectException large) {
            throw new GitRefused("the directory " + shown(prefix) + " has too many files");
        } catch (MissingObjectException missing) {
            throw new GitRefused("the repository lacks the directory " + shown(prefix) + " (" + tree.name() + ")");
        }
        try {
            checker.checkTree(tree, bytes);
        } catch (CorruptObjectException hostile) {
            refuse(
                    prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1),
                    shown(prefix),
                    "the directory is not one: " + hostile.getMessage());
            return;
        }
        CanonicalTreeParser parser = new CanonicalTreeParser();
        parser.reset(bytes);
        while (!parser.eof()) {
            count();
            entry(parser, prefix, depth);
            parser.next();
        }
    }

    private void entry(CanonicalTreeParser parser, String prefix, int depth) throws GitRefused, IOException {
        String name = parser.getEntryPathString();
        String path = prefix + name;
        int mode = parser.getEntryRawMode();
        if (FileMode.TREE.equals(mode)) {
            if (name.startsWith(".")) {
                return;
            }
            if (depth + 1 > limits.depthMax()) {
                refuse(path, path, "it lies deeper than git.limits.depth_max (" + limits.depthMax() + ")");
                return;
            }
            directory(parser.getEntryObjectId(), path + "/", depth + 1);
        } else if (FileMode.SYMLINK.equals(mode)) {
            findings.add(Finding.note(path, "a symbolic link, which is not followed"));
        } else if (FileMode.GITLINK.equals(mode)) {
            findings.add(Finding.note(path, "a submodule, which is not fetched"));
        } else if (FileMode.REGULAR_FILE.equals(mode) || FileMode.EXECUTABLE_FILE.equals(mode)) {
            files.add(new File(path, parser.getEntryObjectId()));
        } else {
            refuse(path, path, "neither a file nor a directory");
        }
    }

    private void count() throws GitRefused {
        if (++entries > limits.filesMax()) {
            throw new GitRefused("the commit has more files than git.limits.files_max (" + limits.filesMax() + ")");
        }
    }

    private static String shown(String prefix) {
        return prefix.isEmpty() ? "/" : prefix;
    }
}
