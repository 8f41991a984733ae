package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventForwarderTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("test");

    /** Withholds events that hold a {@code -}, fails at {@code !}, and takes {@code end} for the end. */
    private static final class Picky implements EventInspector {
        private boolean complete;

        @Override
        public boolean inspect(byte[] bytes, int from, int to) throws ProviderException {
            String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
            if (text.contains("!")) {
                throw FAILURES.badReply("test");
            }
            complete |= text.equals("end");
            return !text.contains("-");
        }

        @Override
        public boolean isComplete() {
            return complete;
        }

        @Override
        public @Nullable TokenUsage usage() {
            return null;
        }

        @Override
        public String producedText() {
            return "";
        }
    }

    private static EventForwarder forwarder() {
        return new EventForwarder(FAILURES, new Picky());
    }

    @Test
    void shouldHandOnWholeChunksThemselves() {
        Buffer chunk = Buffer.buffer("data: a\n\ndata: b\n\n");
        assertThat(forwarder().filter(chunk)).isSameAs(chunk);
    }

    @Test
    void shouldHoldTheBeginningOfAnEventBack() {
        EventForwarder forwarder = forwarder();
        assertThat(forwarder.filter(Buffer.buffer("data: a\n\nda")).toString()).isEqualTo("data: a\n\n");
        assertThat(forwarder.filter(Buffer.buffer("ta: b")).toString()).isEmpty();
        assertThat(forwarder.filter(Buffer.buffer("\n\n")).toString()).isEqualTo("data: b\n\n");
    }

    @Test
    void shouldDeliverWhatCameBeforeAnError() {
        EventForwarder forwarder = forwarder();
        assertThat(forwarder
                        .filter(Buffer.buffer("data: a\n\ndata: !\n\ndata: b\n\n"))
                        .toString())
                .isEqualTo("data: a\n\n");
        assertThat(forwarder.refusal()).isNotNull();
    }

    @Test
    void shouldRefuseStreamsThatEndEarly() {
        EventForwarder forwarder = forwarder();
        assertThat(forwarder.filter(Buffer.buffer("data: a\n\n"))).hasToString("data: a\n\n");
        assertThatThrownBy(forwarder::end).isInstanceOf(ProviderException.class);
    }

    @Test
    void shouldWithholdTheSameEventsHoweverTheStreamIsCut() throws ProviderException {
        String stream = """
                data: a

                data: -1

                : ping

                data: -2

                data: -3

                event: x
                data: b

                data: -4

                data: c

                data: end

                data: -5

                """;
        String expected = stream.replaceAll("data: -[0-9]\n\n", "");
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            EventForwarder forwarder = forwarder();
            StringBuilder sent = new StringBuilder();
            int from = 0;
            while (from < stream.length()) {
                int to = Math.min(stream.length(), from + 1 + random.nextInt(40));
                sent.append(forwarder.filter(Buffer.buffer(stream.substring(from, to))));
                from = to;
            }
            sent.append(forwarder.end());
            assertThat(sent).asString().isEqualTo(expected);
        }
    }
}
