package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.SignedNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the signed checkpoints outside of the database, by which a database that was rolled back or cut off is found
 * out: a file for each day in each of its folders, a line {@code {"note":"…"}} for each checkpoint, written through to the
 * disk. Used by one thread; reading is thread-safe.
 */
final class CheckpointMirror {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointMirror.class);
    private static final String PREFIX = "checkpoints-";
    private static final String SUFFIX = ".ndjson";
    private static final int TAIL_BYTES = 64 * 1_024;

    private final List<Path> folders;
    private final Collection<NoteKey> keys;

    /**
     * A mirror.
     *
     * @param folders the first is the node's own; a checkpoint counts as mirrored when it is there
     */
    CheckpointMirror(List<Path> folders, Collection<NoteKey> keys) throws IOException {
        this.folders = List.copyOf(folders);
        this.keys = List.copyOf(keys);
        for (Path folder : folders) {
            Files.createDirectories(folder);
        }
    }

    /** Adds a checkpoint to every folder. A further folder that cannot be written is told of and left behind. */
    void add(String note, Checkpoint checkpoint) throws IOException {
        LocalDate day = checkpoint.time().atOffset(ZoneOffset.UTC).toLocalDate();
        byte[] line = (new CanonicalJson().put("note", note).finish() + "\n").getBytes(StandardCharsets.UTF_8);
        append(folders.getFirst(), day, line);
        for (Path folder : folders.subList(1, folders.size())) {
            try {
                append(folder, day, line);
            } catch (IOException failure) {
                LOG.error("A checkpoint of the audit log cannot be mirrored to {}: {}", folder, failure.getMessage());
            }
        }
    }

    private static void append(Path folder, LocalDate day, byte[] line) throws IOException {
        Path file = folder.resolve(PREFIX + day + SUFFIX);
        boolean fresh = Files.notExists(file);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = channel.size();
            // A line that a power cut left unfinished is ended, so that it spoils itself only.
            if (end > 0) {
                ByteBuffer last = ByteBuffer.allocate(1);
                channel.read(last, end - 1);
                if (last.get(0) != '\n') {
                    end += channel.write(ByteBuffer.wrap(new byte[] {'\n'}), end);
                }
            }
            channel.position(end);
            Durable.write(channel, ByteBuffer.wrap(line));
            channel.force(false);
        }
        if (fresh) {
            Durable.syncFolder(folder);
        }
    }

    /** Returns the largest checkpoint of the newest files that can be trusted; null when there is none. */
    @Nullable
    Checkpoint latest() throws IOException {
        Checkpoint latest = null;
        for (Path folder : folders) {
            for (Path file : files(folder).reversed()) {
                Checkpoint found = last(file);
                if (found != null) {
                    latest = latest == null || found.size() > latest.size() ? found : latest;
                    break;
                }
            }
        }
        return latest;
    }

    /** Looks at the end of a file only: checkpoints grow, and a busy day has tens of thousands. */
    private @Nullable Checkpoint last(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer tail = ByteBuffer.allocate((int) Math.min(channel.size(), TAIL_BYTES));
            channel.read(tail, channel.size() - tail.capacity());
            String[] lines = new String(tail.array(), StandardCharsets.UTF_8).split("\n", -1);
            for (int index = lines.length - 1; index >= 0; index--) {
                Checkpoint found = read(lines[index]);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Returns every file of checkpoints, oldest day first within each folder. */
    List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) {
            files.addAll(files(folder));
        }
        return files;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX)
                            && file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** Reads a line; null when it is no checkpoint that a key of ours signed, such as the end of a torn file. */
    @Nullable
    Checkpoint read(String line) {
        try {
            String note = Json.readObject(line.getBytes(StandardCharsets.UTF_8))
                    .path("note")
                    .asText();
            return Checkpoint.parse(SignedNote.verify(note, keys));
        } catch (GantryException | SignedNote.Untrusted damaged) {
            return null;
        }
    }
}
