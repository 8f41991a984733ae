package dev.gantry.gateway;

import dev.gantry.gateway.TextEdits.Edit;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of a provider's stream and what is known of its texts.
 *
 * @param name the value of its {@code event} field; null for none
 * @param data where its data stands, from {@code from} to {@code to}
 * @param parts pieces of texts in it, in their order
 * @param whole what must be replaced in its other texts
 * @param tokens what takes the answer's tokens out of it, which would tell a changed text once more
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record GuardedEvent(
        @Nullable String name, byte[] data, int from, int to, List<Part> parts, TextEdits whole, List<Edit> tokens) {
    /**
     * A piece of a text in an event.
     *
     * @param start where the piece begins in its text, in bytes
     * @param length its length without escapes
     * @param from where it begins in the event's data
     * @param to where it ends, escapes included
     */
    record Part(AnswerText text, long start, int length, int from, int to) {
        boolean isDecided() {
            return text.decided() >= start + length;
        }

        /** Returns the change of the piece; null when it goes out as it came. */
        @Nullable
        Edit change(byte[] data) {
            byte[] plain = data;
            int begin = from;
            if (length < to - from) {
                plain = new byte[to - from];
                begin = 0;
                JsonStrings.unescape(data, from, to, plain);
            }
            byte[] changed = text.changed(plain, begin, begin + length, start);
            return changed == null ? null : new Edit(from, to, JsonStrings.escape(changed));
        }
    }

    /** Returns whether all of its text may go out, changed or not. */
    boolean isDecided() {
        for (int index = 0; index < parts.size(); index++) {
            if (!parts.get(index).isDecided()) {
                return false;
            }
        }
        return true;
    }

    /** Returns the event as it must be written; null when it goes out as it came. To be asked for once. */
    @Nullable
    Buffer changed() {
        TextEdits changes = whole;
        for (int index = 0; index < parts.size(); index++) {
            Edit change = parts.get(index).change(data);
            changes = change == null ? changes : changes.over(List.of(change));
        }
        return changes.isEmpty() ? null : written(changes.over(tokens).apply(data, from, to));
    }

    private Buffer written(byte[] json) {
        Buffer event = Buffer.buffer(json.length + 32);
        if (name != null) {
            event.appendString("event: ").appendString(name).appendByte((byte) '\n');
        }
        event.appendString("data: ");
        int line = 0;
        for (int index = 0; index < json.length; index++) {
            if (json[index] == '\n') {
                event.appendBytes(json, line, index + 1 - line).appendString("data: ");
                line = index + 1;
            }
        }
        return event.appendBytes(json, line, json.length - line).appendString("\n\n");
    }
}
