package dev.gantry.provider.bedrock;

import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Takes the binary frames of {@code application/vnd.amazon.eventstream} apart as their bytes come. A frame is: its length, the
 * length of its headers, a CRC-32 of these two, the headers, the payload, a CRC-32 of everything before. Both checks and both
 * lengths are verified before anything of a frame is used; a frame is at most 16 MiB, so that is what is held at most. For one
 * thread.
 */
final class EventFrames {
    private static final int PRELUDE_BYTES = 12;
    private static final int CHECK_BYTES = 4;
    private static final int FRAME_BYTES_MIN = PRELUDE_BYTES + CHECK_BYTES;
    private static final int FRAME_BYTES_MAX = 16 * 1024 * 1024;
    private static final int HEADER_BYTES_MAX = 128 * 1024;
    private static final int TEXT = 7;

    private final UpstreamFailures failures;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private byte[] pending = new byte[8_192];
    private int length;

    /**
     * A frame whose checks were right.
     *
     * @param headers those headers that hold text, by name
     */
    record Frame(Map<String, String> headers, Buffer payload) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    EventFrames(UpstreamFailures failures) {
        this.failures = failures;
    }

    /** Returns the next whole frame, or null when more bytes are needed. */
    @Nullable
    Frame poll() {
        return frames.poll();
    }

    /** Returns whether the bytes so far end within a frame. */
    boolean isWithinFrame() {
        return length > 0;
    }

    /**
     * Takes further bytes.
     *
     * @throws ProviderException if they are not frames
     */
    void add(byte[] bytes) throws ProviderException {
        if (length + bytes.length > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(2 * pending.length, length + bytes.length));
        }
        System.arraycopy(bytes, 0, pending, length, bytes.length);
        length += bytes.length;
        int from = 0;
        while (length - from >= PRELUDE_BYTES) {
            int size = sizeOf(from);
            if (length - from < size) {
                break;
            }
            frames.add(frame(from, size));
            from += size;
        }
        if (from > 0) {
            System.arraycopy(pending, from, pending, 0, length - from);
            length -= from;
        }
    }

    /** Checks the prelude before its lengths are believed. */
    private int sizeOf(int from) throws ProviderException {
        ByteBuffer prelude = ByteBuffer.wrap(pending, from, PRELUDE_BYTES);
        long size = Integer.toUnsignedLong(prelude.getInt());
        long headers = Integer.toUnsignedLong(prelude.getInt());
        requireCheck(from, PRELUDE_BYTES - CHECK_BYTES, prelude.getInt());
        if (size < FRAME_BYTES_MIN || size > FRAME_BYTES_MAX) {
            throw failures.badReply("a frame of its stream says that it has " + size + " bytes; " + FRAME_BYTES_MIN
                    + " to " + FRAME_BYTES_MAX + " are possible");
        }
        if (headers > Math.min(HEADER_BYTES_MAX, size - FRAME_BYTES_MIN)) {
            throw failures.badReply("a frame of its stream has impossible headers");
        }
        return (int) size;
    }

    private void requireCheck(int from, int bytes, int expected) throws ProviderException {
        CRC32 check = new CRC32();
        check.update(pending, from, bytes);
        if ((int) check.getValue() != expected) {
            throw failures.badReply("a frame of its stream was damaged on the way (CRC)");
        }
    }

    private Frame frame(int from, int size) throws ProviderException {
        ByteBuffer frame = ByteBuffer.wrap(pending, from, size);
        int headerBytes = frame.getInt(from + 4);
        requireCheck(from, size - CHECK_BYTES, frame.getInt(from + size - CHECK_BYTES));
        int payload = from + PRELUDE_BYTES + headerBytes;
        Map<String, String> headers = headers(
                ByteBuffer.wrap(pending, from + PRELUDE_BYTES, headerBytes).slice());
        return new Frame(headers, Buffer.buffer(Arrays.copyOfRange(pending, payload, from + size - CHECK_BYTES)));
    }

    private Map<String, String> headers(ByteBuffer bytes) throws ProviderException {
        Map<String, String> headers = new HashMap<>();
        while (bytes.hasRemaining()) {
            String name = text(bytes, Byte.toUnsignedInt(bytes.get()));
            int type = next(bytes, 1).get();
            int size = switch (type) {
                case 0, 1 -> 0; // True and false.
                case 2 -> 1;
                case 3 -> 2;
                case 4 -> 4;
                case 5, 8 -> 8; // A long, a time.
                case 6, TEXT -> Short.toUnsignedInt(next(bytes, 2).getShort());
                case 9 -> 16; // A UUID.
                default -> throw failures.badReply("a header in its stream is of an unknown type");
            };
            if (type == TEXT) {
                headers.put(name, text(bytes, size));
            } else {
                next(bytes, size);
            }
        }
        return headers;
    }

    private String text(ByteBuffer bytes, int size) throws ProviderException {
        return StandardCharsets.UTF_8.decode(next(bytes, size)).toString();
    }

    /** Takes the next bytes of the headers, which may be fewer than they claim. */
    private ByteBuffer next(ByteBuffer bytes, int size) throws ProviderException {
        if (bytes.remaining() < size) {
            throw failures.badReply("a header in its stream is cut off");
        }
        ByteBuffer slice = bytes.slice(bytes.position(), size);
        bytes.position(bytes.position() + size);
        return slice;
    }
}
