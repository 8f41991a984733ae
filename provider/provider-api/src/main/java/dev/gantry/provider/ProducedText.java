package dev.gantry.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.gantry.kernel.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Gathers pieces of JSON strings as they stand on the wire, for the rare case that the text is needed afterwards: taking
 * one costs a copy of its bytes. Bounded: what goes beyond is counted by nobody. Used by one thread at a time.
 */
public final class ProducedText {
    private static final int BYTES_MAX = 8 * 1024 * 1024;

    private final ByteArrayOutputStream raw = new ByteArrayOutputStream(0);

    /** Adds the last string that a cursor has read. */
    public void add(JsonCursor cursor) {
        if (raw.size() + (long) cursor.stringLength() <= BYTES_MAX) {
            cursor.writeString(raw);
        }
    }

    /** Returns the text with its escapes resolved. */
    public String text() {
        byte[] content = raw.toByteArray();
        byte[] quoted = new byte[content.length + 2];
        quoted[0] = '"';
        System.arraycopy(content, 0, quoted, 1, content.length);
        quoted[quoted.length - 1] = '"';
        try {
            return Json.mapper()
                    .readTree(new String(quoted, StandardCharsets.UTF_8))
                    .asText();
        } catch (JsonProcessingException halves) {
            return new String(content, StandardCharsets.UTF_8);
        }
    }
}
