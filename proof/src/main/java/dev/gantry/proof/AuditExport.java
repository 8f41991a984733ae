package dev.gantry.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes an export of an audit log, one JSON object a line, so that {@link AuditExportVerifier} can verify it elsewhere: the
 * head with keys and checkpoint, each batch with its path in the log followed by its events, and a signed end. Streams; not
 * thread-safe.
 */
public final class AuditExport {
    /** The format, which the head names. */
    public static final String FORMAT = "gantry-audit-export/1";

    /** Of the head: the bounds {@code from} and {@code to} of when batches were recorded; a proof has none. */
    static final String PERIOD = "period";

    private static final byte[] EVENT = "{\"event\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_LINE = "}\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final MessageDigest digest;
    private long batches;
    private long events;

    /** Writes to a stream, which stays open. */
    public AuditExport(OutputStream out) {
        this.out = out;
        this.digest = sha256();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("the JDK lacks SHA-256", impossible);
        }
    }

    /**
     * What the head says.
     *
     * @param keys of the log
     * @param checkpoint the signed note to whose root all paths lead
     * @param anchor the signed note of what retention removed, see {@link RetentionAnchor}; null when it removed nothing
     */
    public record Head(
            UUID organization,
            Collection<NoteKey> keys,
            String checkpoint,
            @Nullable String anchor) {
        /** Copies the keys. */
        public Head {
            keys = List.copyOf(keys);
        }

        private ObjectNode json() {
            ObjectNode head = Json.object().put("format", FORMAT).put("organization", organization.toString());
            ArrayNode texts = head.putArray("keys");
            keys.forEach(key -> texts.add(key.text()));
            head.put("checkpoint", checkpoint);
            if (anchor != null) {
                head.put("anchor", anchor);
            }
            return head;
        }
    }

    /** Writes the head of a proof of single events. */
    public void headOfProof(Head head) throws IOException {
        line(head.json());
    }

    /**
     * Writes the head of an export of all batches that were recorded in a period.
     *
     * @param from null for the beginning of the log
     * @param to null for everything since
     */
    public void head(Head head, @Nullable Instant from, @Nullable Instant to) throws IOException {
        ObjectNode json = head.json();
        ObjectNode period = json.putObject(PERIOD);
        if (from != null) {
            period.put("from", from.toString());
        }
        if (to != null) {
            period.put("to", to.toString());
        }
        line(json);
    }

    /**
     * Writes a batch, whose events follow.
     *
     * @param logPosition its place in the log
     * @param logPath from it to the root of the checkpoint
     * @param removed whether retention removed its events
     */
    public void batch(BatchHeader header, long logPosition, List<byte[]> logPath, boolean removed) throws IOException {
        ObjectNode line = Json.object();
        line.set("batch", Json.read(header.toCanonicalJson()));
        line.put("log_position", logPosition).set("log_path", path(logPath));
        if (removed) {
            line.put("events_removed", true);
        }
        line(line);
        batches++;
    }

    /** Writes an event of the batch before it: all events of a batch, in their order. */
    public void event(byte[] canonicalJson) throws IOException {
        write(EVENT);
        write(canonicalJson);
        write(END_OF_LINE);
        events++;
    }

    /** Writes one event of the batch before it, with the path to the batch's root in place of the other events. */
    public void event(byte[] canonicalJson, int leaf, List<byte[]> batchPath) throws IOException {
        String path = new String(Json.write(path(batchPath)), StandardCharsets.US_ASCII);
        write(("{\"leaf\":" + leaf + ",\"path\":" + path + ",\"event\":").getBytes(StandardCharsets.US_ASCII));
        write(canonicalJson);
        write(END_OF_LINE);
        events++;
    }

    /** Writes the end, which signs all lines before it. */
    public void end(NoteSigner signer) throws IOException {
        String text = endText(signer.key().name(), batches, events, digest.digest());
        line(Json.object().put("end", signer.sign(text)));
    }

    static String endText(String origin, long batches, long events, byte[] digest) {
        return origin + "/export\nbatches " + batches + "\nevents " + events + "\nsha256 "
                + HexFormat.of().formatHex(digest) + "\n";
    }

    private void line(JsonNode node) throws IOException {
        write(Json.write(node));
        write(new byte[] {'\n'});
    }

    private void write(byte[] bytes) throws IOException {
        digest.update(bytes);
        out.write(bytes);
    }

    private static ArrayNode path(List<byte[]> hashes) {
        ArrayNode path = Json.mapper().createArrayNode();
        hashes.forEach(hash -> path.add(Base64.getEncoder().encodeToString(hash)));
        return path;
    }

    static List<byte[]> hashes(@Nullable JsonNode path) {
        if (path == null) {
            return List.of();
        }
        return Json.mapper()
                .convertValue(path, new com.fasterxml.jackson.core.type.TypeReference<List<String>>() {})
                .stream()
                .map(Base64.getDecoder()::decode)
                .toList();
    }
}
