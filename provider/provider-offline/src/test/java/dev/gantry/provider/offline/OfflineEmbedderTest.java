package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.gantry.provider.CallContext;
import dev.gantry.provider.EmbeddingRequest;
import dev.gantry.provider.Embeddings;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OfflineEmbedderTest {
    private static final OfflineProvider PROVIDER = new OfflineProvider();

    @AfterAll
    static void close() {
        PROVIDER.close();
    }

    private static Embeddings embed(Duration timeout, @Nullable Integer dimensions, List<String> texts)
            throws ProviderException {
        return PROVIDER.embedder()
                .orElseThrow()
                .embed(
                        new EmbeddingRequest(OfflineProvider.EMBEDDING_MODEL, texts, dimensions, null),
                        new CallContext(timeout, timeout, null, "request-1", null));
    }

    private static Embeddings embed(String... texts) throws ProviderException {
        return embed(Duration.ofSeconds(30), null, List.of(texts));
    }

    private static double similarity(float[] one, float[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(index -> (double) one[index] * other[index])
                .sum();
    }

    /** The first numbers that the model's usual runtime, with Hugging Face's tokenizer, gives for these texts. */
    static Stream<Arguments> references() {
        return Stream.of(
                Arguments.of(
                        "How do I rotate an API key?",
                        new float[] {-0.04740f, 0.05467f, -0.05950f, -0.06569f, -0.08781f, 0.01062f}),
                Arguments.of(
                        "Grüße, naïve café — 世界 über!!",
                        new float[] {0.02123f, 0.07685f, -0.00052f, -0.01786f, -0.01155f, 0.08998f}),
                Arguments.of(
                        "x_y-z 12.5% $10 `code` ~tilde^",
                        new float[] {-0.05871f, 0.08285f, -0.06079f, -0.09010f, -0.04738f, -0.05357f}),
                Arguments.of(
                        "Ünïcödé\u200bzero\u0007bell\ttab  İstanbul ﬁ ²",
                        new float[] {0.04846f, -0.04560f, -0.02992f, 0.00544f, -0.14511f, 0.00314f}));
    }

    /** 8-bit arithmetic differs a little from processor to processor. */
    @ParameterizedTest
    @MethodSource("references")
    void shouldGiveTheVectorsOfTheModel(String text, float[] expected) throws ProviderException {
        float[] vector = embed(text).vectors().getFirst();
        assertThat(Arrays.copyOf(vector, expected.length)).containsExactly(expected, within(0.01f));
    }

    @Test
    void shouldPutTextsOfOneMeaningNearEachOther() throws ProviderException {
        List<float[]> vectors = embed(
                        "A man is eating a piece of bread", "Somebody eats bread", "The quarterly report is late")
                .vectors();
        double near = similarity(vectors.get(0), vectors.get(1));
        double far = similarity(vectors.get(0), vectors.get(2));
        assertThat(near).isGreaterThan(far + 0.4);
    }

    @Test
    void shouldGiveVectorsOfLengthOneWithExactCounts() throws ProviderException {
        Embeddings embeddings = embed("hello world", "", "hello world");
        assertThat(embeddings.vectors()).hasSize(3).allSatisfy(vector -> {
            assertThat(vector).hasSize(384);
            assertThat(similarity(vector, vector)).isCloseTo(1, within(1e-5));
        });
        assertThat(embeddings.vectors().get(0)).isEqualTo(embeddings.vectors().get(2));
        assertThat(embeddings.usage()).isNotNull().satisfies(usage -> {
            assertThat(usage.input()).isEqualTo(4 + 2 + 4);
            assertThat(usage.output()).isZero();
            assertThat(usage.estimated()).isFalse();
        });
    }

    @Test
    void shouldReadLongTextsToTheirEnd() throws ProviderException {
        String filler = "The committee met on Tuesday and adjourned without a decision. ".repeat(30);
        List<float[]> vectors = embed(
                        filler,
                        filler + "Penguins swim faster than they walk. ".repeat(40),
                        "Penguins swim faster than they walk.")
                .vectors();
        assertThat(similarity(vectors.get(1), vectors.get(2)))
                .isGreaterThan(similarity(vectors.get(0), vectors.get(2)) + 0.2);
    }

    @Test
    void shouldRefuseWhatItCannotDo() {
        assertThat(failure(() -> embed(Duration.ofSeconds(30), 128, List.of("x")))
                        .failure())
                .isEqualTo(Failure.UNSUPPORTED);
        assertThat(failure(() -> embed("word ".repeat(OfflineEmbedder.TEXT_PIECES_MAX + 1))))
                .hasMessageContaining("text 0 has 8193 tokens")
                .extracting(ProviderException::failure)
                .isEqualTo(Failure.REJECTED);
        assertThat(failure(() -> PROVIDER.embedder()
                                .orElseThrow()
                                .embed(
                                        new EmbeddingRequest("extract", List.of("x"), null, null),
                                        new CallContext(
                                                Duration.ofSeconds(9), Duration.ofSeconds(9), null, "request-1", null)))
                        .failure())
                .isEqualTo(Failure.UNKNOWN_MODEL);
    }

    @Test
    void shouldKeepToItsDeadline() throws ProviderException {
        embed("so that the model is loaded");
        List<String> many = IntStream.range(0, 2_000)
                .mapToObj(index -> "sentence number " + index + " of many")
                .toList();
        assertThat(failure(() -> embed(Duration.ofMillis(50), null, many)).failure())
                .isEqualTo(Failure.TIMEOUT);
    }

    private static ProviderException failure(ThrowingCallable call) {
        return catchThrowableOfType(ProviderException.class, call);
    }
}
