package dev.gantry.gitsync;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;

/**
 * What was fetched of a repository: a bare one in the data directory, without a working copy. Packs that come in are
 * bounded in size, and so is every object in them when it is unpacked, whatever the deltas of which it is made.
 */
final class CachedRepository extends FileRepository {
    /** Every fetch adds a pack; after so many the cache is made anew. */
    private static final int PACKS_MAX = 60;

    private static final int PACK_HEADER_BYTES = 12;

    private final GitLimits limits;

    private CachedRepository(File directory, GitLimits limits) throws IOException {
        super(new FileRepositoryBuilder().setGitDir(directory).setBare().setup());
        this.limits = limits;
    }

    /** Opens the cache in a directory, which is made when there is none. */
    static CachedRepository open(Path directory, GitLimits limits) throws IOException {
        if (Files.exists(directory) && packs(directory) > PACKS_MAX) {
            delete(directory);
        }
        CachedRepository repository = new CachedRepository(directory.toFile(), limits);
        if (!Files.exists(directory.resolve("HEAD"))) {
            Files.createDirectories(directory.toAbsolutePath().getParent());
            repository.create(true);
        }
        // What a server sends must not lead anywhere else, and no fetch starts work in the background.
        repository.getConfig().setString("http", null, "followRedirects", "false");
        repository.getConfig().setInt("gc", null, "auto", 0);
        repository.getConfig().setBoolean("fetch", null, "fsckObjects", false);
        return repository;
    }

    private static long packs(Path directory) throws IOException {
        Path packs = directory.resolve("objects").resolve("pack");
        if (!Files.isDirectory(packs)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(packs)) {
            return files.filter(file -> file.toString().endsWith(".pack")).count();
        }
    }

    /** Removes a cache; it holds nothing that cannot be fetched again. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }

    @Override
    public ObjectInserter newObjectInserter() {
        ObjectInserter inserter = super.newObjectInserter();
        return new ObjectInserter.Filter() {
            @Override
            protected ObjectInserter delegate() {
                return inserter;
            }

            @Override
            public PackParser newPackParser(InputStream in) throws IOException {
                PackParser parser = inserter.newPackParser(counted(
                        new BoundedInput(in, "the pack", limits.packSizeMax().bytes())));
                parser.setMaxObjectSizeLimit(limits.objectSizeMax().bytes());
                return parser;
            }
        };
    }

    /** Reads how many objects a pack announces before any is stored: the last four of its first twelve bytes. */
    private InputStream counted(InputStream pack) throws IOException {
        byte[] header = pack.readNBytes(PACK_HEADER_BYTES);
        if (header.length == PACK_HEADER_BYTES) {
            long objects = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(8));
            if (objects > limits.objectsMax()) {
                throw new BoundedInput.TooLarge("the pack has " + objects
                        + " objects, more than git.limits.objects_max (" + limits.objectsMax() + ")");
            }
        }
        return new SequenceInputStream(new ByteArrayInputStream(header), pack);
    }
}
