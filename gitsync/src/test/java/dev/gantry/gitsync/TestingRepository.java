package dev.gantry.gitsync;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** A bare repository whose commits are made object by object, so that they may hold what git itself would refuse. */
final class TestingRepository implements AutoCloseable {
    static final String BRANCH = "main";

    private final Repository repository;
    private final Path directory;
    private final Map<String, byte[]> files = new TreeMap<>();
    private int seconds;

    TestingRepository(Path directory) {
        this.directory = directory;
        try {
            IsolatedSystem.install();
            repository = new FileRepository(new FileRepositoryBuilder()
                    .setGitDir(directory.toFile())
                    .setBare()
                    .setup());
            repository.create(true);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    Repository repository() {
        return repository;
    }

    String fileUrl() {
        return directory.toUri().toString();
    }

    TestingRepository write(String path, String text) {
        files.put(path, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    TestingRepository write(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    TestingRepository remove(String path) {
        files.remove(path);
        return this;
    }

    /** Commits the files as they are now. */
    String commit(String author) {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            return commit(inserter, tree(inserter, "", files), author);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Commits a tree. */
    String commitTree(Maker maker) {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            return commit(inserter, maker.tree(inserter), "Mallory");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    interface Maker {
        ObjectId tree(ObjectInserter inserter) throws IOException;
    }

    /** An entry of a tree, with any name. */
    record Entry(FileMode mode, String name, ObjectId id) {}

    /** Writes a tree as it is, checked by nobody. */
    static ObjectId rawTree(ObjectInserter inserter, Entry... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            entry.mode().copyTo(bytes);
            bytes.write(' ');
            bytes.write(entry.name().getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
            entry.id().copyRawTo(bytes);
        }
        return inserter.insert(Constants.OBJ_TREE, bytes.toByteArray());
    }

    static ObjectId blob(ObjectInserter inserter, String text) throws IOException {
        return inserter.insert(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectId tree(ObjectInserter inserter, String prefix, Map<String, byte[]> files) throws IOException {
        Map<String, Entry> entries = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (!file.getKey().startsWith(prefix)) {
                continue;
            }
            String rest = file.getKey().substring(prefix.length());
            int slash = rest.indexOf('/');
            if (slash < 0) {
                entries.put(
                        rest,
                        new Entry(FileMode.REGULAR_FILE, rest, inserter.insert(Constants.OBJ_BLOB, file.getValue())));
            } else {
                String name = rest.substring(0, slash);
                // Directories sort as if their names ended with a slash.
                if (!entries.containsKey(name + "/")) {
                    entries.put(name + "/", new Entry(FileMode.TREE, name, tree(inserter, prefix + name + "/", files)));
                }
            }
        }
        return rawTree(inserter, entries.values().toArray(new Entry[0]));
    }

    private String commit(ObjectInserter inserter, ObjectId tree, String author) throws IOException {
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        ObjectId parent = repository.resolve("refs/heads/" + BRANCH);
        if (parent != null) {
            commit.setParentId(parent);
        }
        PersonIdent person = new PersonIdent(
                author,
                author.toLowerCase(java.util.Locale.ROOT) + "@example.com",
                Instant.parse("2026-01-01T00:00:00Z").plusSeconds(++seconds),
                ZoneOffset.UTC);
        commit.setAuthor(person);
        commit.setCommitter(person);
        commit.setMessage("Change " + seconds);
        ObjectId id = inserter.insert(commit);
        inserter.flush();
        point(id);
        return id.name();
    }

    void point(ObjectId commit) throws IOException {
        RefUpdate update = repository.updateRef("refs/heads/" + BRANCH);
        update.setNewObjectId(commit);
        update.setForceUpdate(true);
        update.update();
    }

    @Override
    public void close() {
        repository.close();
    }
}
