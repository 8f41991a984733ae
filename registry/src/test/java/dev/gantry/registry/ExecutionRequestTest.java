package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionRequestTest {
    private static ExecutionRequest parse(String json) {
        return ExecutionRequest.parse(Json.readObject(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldReadEveryField() {
        assertThat(parse("""
                                {"pattern": "p", "input": "i", "model": "m", "variables": {"a": "x", "b": 2, "c": true},
                                 "stream": true, "context": "c", "strategy": "s", "session": "t", "dry_run": true,
                                 "language": "de", "temperature": 0.5, "top_p": 0.9, "max_tokens": 10, "seed": 7}
                                """))
                .isEqualTo(new ExecutionRequest(
                        "p",
                        "i",
                        "m",
                        Map.of("a", "x", "b", "2", "c", "true"),
                        true,
                        "c",
                        "s",
                        "t",
                        true,
                        "de",
                        0.5,
                        0.9,
                        10,
                        7L));
    }

    @Test
    void shouldNeedAPatternOnly() {
        assertThat(parse("{\"pattern\": \"p\", \"model\": null}")).isEqualTo(ExecutionRequest.of("p", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | pattern",
                "{\"pattern\": 1} | pattern",
                "{\"pattern\": \"p\", \"input\": []} | input",
                "{\"pattern\": \"p\", \"modle\": \"m\"} | did you mean 'model'",
                "{\"pattern\": \"p\", \"model\": \" \"} | model",
                "{\"pattern\": \"p\", \"stream\": \"yes\"} | stream",
                "{\"pattern\": \"p\", \"temperature\": 3} | temperature",
                "{\"pattern\": \"p\", \"max_tokens\": 1.5} | max_tokens",
                "{\"pattern\": \"p\", \"variables\": {\"a\": {}}} | variables.a",
                "{\"pattern\": \"p\", \"variables\": {\"a\": null}} | variables.a",
                "{\"pattern\": \"p\", \"variables\": []} | variables"
            })
    void shouldNameTheWrongField(String json, String words) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> parse(json), words);
    }
}
