package dev.gantry.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Frames are written by AWS's own library. */
class EventFramesTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("bedrock");

    private static byte[] frame(String type, int payloadBytes) {
        Map<String, HeaderValue> headers = new LinkedHashMap<>();
        headers.put(":event-type", HeaderValue.fromString(type));
        headers.put("bool", HeaderValue.fromBoolean(true));
        headers.put("int", HeaderValue.fromInteger(3));
        headers.put("long", HeaderValue.fromLong(4));
        headers.put("bytes", HeaderValue.fromByteArray(new byte[] {5, 6}));
        headers.put("time", HeaderValue.fromTimestamp(Instant.EPOCH));
        headers.put("uuid", HeaderValue.fromUuid(new UUID(1, 2)));
        headers.put("text", HeaderValue.fromString("grün"));
        return bytes(new Message(headers, "x".repeat(payloadBytes).getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] bytes(Message message) {
        ByteBuffer buffer = message.toByteBuffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static List<EventFrames.Frame> drain(EventFrames frames) {
        List<EventFrames.Frame> all = new ArrayList<>();
        for (EventFrames.Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
            all.add(frame);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 1_000, 1_000_000})
    void shouldReadFramesHoweverTheyAreCut(int piece) throws ProviderException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        int[] sizes = {0, 1, 500, 30_000, 3};
        for (int index = 0; index < sizes.length; index++) {
            stream.writeBytes(frame("type-" + index, sizes[index]));
        }
        byte[] all = stream.toByteArray();
        EventFrames frames = new EventFrames(FAILURES);
        List<EventFrames.Frame> read = new ArrayList<>();
        for (int from = 0; from < all.length; from += piece) {
            frames.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + piece)));
            read.addAll(drain(frames));
        }
        assertThat(frames.isWithinFrame()).isFalse();
        assertThat(read).hasSize(sizes.length);
        for (int index = 0; index < sizes.length; index++) {
            assertThat(read.get(index).header(":event-type")).isEqualTo("type-" + index);
            assertThat(read.get(index).header("text")).isEqualTo("grün");
            assertThat(read.get(index).payload().length()).isEqualTo(sizes[index]);
        }
    }

    @Test
    void shouldNoticeEveryChangedByte() {
        byte[] good = frame("type", 20);
        Random random = new Random(7);
        for (int index = 0; index < good.length; index++) {
            byte[] bad = good.clone();
            bad[index] ^= (byte) (1 + random.nextInt(255));
            assertThatThrownBy(() -> new EventFrames(FAILURES).add(bad))
                    .as("byte %s", index)
                    .isInstanceOf(ProviderException.class);
        }
    }

    @Test
    void shouldKnowThatAFrameIsCut() throws ProviderException {
        byte[] good = frame("type", 20);
        for (int length = 1; length < good.length; length++) {
            EventFrames frames = new EventFrames(FAILURES);
            frames.add(Arrays.copyOf(good, length));
            assertThat(frames.isWithinFrame()).isTrue();
            assertThat(frames.poll()).isNull();
        }
    }

    /** Lengths with a right check, so that only their own bounds can refuse them. */
    @ParameterizedTest
    @ValueSource(longs = {0, 15, 16L * 1024 * 1024 + 1, 0x7fffffffL, 0x80000000L, 0xffffffffL})
    void shouldNotBelieveImpossibleLengths(long length) {
        assertThatThrownBy(() -> new EventFrames(FAILURES).add(prelude(length, 0)))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining(length + " bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 0x7fffffffL, 0xffffffffL})
    void shouldNotBelieveHeadersBeyondTheFrame(long headers) {
        assertThatThrownBy(() -> new EventFrames(FAILURES).add(prelude(20, headers)))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("impossible headers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7f", "0161", "016107", "01610700ff61", "01610a", "ff616263"})
    void shouldNotReadBeyondHeaders(String hex) {
        assertThatThrownBy(() -> new EventFrames(FAILURES).add(withHeaders(hex)))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("a header in its stream");
    }

    /** A byte and a short, which AWS's library announces and then leaves out. */
    @Test
    void shouldPassOverNumbers() throws ProviderException {
        EventFrames frames = new EventFrames(FAILURES);
        frames.add(withHeaders("016102ff" + "0162030001" + "016307000178"));
        assertThat(drain(frames)).extracting(frame -> frame.header("c")).containsExactly("x");
    }

    private static byte[] withHeaders(String hex) {
        byte[] headers = HexFormat.of().parseHex(hex);
        ByteBuffer frame = ByteBuffer.allocate(16 + headers.length);
        frame.put(prelude(16 + headers.length, headers.length)).put(headers);
        CRC32 check = new CRC32();
        check.update(frame.array(), 0, 12 + headers.length);
        return frame.putInt((int) check.getValue()).array();
    }

    private static byte[] prelude(long length, long headers) {
        ByteBuffer prelude = ByteBuffer.allocate(12).putInt((int) length).putInt((int) headers);
        CRC32 check = new CRC32();
        check.update(prelude.array(), 0, 8);
        return prelude.putInt((int) check.getValue()).array();
    }
}
