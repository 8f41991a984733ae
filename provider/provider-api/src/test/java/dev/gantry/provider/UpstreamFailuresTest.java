package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.ProviderException.Failure;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamFailuresTest {
    private final UpstreamFailures failures = new UpstreamFailures("acme");

    private ProviderException status(int status, String body) {
        return failures.status(status, HttpHeaders.headers(), Buffer.buffer(body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"message\":\"no good\",\"code\":\"bad\"}} | no good | bad",
                "{\"type\":\"error\",\"error\":{\"type\":\"bad\",\"message\":\"no good\"}} | no good | bad",
                "{\"error\":\"no good\"} | no good |",
                "{\"message\":\"no good\",\"code\":400} | no good |",
                "{\"detail\":\"no good\"} | no good |",
                "[{\"error\":{\"message\":\"no good\",\"status\":\"bad\"}}] | no good | bad"
            })
    void shouldFindTheWordsInEveryForm(String body, String words, String code) {
        ProviderException failure = status(400, body);
        assertThat(failure.upstreamMessage()).contains(words);
        assertThat(failure.upstreamCode().orElse(null)).isEqualTo(code);
        assertThat(failure).hasMessage("Provider 'acme' rejected the request (status 400): no good");
    }

    @ParameterizedTest
    @CsvSource({"<html>, ''", "'', ''", "null, ''", "3, ''"})
    void shouldLiveWithBodiesThatSayNothing(String body, String ignored) {
        assertThat(status(500, body)).hasMessage("Provider 'acme' is not available (status 500)");
    }

    @Test
    void shouldNotRepeatKeysThatTheProviderQuotes() {
        ProviderException failure = status(401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-abc\"}}");
        assertThat(failure).hasMessageNotContaining("sk-abc");
        assertThat(failure.upstreamMessage()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Your API key was reported as leaked. Please use another API key. | AUTHENTICATION",
                "Authentication failed: Please make sure your API Key is valid. | AUTHENTICATION",
                "API key not valid. Please pass a valid API key. | AUTHENTICATION",
                "Invalid API key | AUTHENTICATION",
                "Method doesn't allow unregistered callers (callers without established identity). | AUTHENTICATION",
                "Your API key does not have permission to use this. | DENIED",
                "Forbidden | DENIED"
            })
    void shouldTellBadKeysFromGoodOnesThatMayNotDoIt(String words, Failure expected) {
        ProviderException failure =
                status(403, "{\"error\":{\"message\":\"" + words + "\",\"status\":\"PERMISSION_DENIED\"}}");
        assertThat(failure.failure()).isEqualTo(expected);
        assertThat(failure.upstreamMessage()).isEmpty();
    }

    @Test
    void shouldKeepLongWordsShortAndStorable() {
        ProviderException failure = status(400, "{\"error\":\"" + "\\u0000x".repeat(5_000) + "\"}");
        assertThat(failure.getMessage()).hasSizeLessThan(700).doesNotContain("\u0000");
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 7, 7000",
        "retry-after, 0.5, 500",
        "retry-after-ms, 1500, 1500",
        "retry-after, 99999999, 86400000",
        "retry-after-ms, -5, 0"
    })
    void shouldReadWhenToComeBack(String name, String value, long milliseconds) {
        MultiMap headers = HttpHeaders.headers().add(name, value);
        assertThat(failures.status(429, headers, Buffer.buffer()).retryAfter())
                .contains(Duration.ofMillis(milliseconds));
    }

    @Test
    void shouldReadADate() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10));
        MultiMap headers = HttpHeaders.headers().add("retry-after", date);
        assertThat(failures.status(503, headers, Buffer.buffer()).retryAfter())
                .hasValueSatisfying(wish -> assertThat(wish).isBetween(Duration.ofMinutes(8), Duration.ofMinutes(10)));
    }

    @ParameterizedTest
    @CsvSource({"retry-after, soon", "retry-after, ''", "retry-after-ms, NaNs", "retry-after, -"})
    void shouldIgnoreWishesThatCannotBeRead(String name, String value) {
        MultiMap headers = HttpHeaders.headers().add(name, value);
        assertThat(failures.status(429, headers, Buffer.buffer()).retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "302, BAD_REPLY",
        "404, REJECTED",
        "409, UNAVAILABLE",
        "402, RATE_LIMITED",
        "504, TIMEOUT",
        "418, REJECTED"
    })
    void shouldClassRareStatuses(int status, Failure expected) {
        assertThat(status(status, "{\"error\":\"nothing here\"}").failure()).isEqualTo(expected);
    }
}
