package dev.gantry.gateway;

import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the texts in the events of a stream: which strings are pieces of a longer text, to which text they belong, and which
 * texts end. What is not a piece is inspected as a whole text by {@link JsonTexts}, so that a field that we do not know is
 * not passed over. Used by one thread at a time.
 */
final class EventTexts extends JsonTexts {
    private static final byte[] TYPE = ascii("type");
    private static final byte[] INDEX = ascii("index");
    private static final byte[] OUTPUT_INDEX = ascii("output_index");
    private static final byte[] CONTENT_INDEX = ascii("content_index");
    private static final byte[] SUMMARY_INDEX = ascii("summary_index");
    private static final byte[] CHOICES = ascii("choices");
    private static final byte[] DELTA = ascii("delta");
    private static final byte[] CONTENT_BLOCK = ascii("content_block");
    private static final byte[] FINISH_REASON = ascii("finish_reason");
    private static final byte[] ARGUMENTS = ascii("arguments");
    private static final byte[] PARTIAL_JSON = ascii("partial_json");
    private static final byte[] NAME = ascii("name");
    private static final byte[] CONTENT = ascii("content");
    private static final byte[] TEXT = ascii("text");
    private static final byte[] STOP_REASON = ascii("stop_reason");

    private static final int DELTA_DEPTH_MAX = 20;
    private static final int NO_GROUP = -1;
    private static final int EVERY_GROUP = -2;

    private final ClientSchema schema;
    private final JsonCursor cursor = new JsonCursor();
    private final JsonCursor ahead = new JsonCursor();
    private final List<Piece> pieces = new ArrayList<>(4);
    private final List<Integer> ended = new ArrayList<>(2);
    private final List<Integer> completed = new ArrayList<>(2);
    private byte[] data = new byte[0];
    private int dataTo;
    private int group;

    /**
     * A piece of a longer text.
     *
     * @param text tells the text from others of its group
     * @param group the choice, block or item to which it belongs
     * @param json whether the text is JSON
     * @param from where the piece begins in the event's data, inside of its quotes
     * @param to where it ends
     * @param escaped whether it has escapes
     * @param spoken whether it is what the model says, and not its reasoning or a call
     */
    record Piece(long text, int group, boolean json, int from, int to, boolean escaped, boolean spoken) {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@code schema} is that of the stream; {@code inspector} is for the texts that are whole. */
    EventTexts(ClientSchema schema, TextInspector inspector) {
        super(inspector);
        this.schema = schema;
    }

    /**
     * Reads the data of the next event.
     *
     * @return what must be replaced in the texts that are whole
     */
    TextEdits read(byte[] bytes, int from, int to) throws Malformed {
        pieces.clear();
        ended.clear();
        completed.clear();
        data = bytes;
        dataTo = to;
        group = NO_GROUP;
        cursor.reset(bytes, from, to);
        switch (schema) {
            case OPENAI_CHAT -> chunk();
            case ANTHROPIC_MESSAGES -> messageEvent(from);
            case OPENAI_RESPONSES -> responseEvent(from);
            case OPENAI_EMBEDDINGS, ANTHROPIC_TOKEN_COUNT -> {
                // Never a stream.
            }
        }
        return find(bytes, from, to, false);
    }

    /** Returns the pieces of the last event in their order; valid until the next one is read. */
    List<Piece> pieces() {
        return pieces;
    }

    /** Returns the choices that the model itself has ended with the last event, 0 where there is but one. */
    List<Integer> completed() {
        return completed;
    }

    /** Returns whether the last event ends any text. */
    boolean endsAny() {
        return !ended.isEmpty();
    }

    /** Returns the choice to which a group belongs: blocks and items are parts of one answer. */
    int choiceOf(int ofGroup) {
        return schema == ClientSchema.OPENAI_CHAT ? ofGroup : 0;
    }

