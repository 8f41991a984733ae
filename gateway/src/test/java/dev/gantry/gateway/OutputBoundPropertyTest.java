package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a body says of its answer's length: the bound that is reserved holds for what is sent to a provider. */
class OutputBoundPropertyTest {
    @Provide
    Arbitrary<String> field() {
        Arbitrary<String> names = Arbitraries.of("max_tokens", "max_completion_tokens", "max_output_tokens", "n");
        Arbitrary<String> values = Arbitraries.of(
                "1",
                "7",
                "100000",
                "0",
                "-1",
                "null",
                "\"9\"",
                "7.0",
                "7.5",
                "[]",
                "{\"max_tokens\":1}",
                "99999999999");
        return names.flatMap(name -> values.map(value -> "\"" + name + "\":" + value));
    }

    @Provide
    Arbitrary<List<String>> fields() {
        return field().list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<ClientSchema> schema() {
        return Arbitraries.of(ClientSchema.OPENAI_CHAT, ClientSchema.OPENAI_RESPONSES, ClientSchema.ANTHROPIC_MESSAGES);
    }

    @Property(tries = 2_000)
    void shouldNeverBoundWhatIsSentByLess(
            @ForAll("schema") ClientSchema schema, @ForAll("fields") List<String> fields) {
        String body =
                "{\"model\":\"m\",\"store\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"input\":\"hi\""
                        + (fields.isEmpty() ? "" : "," + String.join(",", fields)) + "}";
        Prompt.Raw prompt;
        Integer sent;
        try {
            prompt = Prompt.Raw.read(schema, body.getBytes(StandardCharsets.UTF_8), Map.of());
            sent = prompt.conversation().outputTokensMax();
        } catch (GantryException refused) {
            return;
        }
        long bound = prompt.head().outputTokens();
        if (sent == null) {
            assertThat(bound).as(body).isEqualTo(-1);
        } else if (bound >= 0) {
            assertThat(bound).as(body).isGreaterThanOrEqualTo(sent);
        }
    }
}
