package dev.gantry.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ProducedText;
import dev.gantry.provider.TokenEstimator;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Picks out of messages and stream events what the ledger needs, without building anything. A whole message and the events
 * {@code message_start}, {@code message_delta} have their usage in different places and none has all of it; what comes
 * later goes before, as Anthropic documents ({@code message_delta} counts cumulatively). Used by one thread at a time.
 */
final class AnthropicScan {
    private static final byte[] TYPE = ascii("type");
    private static final byte[] MESSAGE = ascii("message");
    private static final byte[] USAGE = ascii("usage");
    private static final byte[] ERROR = ascii("error");
    private static final byte[] DELTA = ascii("delta");
    private static final byte[] CONTENT = ascii("content");
    private static final byte[] CONTENT_BLOCK = ascii("content_block");
    private static final byte[] TEXT = ascii("text");
    private static final byte[] THINKING = ascii("thinking");
    private static final byte[] PARTIAL_JSON = ascii("partial_json");
    private static final byte[] NAME = ascii("name");
    private static final byte[] INPUT_TOKENS = ascii("input_tokens");
    private static final byte[] OUTPUT_TOKENS = ascii("output_tokens");
    private static final byte[] CACHE_READ = ascii("cache_read_input_tokens");
    private static final byte[] CACHE_CREATION = ascii("cache_creation_input_tokens");
    private static final byte[] CACHE_LIVES = ascii("cache_creation");
    private static final byte[] CACHE_HOUR = ascii("ephemeral_1h_input_tokens");

    private final JsonCursor cursor = new JsonCursor();
    private final ProducedText produced = new ProducedText();
    private final boolean gathering;
    private String type = "";
    private boolean stopped;
    private int errorFrom = -1;
    private int errorTo;
    private boolean counted;
    private boolean preliminary;
    private long input;
    private long output;
    private long cacheRead;
    private long cacheWrite;
    private long cacheWriteLong;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@code gathering} says whether the produced text is wanted at all. */
    AnthropicScan(boolean gathering) {
        this.gathering = gathering;
    }

    /** Scans a whole message. */
    void scan(Buffer reply) throws JsonCursor.Malformed {
        cursor.reset(reply);
        scan();
    }

    /** Scans the data of the next event. */
    void scan(byte[] text, int from, int to) throws JsonCursor.Malformed {
        cursor.reset(text, from, to);
        scan();
    }

    private void scan() throws JsonCursor.Malformed {
        type = "";
        errorFrom = -1;
        message();
        cursor.requireEnd();
        stopped |= type.equals("message_stop");
    }

    private void message() throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(TYPE) && cursor.atString()) {
                cursor.readString();
                type = cursor.rawText();
            } else if (cursor.nameIs(MESSAGE) && cursor.atObject()) {
                String outer = type;
                message();
                type = outer;
                preliminary = true;
            } else if (cursor.nameIs(USAGE) && cursor.atObject()) {
                readUsage();
                preliminary = false;
            } else if (cursor.nameIs(ERROR) && cursor.atObject()) {
                errorFrom = cursor.position();
                cursor.skip();
                errorTo = cursor.endOfLast();
            } else if ((cursor.nameIs(DELTA) || cursor.nameIs(CONTENT_BLOCK)) && cursor.atObject()) {
                block();
            } else if (cursor.nameIs(CONTENT) && cursor.atArray()) {
                cursor.enterArray();
                while (cursor.nextItem()) {
                    block();
                }
            } else {
                cursor.skip();
            }
        }
    }

    private void block() throws JsonCursor.Malformed {
        if (!cursor.atObject()) {
            cursor.skip();
            return;
        }
        cursor.enterObject();
        while (cursor.nextField()) {
            boolean words = cursor.nameIs(TEXT)
                    || cursor.nameIs(THINKING)
                    || cursor.nameIs(PARTIAL_JSON)
                    || cursor.nameIs(NAME);
            if (words && cursor.atString()) {
                cursor.readString();
                if (gathering) {
                    produced.add(cursor);
                }
            } else {
                cursor.skip();
            }
        }
    }

    private void readUsage() throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(CACHE_LIVES) && cursor.atObject()) {
                readCacheLives();
            } else if (!cursor.atNumber()) {
                cursor.skip();
            } else if (cursor.nameIs(INPUT_TOKENS)) {
                input = count(input);
            } else if (cursor.nameIs(OUTPUT_TOKENS)) {
                output = count(output);
            } else if (cursor.nameIs(CACHE_READ)) {
                cacheRead = count(cacheRead);
            } else if (cursor.nameIs(CACHE_CREATION)) {
                cacheWrite = count(cacheWrite);
            } else {
                cursor.skip();
            }
        }
    }

    /** How the tokens written to the cache are split by how long they live; their sum stands beside it. */
    private void readCacheLives() throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(CACHE_HOUR) && cursor.atNumber()) {
                cacheWriteLong = count(cacheWriteLong);
            } else {
                cursor.skip();
            }
        }
    }

    private long count(long otherwise) throws JsonCursor.Malformed {
        long read = cursor.readLong();
        counted |= read >= 0;
        return read < 0 ? otherwise : read;
    }

    /** Returns whether the stream has come to its proper end. */
    boolean isStopped() {
        return stopped;
    }

    boolean hasError() {
        return errorFrom >= 0;
    }

    /** Returns the error of the last text. */
    JsonNode error() {
        try {
            return Json.mapper().readTree(cursor.copy(errorFrom, errorTo));
        } catch (IOException unreadable) {
            return Json.object();
        }
    }

    /**
     * Returns the usage; null when none came. When a stream was cut off before its last count, the prompt's numbers are
     * Anthropic's and the output is our own estimate.
     */
    @Nullable
    TokenUsage usage() {
        if (!counted) {
            return null;
        }
        long longWrites = Math.min(cacheWrite, cacheWriteLong);
        long generated = preliminary ? TokenEstimator.estimate(producedText()) : output;
        return new TokenUsage(input, generated, cacheRead, cacheWrite - longWrites, longWrites, 0, preliminary);
    }

    String producedText() {
        return produced.text();
    }
}
