package dev.gantry.provider;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks over a JSON text in memory without building anything, to pick a few values out of replies at almost no cost. It is
 * as strict as RFC 8259 about what it walks over, skipped values included, except that it does not check UTF-8 and does
 * not look for duplicate names.
 *
 * <p>One instance is used again and again, by one thread at a time. After {@link #enterObject()} come {@link #nextField()}
 * and one of {@link #skip()}, {@link #readLong()}, {@link #readString()}, {@link #enterObject()}, {@link #enterArray()}
 * alternately; arrays likewise with {@link #nextItem()}.
 */
public final class JsonCursor {
    private static final int DEPTH_MAX = 200;

    private byte[] bytes = new byte[0];
    private int position;
    private int end;
    private boolean first;
    private int nameFrom;
    private int nameTo;
    private int textFrom;
    private int textTo;
    private boolean escaped;

    /** The text is not JSON, or not what was asked for. Carries no stack trace: it is thrown in the middle of streams. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        /** {@code problem} goes on from "it is". */
        public Malformed(String problem) {
            super(problem, null, false, false);
        }
    }

    /** Begins with another text. */
    public void reset(byte[] text, int from, int to) {
        bytes = text;
        position = from;
        end = to;
        first = false;
    }

    /** Begins with another text, without copying it where that is possible. */
    public void reset(Buffer text) {
        ByteBuf content = ((BufferInternal) text).getByteBuf();
        if (content.hasArray()) {
            int from = content.arrayOffset() + content.readerIndex();
            reset(content.array(), from, from + content.readableBytes());
        } else {
            byte[] copy = text.getBytes();
            reset(copy, 0, copy.length);
        }
    }

    /** Returns a copy of a part of the text, between two of the offsets that this cursor has told. */
    public byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** Writes the last read string as it stands, escapes included. */
    void writeString(ByteArrayOutputStream target) {
        target.write(bytes, textFrom, textTo - textFrom);
    }

    /** Returns the length of the last read string in bytes, escapes included. */
    int stringLength() {
        return textTo - textFrom;
    }

    /** Steps into an object. */
    public void enterObject() throws Malformed {
        enter('{');
    }

    /** Steps into an array. */
    public void enterArray() throws Malformed {
        enter('[');
    }

    /** Moves to the value of the next field; false at the object's end, after which the cursor stands behind it. */
    public boolean nextField() throws Malformed {
        if (!next('}')) {
            return false;
        }
        readString();
        nameFrom = textFrom;
        nameTo = textTo;
        if (peek() != ':') {
            throw malformed();
        }
        position++;
        return true;
    }

    /** Moves to the next item; false at the array's end, after which the cursor stands behind it. */
    public boolean nextItem() throws Malformed {
        return next(']');
    }

    /** Returns whether the current field has this name, which is plain ASCII. */
    public boolean nameIs(byte[] name) {
        int length = nameTo - nameFrom;
        if (length != name.length) {
            return false;
        }
        for (int index = 0; index < length; index++) {
            if (bytes[nameFrom + index] != name[index]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the offset in the array at which the current field's name begins, inside of its quotes. */
    public int nameFrom() {
        return nameFrom;
    }

    /** Returns the offset in the array behind the current field's name, inside of its quotes. */
    public int nameTo() {
        return nameTo;
    }

    /** Returns whether the value here is an object. */
    public boolean atObject() throws Malformed {
        return peek() == '{';
    }

    /** Returns whether the value here is an array. */
    public boolean atArray() throws Malformed {
        return peek() == '[';
    }

    /** Returns whether the value here is a string. */
    public boolean atString() throws Malformed {
        return peek() == '"';
    }

    /** Returns whether the value here is a number. */
    public boolean atNumber() throws Malformed {
        int character = peek();
        return character == '-' || (character >= '0' && character <= '9');
    }

    /** Reads a string; {@link #rawText()} then returns it. */
    public void readString() throws Malformed {
        if (peek() != '"') {
            throw malformed();
        }
        textFrom = ++position;
        escaped = false;
        while (position < end) {
            int character = bytes[position];
            if (character == '"') {
                textTo = position++;
                return;
            }
            if (character == '\\') {
                escaped = true;
                skipEscape();
            } else if (character >= 0 && character < ' ') {
                throw malformed();
            } else {
                position++;
            }
        }
        throw malformed();
    }

    /** Returns the offset in the array at which the last read string begins, inside of its quotes. */
    public int textFrom() {
        return textFrom;
    }

    /** Returns the offset in the array behind the last read string, inside of its quotes. */
    public int textTo() {
        return textTo;
    }

    /** Returns whether the last read string has escapes, so that its bytes are not its text. */
    public boolean isEscaped() {
        return escaped;
    }

    /** Returns the last read string if it has no escapes and is short; otherwise its raw form. For codes and names. */
    public String rawText() {
        return new String(bytes, textFrom, textTo - textFrom, StandardCharsets.UTF_8);
    }

    /** Reads a whole number that is not negative; any other number, or a value beyond a long, gives -1. */
    public long readLong() throws Malformed {
        int from = position();
        skipNumber();
        long value = 0;
        for (int index = from; index < position; index++) {
            int digit = bytes[index] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Steps over the value here, whatever it is. */
    public void skip() throws Malformed {
        skip(0);
    }

    /** Requires that nothing but white space is left. */
    public void requireEnd() throws Malformed {
        skipSpace();
        if (position < end) {
            throw malformed();
        }
    }

    /** Returns the offset in the array at which the value here begins. */
    public int position() throws Malformed {
        skipSpace();
        return position;
    }

    /** Returns the offset in the array directly behind what was read or skipped last. */
    public int endOfLast() {
        return position;
    }

    private void enter(char opening) throws Malformed {
        if (peek() != opening) {
            throw malformed();
        }
        position++;
        first = true;
    }

    private boolean next(char closing) throws Malformed {
        int character = peek();
        if (character == closing) {
            position++;
            first = false;
            return false;
        }
        if (!first) {
            if (character != ',') {
                throw malformed();
            }
            position++;
        }
        first = false;
        return true;
    }

    private void skip(int depth) throws Malformed {
        if (depth > DEPTH_MAX) {
            throw new Malformed("nested too deeply");
        }
        switch (peek()) {
            case '{' -> {
                enterObject();
                while (nextField()) {
                    skip(depth + 1);
                }
            }
            case '[' -> {
                enterArray();
                while (nextItem()) {
                    skip(depth + 1);
                }
            }
            case '"' -> {
                int from = textFrom;
                int to = textTo;
                readString();
                textFrom = from;
                textTo = to;
            }
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        }
    }

    private void skipWord(String word) throws Malformed {
        for (int index = 0; index < word.length(); index++) {
            if (position >= end || bytes[position] != word.charAt(index)) {
                throw malformed();
            }
            position++;
        }
    }

    private void skipNumber() throws Malformed {
        if (peek() == '-') {
            position++;
        }
        if (position < end && bytes[position] == '0') {
            position++;
        } else {
            skipDigits();
        }
        if (position < end && bytes[position] == '.') {
            position++;
            skipDigits();
        }
        if (position < end && (bytes[position] == 'e' || bytes[position] == 'E')) {
            position++;
            if (position < end && (bytes[position] == '+' || bytes[position] == '-')) {
                position++;
            }
            skipDigits();
        }
    }

    private void skipDigits() throws Malformed {
        int from = position;
        while (position < end && bytes[position] >= '0' && bytes[position] <= '9') {
            position++;
        }
        if (position == from) {
            throw malformed();
        }
    }

    private void skipEscape() throws Malformed {
        if (position + 1 >= end) {
            throw malformed();
        }
        int kind = bytes[position + 1];
        position += 2;
        if (kind == 'u') {
            for (int digit = 0; digit < 4; digit++, position++) {
                if (position >= end || Character.digit(bytes[position], 16) < 0) {
                    throw malformed();
                }
            }
        } else if ("\"\\/bfnrt".indexOf(kind) < 0) {
            throw malformed();
        }
    }

    private void skipSpace() {
        while (position < end) {
            int character = bytes[position];
            if (character != ' ' && character != '\n' && character != '\r' && character != '\t') {
                return;
            }
            position++;
        }
    }

    private int peek() throws Malformed {
        skipSpace();
        if (position >= end) {
            throw new Malformed("incomplete JSON");
        }
        return bytes[position];
    }

    private Malformed malformed() {
        return new Malformed("not JSON");
    }
}
