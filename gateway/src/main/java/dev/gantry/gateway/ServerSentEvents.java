package dev.gantry.gateway;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Frames of {@code text/event-stream} (WHATWG HTML, section 9.2) around JSON, which holds no line breaks. */
public final class ServerSentEvents {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private ServerSentEvents() {}

    /** Returns an event without a name. */
    public static Buffer data(Buffer json) {
        return Buffer.buffer(json.length() + 8)
                .appendBytes(DATA)
                .appendBuffer(json)
                .appendBytes(END);
    }

    /** Returns a named event. */
    public static Buffer event(String name, Buffer json) {
        return Buffer.buffer(json.length() + name.length() + 16)
                .appendString("event: ")
                .appendString(name)
                .appendString("\n")
                .appendBytes(DATA)
                .appendBuffer(json)
                .appendBytes(END);
    }
}
