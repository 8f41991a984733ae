package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.JsonCursor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes sure that a stream ends with its usage, for which OpenAI wants to be asked by
 * {@code "stream_options": {"include_usage": true}}.
 *
 * @param body the request that asks for it; shares the bytes of the client's
 * @param usageWanted whether the client asked for it itself
 */
record StreamOptions(Buffer body, boolean usageWanted) {
    private static final byte[] STREAM_OPTIONS = "stream_options".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADDED =
            "\"stream_options\":{\"include_usage\":true},".getBytes(StandardCharsets.US_ASCII);

    /** Prepares a body that is a JSON object with at least one field. */
    static StreamOptions of(Buffer body) {
        ByteBuf content = ((BufferInternal) body).getByteBuf();
        if (ByteBufUtil.indexOf(Unpooled.wrappedBuffer(STREAM_OPTIONS), content) >= 0) {
            return ofOptions(body);
        }
        return added(content);
    }

    private static StreamOptions added(ByteBuf content) {
        int inside = content.indexOf(0, content.writerIndex(), (byte) '{') + 1;
        return new StreamOptions(
                joined(
                        content.slice(0, inside),
                        Unpooled.wrappedBuffer(ADDED),
                        content.slice(inside, content.writerIndex() - inside)),
                false);
    }

    private static StreamOptions ofOptions(Buffer body) {
        byte[] bytes = body.getBytes();
        JsonCursor cursor = new JsonCursor();
        cursor.reset(bytes, 0, bytes.length);
        try {
            cursor.enterObject();
            while (cursor.nextField()) {
                boolean found = cursor.nameIs(STREAM_OPTIONS);
                int from = cursor.position();
                boolean object = cursor.atObject();
                cursor.skip();
                if (found) {
                    return replaced(body, bytes, from, cursor.endOfLast(), object);
                }
            }
        } catch (JsonCursor.Malformed | IOException notForUs) {
            return new StreamOptions(body, true);
        }
        return added(((BufferInternal) body).getByteBuf());
    }

    private static StreamOptions replaced(Buffer body, byte[] bytes, int from, int to, boolean object)
            throws IOException {
        ObjectNode options =
                object && Json.mapper().readTree(Arrays.copyOfRange(bytes, from, to)) instanceof ObjectNode node
                        ? node
                        : Json.object();
        if (options.path("include_usage").asBoolean(false)) {
            return new StreamOptions(body, true);
        }
        options.put("include_usage", true);
        ByteBuf content = ((BufferInternal) body).getByteBuf();
        return new StreamOptions(
                joined(
                        content.slice(0, from),
                        Unpooled.wrappedBuffer(Json.write(options)),
                        content.slice(to, bytes.length - to)),
                false);
    }

    private static Buffer joined(ByteBuf... parts) {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(parts));
    }
}
