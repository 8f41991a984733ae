package dev.gantry.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTest {
    @Nested
    class Identifiers {
        @Test
        void shouldIncreaseStrictlyAcrossThreads() throws InterruptedException {
            Set<UUID> all = Collections.synchronizedSet(new HashSet<>());
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(number -> Thread.ofPlatform().start(() -> {
                        UUID last = Ids.next();
                        for (int count = 0; count < 20_000; count++) {
                            UUID next = Ids.next();
                            assertThat(Long.compareUnsigned(
                                            next.getMostSignificantBits(), last.getMostSignificantBits()))
                                    .isPositive();
                            all.add(next);
                            last = next;
                        }
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(all).hasSize(80_000).allMatch(id -> id.version() == 7 && id.variant() == 2);
        }

        @Test
        void shouldOrderByTime() {
            UUID floor = Ids.floor(Instant.now().plusMillis(2_000));
            assertThat(Ids.next()).isLessThan(floor);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "1-1-1-1-1", "0190-x", "{01900000-0000-7000-8000-000000000000}"})
        void shouldRefuseWhatIsNoUuid(String text) {
            assertThatThrownBy(() -> Ids.parse("key", text)).hasMessageContaining("key");
        }
    }

    @Nested
    class Money {
        @ParameterizedTest
        @CsvSource({"0,$0.00", "1,$0.000001", "1500,$0.0015", "10000,$0.01", "1234567,$1.2346", "5000000,$5.00"})
        void shouldReadWellAtEverySize(long micro, String shown) {
            assertThat(new MicroDollars(micro)).hasToString(shown);
        }

        @Test
        void shouldNeverRoundAPriceSilently() {
            assertThat(MicroDollars.ofDollars(new BigDecimal("0.000001")).value())
                    .isEqualTo(1);
            assertThatThrownBy(() -> MicroDollars.ofDollars(new BigDecimal("0.0000001")))
                    .isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(() -> new MicroDollars(Long.MAX_VALUE).plus(new MicroDollars(1)))
                    .isInstanceOf(ArithmeticException.class);
        }
    }

    @Nested
    class Encoding {
        @Test
        void shouldAgreeWithTheJdkOnEveryShortSequence() {
            Random random = new Random(7);
            byte[] bytes = new byte[4];
            for (int round = 0; round < 300_000; round++) {
                random.nextBytes(bytes);
                bytes[0] |= (byte) (round % 2 == 0 ? 0x80 : 0xC0);
                assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(decodes(bytes));
            }
        }

        private boolean decodes(byte[] bytes) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return true;
            } catch (CharacterCodingException malformed) {
                return false;
            }
        }

        @Test
        void shouldSayWhatIsWrongWithJsonAndNothingOfItsReader() {
            assertThatThrownBy(() -> Json.read("{"))
                    .hasMessage(
                            "The body is not valid JSON at line 1, column 2: Unexpected end-of-input: expected close"
                                    + " marker for Object");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"{\"a\":1,\"a\":2}", "{\"a\":1}x", "", "{a:1}", "[1,]", "\"\u0001\"", "+1", "{\"a\":1e}"})
        void shouldRefuseJsonThatReadersDisagreeOn(String text) {
            assertThatThrownBy(() -> Json.read(text))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }

        @Test
        void shouldPointToTheWrongField() {
            JsonFields fields =
                    JsonFields.of(Json.readObject("{\"a\":{\"b\":[{\"c\":1}]}}".getBytes(StandardCharsets.UTF_8)));
            JsonFields inner = fields.object("a");
            assertThat(inner).isNotNull();
            assertThatThrownBy(() -> inner.objects("b").getFirst().requireText("c"))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.errors().getFirst().pointer())
                                    .isEqualTo("/a/b/0/c"));
        }
    }

    @Nested
    class Suggestions {
        @ParameterizedTest
        @CsvSource({"sumarize,summarize", "summraize,summarize", "GPT-4O,gpt-4o"})
        void shouldGuessWhatWasMeant(String written, String meant) {
            assertThat(Text.nearest(written, List.of("summarize", "review_code", "gpt-4o")))
                    .contains(meant);
        }

        @Test
        void shouldStaySilentWhenNothingIsNear() {
            assertThat(Text.nearest("xyzzy", List.of("summarize"))).isEmpty();
        }
    }

    @Test
    void shouldNeverPrintASecret() {
        assertThat("key=" + Secret.of("hunter2")).doesNotContain("hunter2");
    }
}
