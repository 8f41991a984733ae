package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateAdmissionTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | 500",
                "`\"max_tokens\":7,` | 7",
                "`\"max_completion_tokens\":7000,` | 7000",
                "`\"max_tokens\":7,\"n\":3,` | 21",
                "`\"n\":3,` | 1500",
                "`\"max_tokens\":null,` | 500",
                "`\"max_tokens\":99999999999999999999,` | 1000000000"
            })
    void shouldEstimateTheAnswerOfABodyByItsOwnBound(String fields, long answer) {
        byte[] body =
                "{\"model\":\"m\",\"messages\":[],%s\"x\":1}".formatted(fields).getBytes(StandardCharsets.UTF_8);

        long tokens = RateAdmission.tokens(Prompt.Raw.read(ClientSchema.OPENAI_CHAT, body, Map.of()), 500);

        assertThat(tokens).isEqualTo(answer + body.length / 4);
    }
}
