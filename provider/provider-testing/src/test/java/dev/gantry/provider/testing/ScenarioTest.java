package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {
    @Test
    void shouldReadItsFormInText() {
        assertThat(Scenario.parse("chunks=2, pace=20ms, delay=5, input=7, cached=3"))
                .isEqualTo(Scenario.chunks(2)
                        .paced(Duration.ofMillis(20))
                        .delayed(Duration.ofMillis(5))
                        .counted(7, 3, 0, 0));
        assertThat(Scenario.parse("fault=status,status=429,type=slow,retry_after=3"))
                .isEqualTo(Scenario.ECHO.with(
                        new Fault.Status(429, "slow", "simulated failure", Map.of("Retry-After", "3"))));
        assertThat(Scenario.parse("")).isEqualTo(Scenario.ECHO);
        assertThat(Scenario.parse("tool=first")).isEqualTo(Scenario.toolCall(null, "{}"));
    }

    @Test
    void shouldBeAskedForByAModelName() {
        assertThat(Scenario.ofModel("simulate:fault=die,after=3")).isEqualTo(Scenario.ECHO.with(new Fault.DieAfter(3)));
        assertThat(Scenario.ofModel("gpt-4o")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fault=unheard", "chunky=3", "chunks", "chunks=many"})
    void shouldRefuseWhatItDoesNotKnow(String form) {
        assertThatThrownBy(() -> Scenario.parse(form)).isInstanceOf(IllegalArgumentException.class);
    }
}
