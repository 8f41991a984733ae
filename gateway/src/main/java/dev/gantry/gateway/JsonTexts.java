package dev.gantry.gateway;

import dev.gantry.gateway.TextEdits.Edit;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows an inspector every text in a JSON document: each string that is not a word of the interface itself, each long number
 * and each unusual name in data of a free form, and the same within strings that are JSON themselves. A clean document costs
 * one pass, in which strings without escapes are not copied. Where something must be replaced, only that string changes.
 * Used by one thread at a time.
 */
class JsonTexts {
    private static final int DEPTH_MAX = 200;
    private static final int NESTED_MAX = 4;
    /** Results of tools do not lie deeper in any interface. */
    private static final int DOCUMENT_DEPTH_MAX = 8;

    private static final int NUMBER_LENGTH_MIN = 7;
    private static final int PLAIN_NAME_LENGTH_MAX = 40;
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] NONE = new byte[0];
    private static final byte[] BEHIND_NAME = {'"', ':', '"'};
    private static final TextEdits NO_EDITS = new TextEdits();

    private final JsonCursor cursor = new JsonCursor();
    private final TextInspector inspector;
    private final int nested;
    private byte[] json = NONE;
    private int end;
    private boolean isDocument;
    private byte[] scratch = NONE;
    private TextEdits edits = new TextEdits();
    private TextEdits found = new TextEdits();
    private List<Edit> tokens = List.of();

    JsonTexts(TextInspector inspector) {
        this(inspector, 0);
    }

    private JsonTexts(TextInspector inspector, int nested) {
        this.inspector = inspector;
        this.nested = nested;
    }

    /**
     * Inspects a document.
     *
     * @param free whether its names have no meaning for us
     * @return the document with replacements; null when nothing must be replaced
     * @throws Malformed if it is not JSON, or nested more than 200 levels deep
     */
    byte @Nullable [] inspect(byte[] source, int from, int to, boolean free) throws Malformed {
        TextEdits made = find(source, from, to, free);
        return made.isEmpty() ? null : made.over(tokens).apply(source, from, to);
    }

    /** Inspects a document and returns what must be replaced in it; the answer's tokens are still there. */
    TextEdits find(byte[] source, int from, int to, boolean free) throws Malformed {
        json = source;
        end = to;
        tokens = List.of();
        cursor.reset(source, from, to);
        value(free ? JsonPlace.FREE : JsonPlace.TEXT, -1, 0);
        cursor.requireEnd();
        if (edits.isEmpty()) {
            return NO_EDITS;
        }
        TextEdits made = edits;
        edits = new TextEdits();
        return made;
    }

    /** Returns what takes the tokens of the last document's answer and their probabilities out of it; empty mostly. */
    List<Edit> tokens() {
        return tokens;
    }

    /** Returns whether a string is taken care of elsewhere. */
    boolean isTaken(int from) {
        return false;
    }

    private void value(JsonPlace place, int nameFrom, int depth) throws Malformed {
        if (depth > DEPTH_MAX) {
            throw new Malformed("nested too deeply");
        }
        if (cursor.atString()) {
            cursor.readString();
            if (!place.passes(json, cursor.textFrom(), cursor.textTo()) && !isTaken(cursor.textFrom())) {
                string(cursor.textFrom(), cursor.textTo(), nameFrom);
            }
        } else if (cursor.atObject()) {
            object(place == JsonPlace.FREE, depth);
        } else if (cursor.atArray()) {
            cursor.enterArray();
            while (cursor.nextItem()) {
                value(place, nameFrom, depth + 1);
            }
        } else if (place == JsonPlace.FREE && cursor.atNumber()) {
            number(nameFrom);
        } else {
            cursor.skip();
        }
    }

    private void object(boolean free, int depth) throws Malformed {
        boolean was = isDocument;
        boolean isCandidate = !free && !was && depth > 0 && depth <= DOCUMENT_DEPTH_MAX && inspector.weighsDocuments();
        if (isCandidate && new JsonDocuments(json, cursor.position(), end).isOne()) {
            isDocument = true;
            inspector.document(true);
        }
        fields(free, depth);
        if (isDocument != was) {
            isDocument = was;
            inspector.document(was);
        }
    }

    private void fields(boolean free, int depth) throws Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            int nameFrom = cursor.nameFrom();
            int nameTo = cursor.nameTo();
            boolean plain = isPlainName(nameFrom, nameTo);
            if (!plain) {
                string(nameFrom, nameTo, -1);
            }
            // A name in escapes may be one of the interface's all the same: nothing of it passes unread.
            if (free || !plain) {
                value(JsonPlace.FREE, nameFrom, depth + 1);
            } else {
                field(JsonPlace.of(json, nameFrom, nameTo), depth + 1);
            }
        }
    }

    private void field(JsonPlace place, int depth) throws Malformed {
        // The items of a request's input and of a reply's output have the interface's own names.
        boolean items = place == JsonPlace.FREE && cursor.atArray();
        int from = cursor.position();
        value(items ? JsonPlace.TEXT : place, -1, depth);
        if (place == JsonPlace.TOKENS && json[from] == '{') {
            tokens = tokens.isEmpty() ? new ArrayList<>(1) : tokens;
            tokens.add(new Edit(from, cursor.endOfLast(), NULL));
        }
    }

    private void number(int nameFrom) throws Malformed {
        int from = cursor.position();
        cursor.skip();
        int to = cursor.endOfLast();
        if (to - from < NUMBER_LENGTH_MIN || !isWhole(from, to)) {
            return;
        }
        TextEdits changes = inspected(json, nameFrom < 0 ? from : nameFrom, from, to);
        if (changes != null) {
            edits.add(from, to, quoted(JsonStrings.escape(changes.apply(json, from, to))));
        }
    }

    /** In data of a free form the name says what a value is, as in {@code "ssn": "…"}; -1 where it does not. */
    private void string(int from, int to, int nameFrom) {
        if (!cursor.isEscaped() && !isJson(json, from, to)) {
            TextEdits changes = inspected(json, nameFrom < 0 ? from : nameFrom, from, to);
            if (changes != null) {
                changes.list().forEach(edit -> edits.add(edit.from(), edit.to(), JsonStrings.escape(edit.with())));
            }
            return;
        }
        if (scratch.length < to - from) {
            scratch = new byte[Math.max(256, to - from)];
        }
        int length = JsonStrings.unescape(json, from, to, scratch);
        byte[] replaced =
                isJson(scratch, 0, length) ? inner(scratch, length, nameFrom) : flat(scratch, length, nameFrom);
        if (replaced != null) {
            edits.add(from, to, JsonStrings.escape(replaced));
        }
    }

    /** The name goes before the text as it does in the document. */
    private byte @Nullable [] flat(byte[] text, int length, int nameFrom) {
        if (nameFrom < 0) {
            TextEdits changes = inspected(text, 0, 0, length);
            return changes == null ? null : changes.apply(text, 0, length);
        }
        int nameTo = nameFrom;
        while (json[nameTo] != '"') {
            nameTo += json[nameTo] == '\\' ? 2 : 1;
        }
        int from = nameTo - nameFrom + BEHIND_NAME.length;
        byte[] named = Arrays.copyOfRange(json, nameFrom, nameFrom + from + length);
        System.arraycopy(BEHIND_NAME, 0, named, nameTo - nameFrom, BEHIND_NAME.length);
        System.arraycopy(text, 0, named, from, length);
        TextEdits changes = inspected(named, 0, from, named.length);
        return changes == null ? null : changes.apply(named, from, named.length);
    }

    /** What is JSON within a string must stay JSON, and its own escapes must not hide anything. */
    private byte @Nullable [] inner(byte[] text, int length, int nameFrom) {
        if (nested == NESTED_MAX) {
            return flat(text, length, nameFrom);
        }
        try {
            JsonCursor trial = new JsonCursor();
            trial.reset(text, 0, length);
            trial.skip();
            trial.requireEnd();
            return new JsonTexts(inspector, nested + 1).inspect(text, 0, length, true);
        } catch (Malformed onlyLooksLikeIt) {
            return flat(text, length, nameFrom);
        }
    }

    private @Nullable TextEdits inspected(byte[] text, int contextFrom, int from, int to) {
        if (from == to) {
            return null;
        }
        TextEdits target = found;
        inspector.inspect(text, contextFrom, from, to, target);
        if (target.isEmpty()) {
            return null;
        }
        found = new TextEdits();
        return target;
    }

    private boolean isWhole(int from, int to) {
        for (int index = from; index < to; index++) {
            if (json[index] > '9' || (json[index] < '0' && json[index] != '-')) {
                return false;
            }
        }
        return true;
    }

    /** Letters, {@code _}, {@code -} and {@code $}: such a name tells nothing. */
    private boolean isPlainName(int from, int to) {
        if (to - from > PLAIN_NAME_LENGTH_MAX) {
            return false;
        }
        for (int index = from; index < to; index++) {
            int character = json[index];
            boolean letter = (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
            if (!letter && character != '_' && character != '-' && character != '$') {
                return false;
            }
        }
        return true;
    }

    private static boolean isJson(byte[] text, int from, int to) {
        int first = from;
        while (first < to && text[first] <= ' ' && text[first] >= 0) {
            first++;
        }
        int last = to - 1;
        while (last > first && text[last] <= ' ' && text[last] >= 0) {
            last--;
        }
        return last > first && ((text[first] == '{' && text[last] == '}') || (text[first] == '[' && text[last] == ']'));
    }

    private static byte[] quoted(byte[] text) {
        byte[] quoted = Arrays.copyOf(new byte[] {'"'}, text.length + 2);
        System.arraycopy(text, 0, quoted, 1, text.length);
        quoted[text.length + 1] = '"';
        return quoted;
    }
}
