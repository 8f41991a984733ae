package dev.gantry.gitsync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;

/**
 * Changes files of a tree and writes the directories that differ, and no others. Whatever else is in the repository stays as
 * it is, names that are no text included. Used by one thread.
 */
final class TreeEditor {
    /** Git's own order, in which a directory's name counts with a slash behind it. */
    private static final Comparator<Map.Entry<String, Entry>> ORDER =
            Comparator.comparing(entry -> entry.getValue().isDirectory() ? entry.getKey() + "/" : entry.getKey());

    private final ObjectReader reader;
    private final Directory root;

    /** An entry of a directory; names are held byte by byte (ISO 8859-1), whatever their encoding. */
    private record Entry(
            FileMode mode, ObjectId id, @Nullable Directory opened) {
        boolean isDirectory() {
            return FileMode.TREE.equals(mode);
        }
    }

    private static final class Directory {
        private final Map<String, Entry> entries = new HashMap<>();
        private boolean changed;
    }

    /** Begins with a tree; null stands for an empty one. */
    TreeEditor(ObjectReader reader, @Nullable ObjectId tree) throws IOException {
        this.reader = reader;
        this.root = tree == null ? new Directory() : open(tree);
    }

    private Directory open(ObjectId tree) throws IOException {
        Directory directory = new Directory();
        CanonicalTreeParser parser = new CanonicalTreeParser(null, reader, tree);
        while (!parser.eof()) {
            byte[] name = new byte[parser.getNameLength()];
            parser.getName(name, 0);
            directory.entries.put(
                    new String(name, StandardCharsets.ISO_8859_1),
                    new Entry(parser.getEntryFileMode(), parser.getEntryObjectId(), null));
            parser.next();
        }
        return directory;
    }

    /**
     * Puts a file at a path.
     *
     * @return whether that is possible: it is not where a directory has the path's name, or a file that of one of its
     *     directories
     */
    boolean put(String path, ObjectId blob) throws IOException {
        return change(path, blob);
    }

    /** Removes the file of a path, if there is one, and directories that are empty then. */
    void remove(String path) throws IOException {
        change(path, null);
    }

    private boolean change(String path, @Nullable ObjectId blob) throws IOException {
        return change(root, bytes(path), blob);
    }

    private boolean change(Directory directory, String path, @Nullable ObjectId blob) throws IOException {
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        Entry present = directory.entries.get(name);
        if (slash < 0) {
            return file(directory, name, present, blob);
        }
        if (present != null && !present.isDirectory()) {
            return blob == null;
        }
        if (present == null && blob == null) {
            return true;
        }
        Directory below =
                present == null ? new Directory() : present.opened() == null ? open(present.id()) : present.opened();
        if (!change(below, path.substring(slash + 1), blob)) {
            return false;
        }
        if (below.entries.isEmpty()) {
            directory.entries.remove(name);
        } else {
            directory.entries.put(
                    name, new Entry(FileMode.TREE, present == null ? ObjectId.zeroId() : present.id(), below));
        }
        directory.changed |= below.changed;
        return true;
    }

    private static boolean file(Directory directory, String name, @Nullable Entry present, @Nullable ObjectId blob) {
        if (present != null && present.isDirectory()) {
            return blob == null;
        }
        if (blob == null) {
            directory.changed |= directory.entries.remove(name) != null;
            return true;
        }
        if (present == null || !present.id().equals(blob) || FileMode.SYMLINK.equals(present.mode())) {
            directory.entries.put(name, new Entry(FileMode.REGULAR_FILE, blob, null));
            directory.changed = true;
        }
        return true;
    }

    /** Writes what has changed since the beginning or the last time; returns the tree. */
    ObjectId write(ObjectInserter inserter) throws IOException {
        return write(root, inserter);
    }

    private static ObjectId write(Directory directory, ObjectInserter inserter) throws IOException {
        TreeFormatter formatter = new TreeFormatter();
        for (Map.Entry<String, Entry> named :
                directory.entries.entrySet().stream().sorted(ORDER).toList()) {
            Entry entry = named.getValue();
            ObjectId id = entry.id();
            if (entry.opened() != null && entry.opened().changed) {
                id = write(entry.opened(), inserter);
                named.setValue(new Entry(entry.mode(), id, entry.opened()));
            }
            formatter.append(named.getKey().getBytes(StandardCharsets.ISO_8859_1), entry.mode(), id);
        }
        directory.changed = false;
        return inserter.insert(formatter);
    }

    private static String bytes(String path) {
        return new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
