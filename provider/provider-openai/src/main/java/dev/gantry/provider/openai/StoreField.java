package dev.gantry.provider.openai;

import dev.gantry.provider.JsonCursor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes sure that a response is not stored at the provider, which is what OpenAI does unless it is told otherwise: the
 * account is the operator's, and what one caller leaves there is in reach of the others.
 */
final class StoreField {
    private static final byte[] STORE = "store".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADDED = "\"store\":false,".getBytes(StandardCharsets.US_ASCII);

    private StoreField() {}

    /** Returns a request, a JSON object with at least one field, that says so; it shares the bytes of the given one. */
    static Buffer forbid(Buffer body) {
        byte[] bytes = body.getBytes();
        JsonCursor cursor = new JsonCursor();
        cursor.reset(bytes, 0, bytes.length);
        try {
            cursor.enterObject();
            while (cursor.nextField()) {
                boolean found = cursor.nameIs(STORE);
                int from = cursor.position();
                cursor.skip();
                int to = cursor.endOfLast();
                if (found) {
                    return Arrays.equals(bytes, from, to, FALSE, 0, FALSE.length)
                            ? body
                            : joined(bytes, from, FALSE, to);
                }
            }
        } catch (JsonCursor.Malformed impossible) {
            throw new IllegalStateException("A request that was checked before is malformed", impossible);
        }
        int inside = body.toString(StandardCharsets.ISO_8859_1).indexOf('{') + 1;
        return joined(bytes, inside, ADDED, inside);
    }

    private static Buffer joined(byte[] bytes, int to, byte[] between, int from) {
        ByteBuf all = Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(bytes, 0, to),
                Unpooled.wrappedBuffer(between),
                Unpooled.wrappedBuffer(bytes, from, bytes.length - from));
        return BufferInternal.buffer(all);
    }
}
