package dev.gantry.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an export of an audit log without server or database: every event against its batch, every batch against the one
 * before it and against the signed log, and the file as a whole. Reads line by line. Used once; not thread-safe.
 */
public final class AuditExportVerifier {
    private static final int LINE_MAX = 4 << 20;
    private static final int PROBLEMS_MAX = 100;
    private static final int KEYS_MAX = 64;
    private static final byte[] EVENT = "\"event\":".getBytes(StandardCharsets.US_ASCII);
    private static final int PROGRESS_EVENTS = 50_000;

    private final Collection<NoteKey> trusted;
    private final LongConsumer progress;
    private final TreeHash hash = new TreeHash();
    private final CompactRange tree = new CompactRange();
    private final MessageDigest digest = AuditExport.sha256();
    private final Map<Integer, Previous> chains = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<NoteKey> keys = new ArrayList<>();
    private @Nullable Checkpoint checkpoint;
    private @Nullable BatchHeader batch;
    private @Nullable Period period;
    private RetentionAnchor anchor = RetentionAnchor.none(new UUID(0, 0));
    private boolean headed;
    private boolean partial;
    private boolean removed;
    private boolean ended;
    private String organization = "";
    private long line;
    private long batches;
    private long events;
    private long removedBatches;
    private long problemsTotal;

    /** When the batches of an export were recorded; null stands for no bound. */
    private record Period(@Nullable Instant from, @Nullable Instant to) {
        private static Period read(JsonNode json) {
            return new Period(time(json.get("from")), time(json.get("to")));
        }

        private static @Nullable Instant time(@Nullable JsonNode text) {
            return text == null ? null : Instant.parse(text.asText());
        }

