package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelsSettings;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatedInstructionsTest {
    private static final String LONG = "Look for what an attacker could do with each input. ".repeat(200);

    private final AtomicLong now = new AtomicLong();
    private final RepeatedInstructions repeated = new RepeatedInstructions(now::get);
    private final UUID organization = new UUID(1, 1);
    private final ModelCatalog models = ModelCatalog.of(ConfigLoader.loadText(
                    "models.yaml",
                    """
                    models:
                      alpha: {provider: one, prices: {input: 1, output: 2}}
                      beta: {provider: one, prices: {input: 1, output: 2}}
                    """,
                    ConfigSchema.builder().topLevel(ModelsSettings.class).build())
            .get(ModelsSettings.class));

    @Test
    void shouldMarkInstructionsThatComeAgain() {
        assertThat(isMarked(organization, "alpha", LONG)).isFalse();
        assertThat(isMarked(organization, "alpha", LONG)).isTrue();
        assertThat(isMarked(organization, "alpha", LONG)).isTrue();
    }

    @Test
    void shouldTellInstructionsModelsAndOrganizationsApart() {
        isMarked(organization, "alpha", LONG);

        assertThat(isMarked(organization, "alpha", LONG + "Be brief.")).isFalse();
        assertThat(isMarked(organization, "beta", LONG)).isFalse();
        assertThat(isMarked(new UUID(1, 2), "alpha", LONG)).isFalse();
    }

    @Test
    void shouldForgetInstructionsThatDidNotComeForFiveMinutes() {
        isMarked(organization, "alpha", LONG);
        now.addAndGet(Duration.ofSeconds(301).toNanos());

        assertThat(isMarked(organization, "alpha", LONG)).isFalse();
    }

    @Test
    void shouldLeaveAloneWhatIsTooShortToBeKept() {
        isMarked(organization, "alpha", "Be brief.");

        assertThat(isMarked(organization, "alpha", "Be brief.")).isFalse();
    }

    @Test
    void shouldPutTheMarkBehindTheInstructionsAndBeforeTheInput() {
        mark(organization, "alpha", LONG);

        assertThat(mark(organization, "alpha", LONG).messages())
                .containsExactly(
                        new Message(Role.SYSTEM, List.of(new Part.Text(LONG), new Part.CacheMark(null))),
                        Message.text(Role.USER, "Hello"));
    }

    private boolean isMarked(UUID from, String model, String instructions) {
        return mark(from, model, instructions).messages().stream()
                .flatMap(message -> message.parts().stream())
                .anyMatch(Part.CacheMark.class::isInstance);
    }

    private ChatRequest mark(UUID from, String name, String instructions) {
        Model model = models.require(name);
        return repeated.mark(
                from,
                model,
                ChatRequest.of(
                        name, List.of(Message.text(Role.SYSTEM, instructions), Message.text(Role.USER, "Hello"))));
    }
}
