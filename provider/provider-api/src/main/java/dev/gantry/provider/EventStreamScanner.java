package dev.gantry.provider;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events of a {@code text/event-stream} (WHATWG HTML, section 9.2) in bytes that come piece by piece. Lines may
 * end with LF, CR or CRLF, a byte order mark and comments are passed over, several {@code data} lines form one text. An
 * event that lies within one piece is not copied. Used by one thread at a time.
 */
public final class EventStreamScanner {
    /** Takes what is found. */
    public interface Listener {
        /**
         * Takes an event.
         *
         * @param name the value of its {@code event} field; null when it has none
         * @param bytes where its data stands, from {@code from} to {@code to}
         * @param end offset in the piece behind the event's closing blank line
         */
        void event(@Nullable String name, byte[] bytes, int from, int to, int end) throws ProviderException;

        /** Learns that a blank line without an event before it ends at an offset in the piece. */
        void blank(int end);
    }

    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NONE = new byte[0];

    private final int eventBytesMax;
    private final UpstreamFailures failures;
    private final Listener listener;
    private byte[] line = NONE;
    private int lineLength;
    private boolean atStart = true;
    private boolean afterReturn;
    private @Nullable String name;
    private int dataLines;
    private byte[] data = NONE;
    private int dataFrom;
    private int dataTo;

    /** {@code eventBytesMax} bounds each line and each event's data. */
    public EventStreamScanner(int eventBytesMax, UpstreamFailures failures, Listener listener) {
        this.eventBytesMax = eventBytesMax;
        this.failures = failures;
        this.listener = listener;
    }

    /**
     * Scans the next piece. The array must not change afterwards.
     *
     * @throws ProviderException if an event exceeds the bound, or the listener throws it
     */
    public void scan(byte[] bytes, int from, int to) throws ProviderException {
        int start = from;
        if (afterReturn && from < to) {
            afterReturn = false;
            start = bytes[from] == '\n' ? from + 1 : from;
        }
        for (int index = start; index < to; index++) {
            byte character = bytes[index];
            if (character != '\n' && character != '\r') {
                continue;
            }
            int next = index + 1;
            if (character == '\r') {
                if (next < to && bytes[next] == '\n') {
                    next++;
                } else {
                    afterReturn = next == to;
                }
            }
            endLine(bytes, start, index, next);
            start = next;
            index = next - 1;
        }
        keep(bytes, start, to);
    }

    /** Scans what is left when the stream ends without a closing blank line, as some servers do. */
    public void finish() throws ProviderException {
        if (lineLength > 0) {
            endLine(NONE, 0, 0, 0);
        }
        if (dataLines > 0) {
            endEvent(0);
        }
    }

    private void endLine(byte[] bytes, int from, int to, int end) throws ProviderException {
        byte[] source = bytes;
        int start = from;
        int stop = to;
        if (lineLength > 0) {
            keep(bytes, from, to);
            source = Arrays.copyOf(line, lineLength);
            start = 0;
            stop = lineLength;
            lineLength = 0;
        }
        if (atStart) {
            atStart = false;
            start = skipByteOrderMark(source, start, stop);
        }
        if (start == stop) {
            endEvent(end);
        } else {
            field(source, start, stop);
        }
    }

    private void endEvent(int end) throws ProviderException {
        String finished = name;
        boolean hasData = dataLines > 0;
        name = null;
        dataLines = 0;
        if (hasData) {
            listener.event(finished, data, dataFrom, dataTo, end);
        } else {
            listener.blank(end);
        }
    }

    private void field(byte[] source, int from, int to) throws ProviderException {
        int colon = from;
        while (colon < to && source[colon] != ':') {
            colon++;
        }
        int value = Math.min(to, colon + 1);
        if (value < to && source[value] == ' ') {
            value++;
        }
        if (Arrays.equals(source, from, colon, DATA, 0, DATA.length)) {
            addData(source, value, to);
        } else if (Arrays.equals(source, from, colon, EVENT, 0, EVENT.length)) {
            name = new String(source, value, to - value, StandardCharsets.UTF_8);
        }
    }

    private void addData(byte[] source, int from, int to) throws ProviderException {
        if (dataLines++ == 0) {
            data = source;
            dataFrom = from;
            dataTo = to;
            return;
        }
        int before = dataTo - dataFrom;
        if ((long) before + 1 + to - from > eventBytesMax) {
            throw tooLong();
        }
        byte[] joined = new byte[before + 1 + to - from];
        System.arraycopy(data, dataFrom, joined, 0, before);
        joined[before] = '\n';
        System.arraycopy(source, from, joined, before + 1, to - from);
        data = joined;
        dataFrom = 0;
        dataTo = joined.length;
    }

    /** Keeps the beginning of a line whose end has not come yet. */
    private void keep(byte[] bytes, int from, int to) throws ProviderException {
        int added = to - from;
        if ((long) lineLength + added > eventBytesMax) {
            throw tooLong();
        }
        if (lineLength + added > line.length) {
            line = Arrays.copyOf(line, (int) Math.min(eventBytesMax, Math.max(256L, 2L * (lineLength + added))));
        }
        System.arraycopy(bytes, from, line, lineLength, added);
        lineLength += added;
    }

    private static int skipByteOrderMark(byte[] source, int from, int to) {
        boolean marked = to - from >= 3
                && (source[from] & 0xFF) == 0xEF
                && (source[from + 1] & 0xFF) == 0xBB
                && (source[from + 2] & 0xFF) == 0xBF;
        return marked ? from + 3 : from;
    }

    private ProviderException tooLong() {
        return failures.badReply("an event of its stream is longer than " + eventBytesMax + " bytes");
    }
}
