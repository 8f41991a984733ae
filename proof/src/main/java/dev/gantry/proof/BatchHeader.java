package dev.gantry.proof;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.CanonicalJson;
import dev.gantry.kernel.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/**
 * What a batch of events commits to. The batches of one organization and one shard form a chain: each names the hash of the
 * one before. The hash of a batch is the RFC 9162 leaf hash of its header as canonical JSON, so that the header itself is
 * an entry of the log.
 *
 * @param organization whose events
 * @param shard which writer's chain
 * @param number place in the chain of the organization and shard, from 1, without gaps
 * @param sequence place among all batches of the shard, from 1, without gaps
 * @param epoch how often the shard had been taken by a writer; never falls
 * @param recordedAt when it was written, to the microsecond; never falls within a shard
 * @param count how many events, at least 1
 * @param root of the tree over the events
 * @param previous hash of the batch before in the chain; 32 zero bytes for the first
 */
@SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
public record BatchHeader(
        UUID organization,
        int shard,
        long number,
        long sequence,
        long epoch,
        Instant recordedAt,
        int count,
        byte[] root,
        byte[] previous) {
    private static final HexFormat HEX = HexFormat.of();

    /** Checks what no writer writes. */
    public BatchHeader {
        if (shard < 0 || number < 1 || sequence < 1 || epoch < 1 || count < 1) {
            throw new IllegalArgumentException("Not the header of a batch");
        }
        if (root.length != TreeHash.LENGTH || previous.length != TreeHash.LENGTH) {
            throw new IllegalArgumentException("A hash of the header has another length than 32 bytes");
        }
    }

    /** Returns the header as canonical JSON (RFC 8785). */
    public String toCanonicalJson() {
        return new CanonicalJson()
                .put("count", count)
                .put("epoch", epoch)
                .put("number", number)
                .put("organization", organization.toString())
                .put("previous", HEX.formatHex(previous))
                .put("recorded_at", recordedAt.toString())
                .put("root", HEX.formatHex(root))
                .put("sequence", sequence)
                .put("shard", shard)
                .finish();
    }

    /** Returns the hash by which the chain and the log know the batch. */
    public byte[] hash(TreeHash hash) {
        return hash.leaf(toCanonicalJson().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a header back.
     *
     * @throws RuntimeException if a field is missing or malformed
     */
    public static BatchHeader read(ObjectNode json) {
        JsonFields fields = JsonFields.of(json);
        return new BatchHeader(
                UUID.fromString(fields.requireText("organization")),
                (int) number(fields, "shard", Short.MAX_VALUE),
                number(fields, "number", CanonicalJson.INTEGER_MAX),
                number(fields, "sequence", CanonicalJson.INTEGER_MAX),
                number(fields, "epoch", CanonicalJson.INTEGER_MAX),
                Instant.parse(fields.requireText("recorded_at")),
                (int) number(fields, "count", Integer.MAX_VALUE),
                HEX.parseHex(fields.requireText("root")),
                HEX.parseHex(fields.requireText("previous")));
    }

    private static long number(JsonFields fields, String name, long max) {
        Long value = fields.integer(name, 0, max);
        if (value == null) {
            throw new IllegalArgumentException("The header of a batch lacks '" + name + "'");
        }
        return value;
    }
}
