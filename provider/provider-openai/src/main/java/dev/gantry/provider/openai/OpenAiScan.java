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
 * Picks out of replies and stream chunks what the ledger needs, without building anything: usage, the end of the answer,
 * errors, and the produced text in case that no usage comes. Used by one thread at a time.
 */
final class OpenAiScan {
    static final byte[] MODEL = ascii("model");

    private static final byte[] CHOICES = ascii("choices");
    private static final byte[] USAGE = ascii("usage");
    private static final byte[] ERROR = ascii("error");
    private static final byte[] DELTA = ascii("delta");
    private static final byte[] MESSAGE = ascii("message");
    private static final byte[] FINISH_REASON = ascii("finish_reason");
    private static final byte[] CONTENT = ascii("content");
    private static final byte[] REASONING_CONTENT = ascii("reasoning_content");
    private static final byte[] REASONING = ascii("reasoning");
    private static final byte[] REFUSAL = ascii("refusal");
    private static final byte[] TOOL_CALLS = ascii("tool_calls");
    private static final byte[] FUNCTION = ascii("function");
    private static final byte[] ARGUMENTS = ascii("arguments");
    private static final byte[] NAME = ascii("name");

    private final JsonCursor cursor = new JsonCursor();
    private final UsageScan usageScan = new UsageScan();
    private final ProducedText produced = new ProducedText();
    private final boolean gathering;
    private boolean hasChoices;
    private boolean choicesEmpty;
    private boolean finished;
    private @Nullable TokenUsage usage;
    private boolean usageHere;
    private int errorFrom = -1;
    private int errorTo;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@code gathering} says whether the produced text is wanted at all. */
    OpenAiScan(boolean gathering) {
        this.gathering = gathering;
    }

    /** Scans a whole reply. */
    void scan(Buffer reply) throws JsonCursor.Malformed {
        cursor.reset(reply);
        scan();
    }

    /** Scans the next chunk of a stream. */
    void scan(byte[] text, int from, int to) throws JsonCursor.Malformed {
        cursor.reset(text, from, to);
        scan();
    }

    private void scan() throws JsonCursor.Malformed {
        hasChoices = false;
        choicesEmpty = false;
        usageHere = false;
        errorFrom = -1;
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(CHOICES) && cursor.atArray()) {
                hasChoices = true;
                choices();
            } else if (cursor.nameIs(USAGE) && cursor.atObject()) {
                usage = usageScan.read(cursor);
                usageHere = true;
            } else if (cursor.nameIs(ERROR) && (cursor.atObject() || cursor.atString())) {
                errorFrom = cursor.position();
                cursor.skip();
                errorTo = cursor.endOfLast();
            } else {
                cursor.skip();
            }
        }
        cursor.requireEnd();
    }

    private void choices() throws JsonCursor.Malformed {
        choicesEmpty = true;
        cursor.enterArray();
        while (cursor.nextItem()) {
            choicesEmpty = false;
            cursor.enterObject();
            while (cursor.nextField()) {
                if ((cursor.nameIs(DELTA) || cursor.nameIs(MESSAGE)) && cursor.atObject()) {
                    message();
                } else if (cursor.nameIs(FINISH_REASON) && cursor.atString()) {
                    finished = true;
                    cursor.skip();
                } else {
                    cursor.skip();
                }
            }
        }
    }

    private void message() throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.atString()
                    && (cursor.nameIs(CONTENT)
                            || cursor.nameIs(REASONING_CONTENT)
                            || cursor.nameIs(REASONING)
                            || cursor.nameIs(REFUSAL))) {
                cursor.readString();
                add();
            } else if (cursor.nameIs(TOOL_CALLS) && cursor.atArray()) {
                toolCalls();
            } else {
                cursor.skip();
            }
        }
    }

    private void toolCalls() throws JsonCursor.Malformed {
        cursor.enterArray();
        while (cursor.nextItem()) {
            cursor.enterObject();
            while (cursor.nextField()) {
                if (cursor.nameIs(FUNCTION) && cursor.atObject()) {
                    function();
                } else {
                    cursor.skip();
                }
            }
        }
    }

    private void function() throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.atString() && (cursor.nameIs(ARGUMENTS) || cursor.nameIs(NAME))) {
                cursor.readString();
                add();
            } else {
                cursor.skip();
            }
        }
    }

    private void add() {
        if (gathering) {
            produced.add(cursor);
        }
    }

    /** Returns whether the last text had an array of choices. */
    boolean hasChoices() {
        return hasChoices;
    }

    /** Returns whether the last text exists only for its usage. */
    boolean isUsageOnly() {
        return usageHere && (!hasChoices || choicesEmpty);
    }

    /** Returns whether some choice has come to its end. */
    boolean isFinished() {
        return finished;
    }

    /** Returns the usage of the last text that had one, or null. */
    @Nullable
    TokenUsage usage() {
        return usage;
    }

    /** Returns where the error of the last text begins; -1 when it has none. */
    int errorFrom() {
        return errorFrom;
    }

    /** Returns the error of the last text. */
    JsonNode error() {
        try {
            return Json.mapper().readTree(cursor.copy(errorFrom, errorTo));
        } catch (IOException unreadable) {
            return Json.object();
        }
    }

    String producedText() {
        return produced.text();
    }
}
