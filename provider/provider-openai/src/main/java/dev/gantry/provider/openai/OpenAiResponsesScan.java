package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ProducedText;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Picks out of responses and their events what the ledger needs: usage, the end, errors, and the produced text in case that
 * no usage comes. Used by one thread at a time.
 */
final class OpenAiResponsesScan {
    private static final byte[] TYPE = ascii("type");
    private static final byte[] DELTA = ascii("delta");
    private static final byte[] RESPONSE = ascii("response");
    private static final byte[] ERROR = ascii("error");
    private static final byte[] USAGE = ascii("usage");
    private static final byte[] STATUS = ascii("status");
    private static final byte[] OUTPUT = ascii("output");
    private static final byte[] CONTENT = ascii("content");
    private static final byte[] SUMMARY = ascii("summary");
    private static final byte[] TEXT = ascii("text");
    private static final byte[] NAME = ascii("name");
    private static final byte[] ARGUMENTS = ascii("arguments");

    private final JsonCursor cursor = new JsonCursor();
    private final UsageScan usageScan = new UsageScan();
    private final ProducedText produced = new ProducedText();
    private @Nullable TokenUsage usage;
    private String type = "";
    private String status = "";
    private int errorFrom = -1;
    private int errorTo;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Scans a whole response.
     *
     * @param gathering whether the produced text is wanted
     */
    void scanWhole(Buffer reply, boolean gathering) throws JsonCursor.Malformed {
        cursor.reset(reply);
        errorFrom = -1;
        response(gathering);
        cursor.requireEnd();
    }

    /** Scans the next event of a stream. */
    void scanEvent(byte[] text, int from, int to) throws JsonCursor.Malformed {
        cursor.reset(text, from, to);
        type = "";
        errorFrom = -1;
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(TYPE) && cursor.atString()) {
                cursor.readString();
                type = cursor.rawText();
            } else if (cursor.nameIs(DELTA) && cursor.atString()) {
                cursor.readString();
                produced.add(cursor);
            } else if (cursor.nameIs(RESPONSE) && cursor.atObject()) {
                response(false);
            } else if (cursor.nameIs(ERROR) && cursor.atObject()) {
                error();
            } else {
                cursor.skip();
            }
        }
        cursor.requireEnd();
        if (type.equals("error") && errorFrom < 0) {
            errorFrom = from;
            errorTo = to;
        }
    }

    private void response(boolean gathering) throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(USAGE) && cursor.atObject()) {
                usage = usageScan.read(cursor);
            } else if (cursor.nameIs(ERROR) && cursor.atObject()) {
                error();
            } else if (cursor.nameIs(STATUS) && cursor.atString()) {
                cursor.readString();
                status = cursor.rawText();
            } else if (gathering && cursor.nameIs(OUTPUT) && cursor.atArray()) {
                texts();
            } else {
                cursor.skip();
            }
        }
    }

    /** Gathers the words of items and of their parts. */
    private void texts() throws JsonCursor.Malformed {
        cursor.enterArray();
        while (cursor.nextItem()) {
            if (!cursor.atObject()) {
                cursor.skip();
                continue;
            }
            cursor.enterObject();
            while (cursor.nextField()) {
                if (cursor.atString() && (cursor.nameIs(TEXT) || cursor.nameIs(NAME) || cursor.nameIs(ARGUMENTS))) {
                    cursor.readString();
                    produced.add(cursor);
                } else if (cursor.atArray() && (cursor.nameIs(CONTENT) || cursor.nameIs(SUMMARY))) {
                    texts();
                } else {
                    cursor.skip();
                }
            }
        }
    }

    private void error() throws JsonCursor.Malformed {
        errorFrom = cursor.position();
        cursor.skip();
        errorTo = cursor.endOfLast();
    }

    /** Returns the type of the last event. */
    String type() {
        return type;
    }

    /** Returns whether the response says that it failed. */
    boolean hasFailed() {
        return status.equals("failed") || type.equals("response.failed") || type.equals("error");
    }

    /** Returns the error of the last text; an empty object when it has none. */
    JsonNode error(String otherwise) {
        try {
            return errorFrom < 0
                    ? Json.object().put("message", otherwise)
                    : Json.mapper().readTree(cursor.copy(errorFrom, errorTo));
        } catch (IOException unreadable) {
            return Json.object().put("message", otherwise);
        }
    }

    /** Returns the usage, once it came; null when there was none. */
    @Nullable
    TokenUsage usage() {
        return usage;
    }

    String producedText() {
        return produced.text();
    }
}