    /** Returns whether the last event ends the texts of a group. */
    boolean ends(int ofGroup) {
        for (int index = 0; index < ended.size(); index++) {
            if (ended.get(index) == ofGroup || ended.get(index) == EVERY_GROUP) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean isTaken(int from) {
        for (int index = 0; index < pieces.size(); index++) {
            if (pieces.get(index).from() == from) {
                return true;
            }
        }
        return false;
    }

    // OpenAI's chat completions: choices[i].delta, ended by choices[i].finish_reason

    private void chunk() throws Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(CHOICES) && cursor.atArray()) {
                cursor.enterArray();
                for (int position = 0; cursor.nextItem(); position++) {
                    choice(position);
                }
            } else {
                cursor.skip();
            }
        }
    }

    private void choice(int position) throws Malformed {
        if (!cursor.atObject()) {
            cursor.skip();
            return;
        }
        group = indexOr(position);
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(DELTA) && cursor.atObject()) {
                delta(1, 0);
            } else {
                if (cursor.nameIs(FINISH_REASON) && cursor.atString()) {
                    ended.add(group);
                    cursor.readString();
                    if (cursor.rawText().equals("stop")) {
                        completed.add(group);
                    }
                } else {
                    cursor.skip();
                }
            }
        }
    }

    /** Every string in a delta is a piece, whatever its name, unless it is a name or a word of the interface. */
    private void delta(long path, int depth) throws Malformed {
        if (depth > DELTA_DEPTH_MAX) {
            throw new Malformed("nested too deeply");
        }
        cursor.enterObject();
        while (cursor.nextField()) {
            long field = path * 31 + hash(cursor.nameFrom(), cursor.nameTo());
            if (cursor.atObject()) {
                delta(field, depth + 1);
            } else if (cursor.atArray()) {
                cursor.enterArray();
                for (int position = 0; cursor.nextItem(); position++) {
                    if (cursor.atObject()) {
                        delta(field * 31 + indexOr(position), depth + 1);
                    } else {
                        cursor.skip();
                    }
                }
            } else {
                stringField(field, depth == 0 && cursor.nameIs(CONTENT));
            }
        }
    }

    private void stringField(long field, boolean spoken) throws Malformed {
        if (!cursor.atString()) {
            cursor.skip();
            return;
        }
        boolean json = cursor.nameIs(ARGUMENTS) || cursor.nameIs(PARTIAL_JSON);
        boolean name = cursor.nameIs(NAME);
        JsonPlace place = JsonPlace.of(data, cursor.nameFrom(), cursor.nameTo());
        cursor.readString();
        if (!name && !place.passes(data, cursor.textFrom(), cursor.textTo())) {
            piece(field, json, spoken);
        }
    }

    // Anthropic's messages: the fields of content_block and delta, in the block that the event names

    private void messageEvent(int from) throws Malformed {
        String type = lookAtRoot(from);
        if (type.equals("content_block_stop")) {
            ended.add(group);
        } else if (type.equals("message_delta") || type.equals("message_stop")) {
            ended.add(EVERY_GROUP);
        }
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.atObject() && (cursor.nameIs(DELTA) || cursor.nameIs(CONTENT_BLOCK))) {
                cursor.enterObject();
                while (cursor.nextField()) {
                    if (cursor.nameIs(STOP_REASON) && cursor.atString()) {
                        cursor.readString();
                        complete(cursor.rawText());
                    } else {
                        stringField(hash(cursor.nameFrom(), cursor.nameTo()), cursor.nameIs(TEXT));
                    }
                }
            } else {
                cursor.skip();
            }
        }
    }

    private void complete(String reason) {
        if (reason.equals("end_turn") || reason.equals("stop_sequence")) {
            completed.add(0);
        }
    }

    // OpenAI's responses: the delta of the item and part that the event names

    private void responseEvent(int from) throws Malformed {
        String type = lookAtRoot(from);
        switch (type) {
            case "response.completed", "response.incomplete", "response.failed", "response.cancelled" ->
                ended.add(EVERY_GROUP);
            default -> {
                if (type.endsWith(".done")) {
                    ended.add(group);
                }
            }
        }
        if (type.equals("response.completed")) {
            completed.add(0);
        }
        long part = lookAtPart(from) * 31 + type.hashCode();
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(DELTA) && cursor.atString()) {
                cursor.readString();
                piece(part, type.contains("arguments"), type.equals("response.output_text.delta"));
            } else {
                cursor.skip();
            }
        }
    }

    /** Returns the event's type and remembers the block or item that it is about. */
    private String lookAtRoot(int from) throws Malformed {
        String type = "";
        ahead.reset(data, from, dataTo);
        ahead.enterObject();
        while (ahead.nextField()) {
            if (ahead.nameIs(TYPE) && ahead.atString()) {
                ahead.readString();
                type = ahead.rawText();
            } else if (ahead.atNumber() && (ahead.nameIs(INDEX) || ahead.nameIs(OUTPUT_INDEX))) {
                group = (int) ahead.readLong();
            } else {
                ahead.skip();
            }
        }
        return type;
    }

    private long lookAtPart(int from) throws Malformed {
        long part = 0;
        ahead.reset(data, from, dataTo);
        ahead.enterObject();
        while (ahead.nextField()) {
            if (ahead.atNumber() && (ahead.nameIs(CONTENT_INDEX) || ahead.nameIs(SUMMARY_INDEX))) {
                part = part * 31 + ahead.readLong() + 1;
            } else {
                ahead.skip();
            }
        }
        return part;
    }

    /** Returns the {@code index} of the item at the cursor: its position in one event says nothing. */
    private int indexOr(int position) throws Malformed {
        ahead.reset(data, cursor.position(), dataTo);
        ahead.enterObject();
        while (ahead.nextField()) {
            if (ahead.nameIs(INDEX) && ahead.atNumber()) {
                return (int) ahead.readLong();
            }
            ahead.skip();
        }
        return position;
    }

    private void piece(long text, boolean json, boolean spoken) {
        if (cursor.textFrom() < cursor.textTo()) {
            pieces.add(new Piece(text, group, json, cursor.textFrom(), cursor.textTo(), cursor.isEscaped(), spoken));
        }
    }

    private int hash(int from, int to) {
        int hash = 7;
        for (int index = from; index < to; index++) {
            hash = 31 * hash + data[index];
        }
        return hash;
    }
}
