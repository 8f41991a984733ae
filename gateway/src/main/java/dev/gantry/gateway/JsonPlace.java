package dev.gantry.gateway;

import java.nio.charset.StandardCharsets;

/**
 * What a field of a request or a reply holds, as far as its name tells. Only names of the interfaces' own fields count, and
 * only outside of what users, tools and models fill in freely; whatever is not named here is text.
 */
enum JsonPlace {
    /** Text of whoever wrote it. */
    TEXT,
    /** A word of the interface itself: passes unread when it has the form of one. */
    WORD,
    /** Base64 of a picture, a document, sound or a seal: passes unread when it is base64. */
    BINARY,
    /** A link, or a picture within a {@code data:} link. */
    LINK,
    /** Data of somebody else's own form, in which no name has a meaning for us. */
    FREE,
    /** The tokens of an answer once more, with their probabilities. */
    TOKENS;

    private static final int WORD_LENGTH_MAX = 200;
    private static final int BINARY_LENGTH_MIN = 64;
    private static final byte[] BASE64_MARK = ";base64,".getBytes(StandardCharsets.US_ASCII);
    private static final int MEDIA_TYPE_LENGTH_MAX = 100;

    /** Returns what the field of a name holds. */
    static JsonPlace of(byte[] json, int from, int to) {
        return switch (to - from) {
            case 2 -> is(json, from, "id") ? WORD : TEXT;
            case 3 -> is(json, from, "url") ? LINK : TEXT;
            case 4 -> is(json, from, "role") || is(json, from, "type") ? WORD : is(json, from, "data") ? BINARY : TEXT;
            case 5 -> is(json, from, "model") ? WORD : is(json, from, "input") ? FREE : TEXT;
            case 6 ->
                is(json, from, "object") || is(json, from, "status") ? WORD : is(json, from, "schema") ? FREE : TEXT;
            case 7 -> is(json, from, "call_id") || is(json, from, "item_id") ? WORD : TEXT;
            case 8 -> is(json, from, "metadata") ? FREE : is(json, from, "logprobs") ? TOKENS : TEXT;
            case 9 ->
                is(json, from, "arguments")
                        ? FREE
                        : is(json, from, "signature")
                                ? BINARY
                                : is(json, from, "file_data") || is(json, from, "image_url") ? LINK : TEXT;
            case 10 -> is(json, from, "parameters") ? FREE : is(json, from, "media_type") ? WORD : TEXT;
            case 11 ->
                is(json, from, "tool_use_id") || is(json, from, "stop_reason") || is(json, from, "obfuscation")
                        ? WORD
                        : TEXT;
            case 12 ->
                is(json, from, "input_schema")
                        ? FREE
                        : is(json, from, "tool_call_id") || is(json, from, "service_tier") ? WORD : TEXT;
            case 13 -> is(json, from, "finish_reason") ? WORD : TEXT;
            case 17 -> is(json, from, "encrypted_content") ? BINARY : TEXT;
            case 18 -> is(json, from, "system_fingerprint") ? WORD : TEXT;
            case 20 -> is(json, from, "previous_response_id") ? WORD : TEXT;
            default -> TEXT;
        };
    }

    private static boolean is(byte[] json, int from, String name) {
        for (int index = 0; index < name.length(); index++) {
            if (json[from + index] != name.charAt(index)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether a string has the form that lets it pass unread in this place. */
    boolean passes(byte[] json, int from, int to) {
        return switch (this) {
            case WORD -> isWord(json, from, to);
            case BINARY -> to - from >= BINARY_LENGTH_MIN && isBase64(json, from, to);
            case LINK -> isDataLink(json, from, to);
            case TEXT, FREE, TOKENS -> false;
        };
    }

    /** Letters, digits and {@code _-.:/}, with at least one letter, so that no number passes as a word. */
    private static boolean isWord(byte[] json, int from, int to) {
        if (to - from > WORD_LENGTH_MAX) {
            return false;
        }
        boolean letter = false;
        for (int index = from; index < to; index++) {
            int character = json[index];
            boolean isLetter = (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
            letter |= isLetter;
            if (!isLetter && !(character >= '-' && character <= ':') && character != '_') {
                return false;
            }
        }
        return letter || from == to;
    }

    private static boolean isBase64(byte[] json, int from, int to) {
        for (int index = from; index < to; index++) {
            int character = json[index];
            boolean letter = (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
            boolean other = (character >= '/' && character <= ':') || character == '+' || character == '=';
            if (!letter && !other && character != '-' && character != '_') {
                return false;
            }
        }
        return true;
    }

    private static boolean isDataLink(byte[] json, int from, int to) {
        if (to - from < 5 || !is(json, from, "data:")) {
            return false;
        }
        int last = Math.min(to - BASE64_MARK.length, from + MEDIA_TYPE_LENGTH_MAX);
        for (int position = from + 5; position <= last; position++) {
            if (json[position] == ';' && isMark(json, position)) {
                return isWord(json, from + 5, position) && isBase64(json, position + BASE64_MARK.length, to);
            }
        }
        return false;
    }

    private static boolean isMark(byte[] json, int from) {
        for (int index = 0; index < BASE64_MARK.length; index++) {
            if (json[from + index] != BASE64_MARK[index]) {
                return false;
            }
        }
        return true;
    }
}
