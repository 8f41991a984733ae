package dev.gantry.runs;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * What names a step that waits for a call, in the address of that call.
 *
 * @param proof tells the step, and that whoever calls was told of it
 */
@SuppressWarnings("ArrayRecordComponent") // Made to be read, and never compared.
record CallAddress(UUID organization, UUID run, byte[] proof) {
    static final int PROOF_BYTES = 24;

    /** Where the server takes calls. */
    static final String PATH = "/hooks/";

    private static final String BEGIN = "run-";
    private static final int BYTES = 32 + PROOF_BYTES;

    String text() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .putLong(organization.getMostSignificantBits())
                .putLong(organization.getLeastSignificantBits())
                .putLong(run.getMostSignificantBits())
                .putLong(run.getLeastSignificantBits())
                .put(proof)
                .array();
        return BEGIN + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns whether a text is meant as one, right or wrong. */
    static boolean isMeant(String text) {
        return text.startsWith(BEGIN);
    }

    static Optional<CallAddress> parse(String text) {
        try {
            byte[] bytes = isMeant(text) && text.length() < 2 * BYTES
                    ? Base64.getUrlDecoder().decode(text.substring(BEGIN.length()))
                    : new byte[0];
            if (bytes.length != BYTES) {
                return Optional.empty();
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            UUID organization = new UUID(buffer.getLong(), buffer.getLong());
            UUID run = new UUID(buffer.getLong(), buffer.getLong());
            byte[] proof = new byte[PROOF_BYTES];
            buffer.get(proof);
            return Optional.of(new CallAddress(organization, run, proof));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }
}
