package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.SignedNote;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the signed checkpoints outside of the database, by which a database that was rolled back or cut off is found
 * out: a file for each day in each of its folders, a line {@code {"note":"…"}} for each checkpoint, written through to the
 * disk; of days gone by, one for each hour. Used by one thread; reading is thread-safe.
 */
final class CheckpointMirror {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointMirror.class);
    private static final String PREFIX = "checkpoints-";
    private static final String SUFFIX = ".ndjson";
    private static final String KEYS = "signing.pub";
    private static final int TAIL_BYTES = 64 * 1_024;

    /** So many days, today's among them, stay whole. */
    private static final int DAYS_WHOLE = 2;

    /** More than 24 checkpoints and a last one have. */
    private static final int THINNED_BYTES_MAX = 32 * 1_024;

    private static final int STEP = 60;

    private final List<Path> folders;
    private final Supplier<List<NoteKey>> keys;
    private List<NoteKey> published = List.of();
    private final Map<Path, String> troubles = new ConcurrentHashMap<>();
    private @Nullable LocalDate today;

    /**
     * A mirror.
     *
     * @param folders the first is the node's own; a checkpoint counts as mirrored when it is there
     */
    CheckpointMirror(List<Path> folders, Supplier<List<NoteKey>> keys) throws IOException {
        this.folders = List.copyOf(folders);
        this.keys = keys;
        for (Path folder : folders) {
            Files.createDirectories(folder);
        }
    }

    /** Adds a checkpoint to every folder. A further folder that cannot be written is told of and left behind. */
    void add(String note, Checkpoint checkpoint) throws IOException {
        LocalDate day = dayOf(checkpoint);
        byte[] line = (new CanonicalJson().put("note", note).finish() + "\n").getBytes(StandardCharsets.UTF_8);
        append(folders.getFirst(), day, line);
        for (Path folder : folders.subList(1, folders.size())) {
            try {
                append(folder, day, line);
                if (troubles.remove(folder) != null) {
                    LOG.info("Checkpoints of the audit log are mirrored to {} again", folder);
                }
            } catch (IOException failure) {
                String trouble = folder + ": " + failure.getMessage();
                if (troubles.put(folder, trouble) == null) {
                    LOG.error("Checkpoints of the audit log cannot be mirrored to {}", trouble);
                }
            }
        }
        publish(keys.get());
        if (!day.equals(today)) {
            today = day;
            thin(day.minusDays(DAYS_WHOLE - 1));
        }
    }

    /** Returns which further folders do not take checkpoints at the moment, and why; null when all do. */
    @Nullable
    String trouble() {
        return troubles.isEmpty()
                ? null
                : "The checkpoints cannot be mirrored to " + String.join("; ", troubles.values());
    }

    /** Writes the public keys beside the checkpoints, for the day on which the private one is lost. */
    private void publish(List<NoteKey> trusted) {
        if (trusted.equals(published)) {
            return;
        }
        for (Path folder : folders) {
            try {
                Durable.replace(folder.resolve(KEYS), SigningKeyFile.publicText(trusted));
            } catch (IOException refused) {
                LOG.warn("The public keys of the audit log cannot be written to {}: {}", folder, refused.getMessage());
            }
        }
        published = trusted;
    }

    /** Returns whether there are checkpoints in one of some folders. */
    static boolean isBegun(List<Path> folders) throws IOException {
        for (Path folder : folders) {
            if (Files.isDirectory(folder) && !files(folder).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static LocalDate dayOf(Checkpoint checkpoint) {
        return checkpoint.time().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /** Nodes may share a folder: each line is added by one write to the end. */
    private static void append(Path folder, LocalDate day, byte[] line) throws IOException {
        Path file = folder.resolve(PREFIX + day + SUFFIX);
        boolean fresh = Files.notExists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            // A line that a power cut left unfinished is ended, so that it spoils itself only.
            ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
            if (!fresh && !endsWithALine(file)) {
                bytes.put((byte) '\n');
            }
            Durable.write(channel, bytes.put(line).flip());
            channel.force(false);
        }
        if (fresh) {
            Durable.syncFolder(folder);
        }
    }

    private static boolean endsWithALine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() == 0 || (channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n');
        }
    }

    /**
     * Leaves of files before a day one checkpoint of each hour, and their last one. Whatever was changed before a checkpoint
     * shows in every later one too, so that only the hour in which it happened is told less exactly.
     */
    private void thin(LocalDate before) {
        for (Path folder : folders) {
            try {
                for (Path file : files(folder)) {
                    if (file.getFileName().toString().compareTo(PREFIX + before) < 0
                            && Files.size(file) > THINNED_BYTES_MAX) {
                        thin(file);
                    }
                }
            } catch (IOException refused) {
                LOG.info("Old checkpoints in {} stay as they are: {}", folder, refused.getMessage());
            }
        }
    }

    private void thin(Path file) throws IOException {
        Set<String> kept = new LinkedHashSet<>();
        Set<Instant> hours = new HashSet<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Instant hour = hourOf(line);
                // What somebody else put in between must not take the place of what we signed.
                if (hour != null && !hours.contains(hour) && read(line) != null) {
                    hours.add(hour);
                    kept.add(line);
                }
            }
        }
        String last = lastLine(file);
        if (last == null) {
            return;
        }
        kept.add(last);
        Path thinned = file.resolveSibling("." + file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                thinned, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] lines = (String.join("\n", kept) + "\n").getBytes(StandardCharsets.UTF_8);
            Durable.write(channel, ByteBuffer.wrap(lines));
            channel.force(true);
        }
        Files.move(thinned, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Durable.syncFolder(Durable.folder(file));
    }

    /** Returns the hour that a line names, whoever wrote it; null for what is no checkpoint. */
    private static @Nullable Instant hourOf(String line) {
        try {
            return Checkpoint.parse(SignedNote.parse(noteOf(line)).text())
                    .time()
                    .truncatedTo(ChronoUnit.HOURS);
        } catch (GantryException | SignedNote.Untrusted damaged) {
            return null;
        }
    }

    /** Returns the largest checkpoint of the newest files that can be trusted; null when there is none. */
    @Nullable
    Checkpoint latest() throws IOException {
        Checkpoint latest = null;
        for (Path folder : folders) {
            for (Path file : files(folder).reversed()) {
                String line = lastLine(file);
                Checkpoint found = line == null ? null : read(line);
                if (found != null) {
                    latest = latest == null || found.size() > latest.size() ? found : latest;
                    break;
                }
            }
        }
        return latest;
    }

    /** Returns the last line of a file that we signed. Looks at its end only: a busy day has tens of thousands. */
    private @Nullable String lastLine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer tail = ByteBuffer.allocate((int) Math.min(channel.size(), TAIL_BYTES));
            channel.read(tail, channel.size() - tail.capacity());
            String[] lines = new String(tail.array(), StandardCharsets.UTF_8).split("\n", -1);
            for (int index = lines.length - 1; index >= 0; index--) {
                if (read(lines[index]) != null) {
                    return lines[index];
                }
            }
        }
        return null;
    }

    /**
     * Returns checkpoints that we signed, by size: of large files one in {@value #STEP} and the last, of small ones all.
     */
    NavigableMap<Long, Checkpoint> checkpoints() throws IOException {
        NavigableMap<Long, Checkpoint> found = new TreeMap<>();
        for (Path folder : folders) {
            for (Path file : files(folder)) {
                int step = Files.size(file) > THINNED_BYTES_MAX ? STEP : 1;
                try (BufferedReader reader = Files.newBufferedReader(file)) {
                    int count = 0;
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        if (count++ % step == 0) {
                            keep(line, found);
                        }
                    }
                }
                String last = lastLine(file);
                if (last != null) {
                    keep(last, found);
                }
            }
        }
        return found;
    }

    private void keep(String line, NavigableMap<Long, Checkpoint> found) {
        Checkpoint checkpoint = read(line);
        if (checkpoint != null) {
            found.put(checkpoint.size(), checkpoint);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX)
                            && file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private static String noteOf(String line) {
        return Json.readObject(line.getBytes(StandardCharsets.UTF_8))
                .path("note")
                .asText();
    }

    /** Reads a line; null when it is no checkpoint that a key of ours signed, such as the end of a torn file. */
    private @Nullable Checkpoint read(String line) {
        try {
            return Checkpoint.parse(SignedNote.verify(noteOf(line), keys.get()));
        } catch (GantryException | SignedNote.Untrusted damaged) {
            return null;
        }
    }
}