        private boolean holds(Instant time) {
            return (from == null || !time.isBefore(from)) && (to == null || time.isBefore(to));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    private record Previous(long number, byte[] hash) {}

    /**
     * What was found.
     *
     * @param organization whose events
     * @param batches how many batches
     * @param events how many events
     * @param removedBatches how many of the batches have no events any more because retention removed them, as a signed anchor says
     * @param checkpoint the signed state of the log that all of them are in; null when there is none to be trusted
     * @param keys by which it was verified
     * @param keysOfTheFile whether these keys are only what the file itself says, so that who made it may have made them
     * @param problems what is wrong, at most 100
     * @param problemsTotal how much is wrong
     */
    public record Report(
            String organization,
            long batches,
            long events,
            long removedBatches,
            @Nullable Checkpoint checkpoint,
            List<NoteKey> keys,
            boolean keysOfTheFile,
            List<String> problems,
            long problemsTotal) {
        /** Copies the lists. */
        public Report {
            keys = List.copyOf(keys);
            problems = List.copyOf(problems);
        }

        /** Returns whether nothing is wrong. */
        public boolean isSound() {
            return problemsTotal == 0;
        }
    }

    /**
     * A verifier.
     *
     * @param trusted keys of the log, known from elsewhere; empty to take those that the file names
     * @param progress is told now and then how many events were verified
     */
    public AuditExportVerifier(Collection<NoteKey> trusted, LongConsumer progress) {
        this.trusted = List.copyOf(trusted);
        this.progress = progress;
    }

    /**
     * Verifies what a stream holds: to its end, or only its first line when that is not the head of an export.
     *
     * @throws IOException if the stream cannot be read, or has a line that is longer than any of an export
     */
    public Report verify(InputStream in) throws IOException {
        LineReader lines = new LineReader(in);
        byte[] next = lines.next();
        if (next == null) {
            problemsTotal++;
            problems.add("There is nothing in it");
            return report();
        }
        while (next != null && (line == 0 || headed)) {
            line++;
            try {
                verify(next);
            } catch (SignedNote.Untrusted untrusted) {
                problem(String.valueOf(untrusted.getMessage()));
            } catch (GantryException | IllegalArgumentException | DateTimeException malformed) {
                problem("is malformed: " + malformed.getMessage());
            }
            digest.update(next);
            digest.update((byte) '\n');
            next = lines.next();
        }
        if (headed && !ended) {
            problem("is the last one: the export is cut off, its end is missing");
        }
        return report();
    }

    private Report report() {
        return new Report(
                organization,
                batches,
                events,
                removedBatches,
                checkpoint,
                keys,
                trusted.isEmpty(),
                problems,
                problemsTotal);
    }

    private void problem(String what) {
        problemsTotal++;
        if (problems.size() < PROBLEMS_MAX) {
            problems.add("Line " + line + " " + what);
        }
    }

    private void verify(byte[] bytes) throws SignedNote.Untrusted {
        if (ended) {
            problem("comes after the end");
            return;
        }
        int event = indexOf(bytes, EVENT);
        if (line > 1 && event >= 0) {
            verifyEvent(bytes, event);
            return;
        }
        if (line == 1) {
            verifyHead(bytes);
            return;
        }
        ObjectNode json = Json.readObject(bytes);
        if (json.has("batch")) {
            finishBatch();
            verifyBatch(json);
        } else if (json.has("end")) {
            finishBatch();
            verifyEnd(json.path("end").asText());
        } else {
            problem("is neither a batch nor an event nor the end");
        }
    }

    private void verifyHead(byte[] bytes) throws SignedNote.Untrusted {
        ObjectNode json = headOf(bytes);
        headed = true;
        UUID owner = UUID.fromString(json.path("organization").asText());
        organization = owner.toString();
        keys.addAll(trusted);
        if (trusted.isEmpty()) {
            JsonNode named = json.path("keys");
            if (named.size() > KEYS_MAX) {
                throw new SignedNote.Untrusted("names " + named.size() + " keys, of which " + KEYS_MAX + " are read");
            }
            for (JsonNode key : named) {
                keys.add(NoteKey.parse(key.asText()));
            }
        }
        checkpoint = Checkpoint.parse(SignedNote.verify(json.path("checkpoint").asText(), keys));
        if (json.has(AuditExport.PERIOD)) {
            period = Period.read(json.path(AuditExport.PERIOD));
        }
        if (json.has("anchor")) {
            anchor = RetentionAnchor.parse(SignedNote.verify(json.path("anchor").asText(), keys), owner);
        }
    }

    /** Returns the first line, or says that the file is something else altogether. */
    private static ObjectNode headOf(byte[] bytes) throws SignedNote.Untrusted {
        try {
            ObjectNode json = Json.readObject(bytes);
            if (json.path("format").asText().equals(AuditExport.FORMAT)) {
                return json;
            }
        } catch (GantryException notJson) {
            // Said below, together with JSON of another kind.
        }
        throw new SignedNote.Untrusted("is not the head of an export of an audit log (" + AuditExport.FORMAT + ")");
    }

    private void verifyBatch(ObjectNode json) {
        if (!(json.get("batch") instanceof ObjectNode fields)) {
            problem("has no header of a batch");
            return;
        }
        BatchHeader header = BatchHeader.read(fields);
        byte[] headerHash = header.hash(hash);
        String name = "(batch " + header.number() + " of shard " + header.shard() + ") ";
        Previous previous = chains.put(header.shard(), new Previous(header.number(), headerHash));
        if (previous == null && period != null && period.from() == null && header.number() != 1) {
            problem(name + "is the first one of its shard: what was before it is missing");
        } else if (previous != null && header.number() != previous.number() + 1) {
            problem(name + "follows batch " + previous.number() + ": what was between them is missing");
        } else if (previous != null && !Arrays.equals(previous.hash(), header.previous())) {
            problem(name + "does not follow the batch before it");
        }
        if (!header.organization().toString().equals(organization)) {
            problem(name + "is of another organization");
        }
        if (period != null && !period.holds(header.recordedAt())) {
            problem(name + "was recorded at " + header.recordedAt() + ", which is not in the period of the export");
        }
        Checkpoint log = checkpoint;
        if (log != null) {
            byte[] root = MerkleProof.rootOf(
                    headerHash,
                    json.path("log_position").asLong(-1),
                    log.size(),
                    AuditExport.hashes(json.get("log_path")));
            if (!Arrays.equals(root, log.root())) {
                problem(name + "is not in the log that the checkpoint signs");
            }
        }
        batch = header;
        partial = false;
        removed = json.path("events_removed").asBoolean(false);
        tree.clear();
        batches++;
    }

    private void verifyEvent(byte[] bytes, int at) {
        BatchHeader header = batch;
        int start = at + EVENT.length;
        int length = bytes.length - 1 - start;
        if (header == null || length <= 0) {
            problem("is an event without a batch");
            return;
        }
        if (at > 1) {
            if (tree.size() > 0) {
                problem("is an event with a proof of its own among those of a whole batch");
            }
            partial = true;
            ObjectNode json = Json.readObject(bytes);
            byte[] root = MerkleProof.rootOf(
                    hash.leaf(bytes, start, length),
                    json.path("leaf").asLong(-1),
                    header.count(),
                    AuditExport.hashes(json.get("path")));
            if (!Arrays.equals(root, header.root())) {
                problem("is an event that is not in its batch");
            }
        } else {
            if (partial) {
                problem("is an event without a proof in a batch of which others have one");
            }
            tree.appendData(bytes, start, length);
        }
        if (++events % PROGRESS_EVENTS == 0) {
            progress.accept(events);
        }
    }

    private void finishBatch() {
        BatchHeader header = batch;
        batch = null;
        if (header == null || partial) {
            return;
        }
        String name = "comes after batch " + header.number() + " of shard " + header.shard() + ", ";
        if (removed && tree.size() == 0) {
            removedBatches++;
            if (!header.recordedAt().isBefore(anchor.before())) {
                problem(name + "whose events are said to have been removed by retention, which no signed anchor says");
            }
            return;
        }
        if (tree.size() != header.count()) {
            problem(name + "which has " + tree.size() + " events instead of " + header.count());
        } else if (!Arrays.equals(tree.root(), header.root())) {
            problem(name + "of which an event was altered or moved");
        }
    }

    private void verifyEnd(String note) throws SignedNote.Untrusted {
        ended = true;
        String text = SignedNote.verify(note, keys);
        String origin = checkpoint == null ? "" : checkpoint.origin();
        if (!text.equals(AuditExport.endText(origin, batches, events, digest.digest()))) {
            problem("signs other lines than those before it");
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        int last = Math.min(bytes.length - part.length, LINE_MAX);
        for (int at = 0; at <= last; at++) {
            if (bytes[at] == part[0] && Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }

    /** Lines of bounded length. */
    private static final class LineReader {
        private final InputStream in;
        private final byte[] buffer = new byte[64 * 1_024];
        private int position;
        private int limit;

        LineReader(InputStream in) {
            this.in = in;
        }

        byte @Nullable [] next() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(1_024);
            while (true) {
                if (position == limit) {
                    limit = in.read(buffer);
                    position = 0;
                    if (limit < 0) {
                        limit = 0;
                        return line.size() == 0 ? null : line.toByteArray();
                    }
                }
                int end = position;
                while (end < limit && buffer[end] != '\n') {
                    end++;
                }
                line.write(buffer, position, end - position);
                position = end;
                if (line.size() > LINE_MAX) {
                    throw new IOException("A line is longer than " + LINE_MAX + " bytes: this is no export");
                }
                if (end < limit) {
                    position++;
                    return line.toByteArray();
                }
            }
        }
    }
}
