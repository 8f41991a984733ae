package dev.gantry.gateway;

import dev.gantry.kernel.TokenUsage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * An answer that may be given again, as its provider gave it and the guard left it, placeholders included.
 *
 * @param form what the payload is
 * @param model the catalog's name of the model that answered
 * @param storedAt when it was new
 * @param usage what it took when it was new
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record CacheEntry(Form form, String model, Instant storedAt, TokenUsage usage, byte[] payload) {
    private static final int VERSION = 1;

    /** What the payload is. */
    enum Form {
        /** The body of a reply in the client's own schema. */
        BODY,
        /** The events of a stream in the client's own schema. */
        EVENTS,
        /** An answer in the words that all schemas share. */
        ANSWER
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + model.length() + 80);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(form.name());
            out.writeUTF(model);
            out.writeLong(storedAt.toEpochMilli());
            out.writeLong(usage.input());
            out.writeLong(usage.output());
            out.writeLong(usage.cacheRead());
            out.writeLong(usage.cacheWrite());
            out.writeLong(usage.cacheWriteLong());
            out.writeLong(usage.reasoning());
            out.writeBoolean(usage.estimated());
            out.writeInt(payload.length);
            out.write(payload);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IOException if another version wrote it
     */
    static CacheEntry of(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("An entry of the cache has version " + version);
            }
            Form form = Form.valueOf(in.readUTF());
            String model = in.readUTF();
            Instant storedAt = Instant.ofEpochMilli(in.readLong());
            TokenUsage usage = new TokenUsage(
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readBoolean());
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            return new CacheEntry(form, model, storedAt, usage, payload);
        }
    }
}
