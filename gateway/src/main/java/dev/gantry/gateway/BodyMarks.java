package dev.gantry.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What of a body costs more than its bytes say, found by its {@code "type"} fields in one pass over the bytes. Both schemas
 * of our clients name every part of a message by such a field.
 *
 * @param pictures how many there are
 * @param unbounded whether there is something whose tokens the body does not bound: a document, sound, a reference to what
 *     the provider keeps, a tool that the provider runs
 * @param tools whether there are tools, to which providers add words of their own
 */
record BodyMarks(int pictures, boolean unbounded, boolean tools) {
    private static final byte[] TYPE = "\"type\"".getBytes(StandardCharsets.US_ASCII);
    private static final List<byte[]> TOOLS = bytes("\"tools\"", "\"functions\"");
    private static final List<byte[]> UNBOUNDED_NAMES =
            bytes("\"previous_response_id\"", "\"mcp_servers\"", "\"web_search_options\"");
    private static final List<byte[]> PICTURES = bytes("image_url\"", "image\"", "input_image\"");

    /** Beginnings of values. */
    private static final List<byte[]> UNBOUNDED = bytes(
            "file\"",
            "input_file\"",
            "document\"",
            "input_audio\"",
            "audio\"",
            "video",
            "item_reference\"",
            "container_upload\"",
            "web_search",
            "web_fetch",
            "file_search",
            "code_execution",
            "code_interpreter",
            "computer",
            "image_generation",
            "mcp");

    private static List<byte[]> bytes(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    /** Looks through a body that is valid JSON. */
    static BodyMarks of(byte[] body) {
        int pictures = 0;
        boolean unbounded = false;
        boolean tools = false;
        for (int at = 0; at < body.length; at++) {
            byte current = body[at];
            if (current == '\\') {
                // A name of plain letters that is written with escapes has something to hide.
                unbounded |= isEscapedLetter(body, at);
                at++;
            } else if (current == '"') {
                if (starts(body, at, TYPE)) {
                    int value = value(body, at + TYPE.length);
                    pictures += startsWithAny(body, value, PICTURES) ? 1 : 0;
                    unbounded |= startsWithAny(body, value, UNBOUNDED);
                } else {
                    unbounded |= startsWithAny(body, at, UNBOUNDED_NAMES);
                    tools |= startsWithAny(body, at, TOOLS);
                }
            }
        }
        return new BodyMarks(pictures, unbounded, tools);
    }

    /** Returns where the text begins that follows a name; the end of the body when none does. */
    private static int value(byte[] body, int after) {
        int at = after;
        while (at < body.length
                && (body[at] == ' ' || body[at] == ':' || body[at] == '\n' || body[at] == '\t' || body[at] == '\r')) {
            at++;
        }
        return at < body.length && body[at] == '"' ? at + 1 : body.length;
    }

    /** {@code \}{@code u004x} to {@code 007x}: ASCII letters, digits aside, and the underscore. */
    private static boolean isEscapedLetter(byte[] body, int at) {
        return at + 4 < body.length
                && body[at + 1] == 'u'
                && body[at + 2] == '0'
                && body[at + 3] == '0'
                && body[at + 4] >= '4'
                && body[at + 4] <= '7';
    }

    private static boolean startsWithAny(byte[] body, int at, List<byte[]> texts) {
        for (byte[] text : texts) {
            if (starts(body, at, text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean starts(byte[] body, int at, byte[] text) {
        if (at + text.length > body.length) {
            return false;
        }
        for (int index = 0; index < text.length; index++) {
            if (body[at + index] != text[index]) {
                return false;
            }
        }
        return true;
    }
}
