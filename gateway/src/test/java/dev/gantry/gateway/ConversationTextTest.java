package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Sampling;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConversationTextTest {
    @Test
    void shouldDifferWithEveryOptionOfSampling() {
        assertThat(Stream.of(
                                new Sampling(null, null, null),
                                new Sampling(1, null, null),
                                new Sampling(null, 1.0, null),
                                new Sampling(null, null, 1.0))
                        .map(ConversationTextTest::text))
                .doesNotHaveDuplicates();
        assertThat(text(new Sampling(1, 0.5, 1.0))).isEqualTo(text(new Sampling(1, 0.5, 1.0)));
    }

    private static String text(Sampling sampling) {
        return ConversationText.of(new ChatRequest(
                "model",
                List.of(Message.text(Role.USER, "Hi")),
                false,
                null,
                null,
                null,
                List.of(),
                null,
                List.of(),
                new ToolChoice.Auto(),
                null,
                new OutputFormat.PlainText(),
                null,
                null,
                sampling));
    }
}
