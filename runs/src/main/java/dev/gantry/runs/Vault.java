package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Seals what steps give, and puts what is large outside of the database. Thread-safe. */
final class Vault {
    private static final Logger LOG = LoggerFactory.getLogger(Vault.class);

    private final KeyRing keys;
    private final ObjectStore objects;
    private final long inlineMax;
    private final long sizeMax;

    /** A sealed value: here, or by the name of an object. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    record Kept(byte @Nullable [] inline, @Nullable String reference) {}

    /** How many bytes a value has more when it is sealed. */
    static final int OVERHEAD_LENGTH = Sealed.OVERHEAD_LENGTH;

    static final Kept NOTHING = new Kept(null, null);

    Vault(KeyRing keys, ObjectStore objects, long inlineMax, long sizeMax) {
        this.keys = keys;
        this.objects = objects;
        this.inlineMax = inlineMax;
        this.sizeMax = sizeMax;
    }

    /**
     * Reads the keys of an organization, before a transaction holds a connection: when as many as there are connections did
     * so at once, each would wait for another one. What is wrong with the keys shows when they are used.
     */
    void prepare(UUID organization) {
        try {
            keys.prepare(organization);
        } catch (GantryException unreadable) {
            LOG.warn("The keys of organization {} cannot be read: {}", organization, unreadable.getMessage());
        }
    }

    /**
     * Seals a value for one place.
     *
     * @throws GantryException {@link ErrorCode#QUOTA_EXCEEDED} if it is too large
     */
    Kept keep(UUID organization, UUID run, String place, JsonNode value) {
        byte[] plain = Json.write(value);
        requireFits(plain.length);
        byte[] sealed = seal(organization, run, place, plain);
        return sealed.length <= inlineMax
                ? new Kept(sealed, null)
                : new Kept(null, objects.put(organization, run, sealed));
    }

    /**
     * Says beforehand whether {@link #keep} would take a value.
     *
     * @throws GantryException {@link ErrorCode#QUOTA_EXCEEDED} if it is too large
     */
    void requireFits(JsonNode value) {
        requireFits(Json.write(value).length);
    }

    /** As {@link #requireFits(JsonNode)}, for a value of which only the length is known. */
    void requireFits(long bytes) {
        if (bytes > sizeMax) {
            throw new GantryException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "The value has " + bytes + " bytes; workflows.output_size_max allows " + sizeMax);
        }
    }

    /**
     * Opens values that are to become one value.
     *
     * @throws GantryException {@link ErrorCode#QUOTA_EXCEEDED} as soon as they are too large together
     */
    Map<String, JsonNode> openAll(UUID organization, UUID run, Collection<StepRows.BodyOutput> values) {
        Map<String, JsonNode> opened = new HashMap<>();
        long bytes = 0;
        for (StepRows.BodyOutput value : values) {
            byte[] inline = value.value().inline();
            byte[] sealed = inline != null
                    ? inline
                    : objects.get(String.valueOf(value.value().reference()));
            bytes += Math.max(0, sealed.length - OVERHEAD_LENGTH);
            requireFits(bytes);
            String place = new StepRow(value.scope(), "", StepState.DONE).place("output");
            opened.put(value.scope(), open(organization, run, place, sealed, null));
        }
        return opened;
    }

    byte[] seal(UUID organization, UUID run, String place, JsonNode value) {
        return seal(organization, run, place, Json.write(value));
    }

    private byte[] seal(UUID organization, UUID run, String place, byte[] plain) {
        return keys.seal(organization, plain, bound(run, place)).toBytes();
    }

    JsonNode open(UUID organization, UUID run, String place, byte @Nullable [] inline, @Nullable String reference) {
        byte[] sealed = inline != null ? inline : objects.get(String.valueOf(reference));
        return Json.read(keys.open(organization, Sealed.fromBytes(sealed), bound(run, place)));
    }

    /** Returns what names a waiting step in the address where it is called: nobody else can make it up. */
    String callAddress(RunRow run, String path) {
        byte[] place = (run.id + "/" + path).getBytes(StandardCharsets.UTF_8);
        byte[] proof = Arrays.copyOf(keys.fingerprint(run.organization(), "runs/call", place), CallAddress.PROOF_BYTES);
        return new CallAddress(run.organization(), run.id, proof).text();
    }

    /** Returns the names of what lies outside of the database for a run. */
    List<String> names(UUID organization, UUID run) {
        return objects.names(organization, run);
    }

    void remove(String name) {
        objects.remove(name);
    }

    void removeAll(UUID organization, UUID run) {
        objects.removeAll(organization, run);
    }

    private static byte[] bound(UUID run, String place) {
        return ("runs/" + run + "/" + place).getBytes(StandardCharsets.UTF_8);
    }
}
