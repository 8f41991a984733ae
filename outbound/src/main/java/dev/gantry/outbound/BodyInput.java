package dev.gantry.outbound;

import dev.gantry.outbound.OutboundReply.AnswerTooLargeException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer, whichever way it is framed, up to a bound. Used by one thread. */
final class BodyInput extends InputStream {
    static final long CHUNKS = -1;
    static final long TO_THE_END = -2;
    private static final int CHUNK_LINE_MAX = 1_024;

    private final InputStream input;
    private final long framing;
    private final long bytesMax;
    private long bytesRead;
    /** Of the body, or of the chunk that is being read. */
    private long left;

    private boolean ended;
    private boolean within;

    /**
     * A body.
     *
     * @param framing its length, {@link #CHUNKS} or {@link #TO_THE_END}
     */
    BodyInput(InputStream input, long framing, long bytesMax) throws IOException {
        this.input = input;
        this.framing = framing;
        this.bytesMax = bytesMax;
        this.left = framing >= 0 ? framing : 0;
        if (framing > bytesMax) {
            throw new AnswerTooLargeException(bytesMax);
        }
    }

    static long number(String digits, int radix) throws IOException {
        try {
            long number = Long.parseLong(digits, radix);
            if (number >= 0 && digits.charAt(0) != '+') {
                return number;
            }
        } catch (NumberFormatException malformed) {
            // Reported below, together with negative numbers.
        }
        throw new IOException("Malformed length");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (ended || !more()) {
            ended = true;
            return -1;
        }
        int most = framing == TO_THE_END ? length : (int) Math.min(length, left);
        int count = input.read(bytes, offset, most);
        if (count < 0) {
            if (framing == TO_THE_END) {
                ended = true;
                return -1;
            }
            throw new EOFException("The answer ends early");
        }
        left -= count;
        bytesRead += count;
        if (bytesRead > bytesMax) {
            throw new AnswerTooLargeException(bytesMax);
        }
        return count;
    }

    private boolean more() throws IOException {
        if (framing == TO_THE_END || left > 0) {
            return true;
        }
        if (framing != CHUNKS) {
            return false;
        }
        if (within && !line().isEmpty()) {
            throw new IOException("Malformed chunk");
        }
        within = true;
        left = number(line().split(";", 2)[0].strip(), 16);
        if (left > bytesMax - bytesRead) {
            throw new AnswerTooLargeException(bytesMax);
        }
        return left > 0;
    }

    private String line() throws IOException {
        return OutboundReply.line(input, new int[] {CHUNK_LINE_MAX});
    }
}
