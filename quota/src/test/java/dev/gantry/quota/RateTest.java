package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {
    @ParameterizedTest
    @CsvSource({
        "10/minute, 10, 60, minute",
        "100/minute, 100, 60, minute",
        "1000/minute, 1000, 60, minute",
        "10 per minute, 10, 60, minute",
        "7, 7, 60, minute",
        "5000/hour, 5000, 3600, hour",
        "1/second, 1, 1, second",
        "20/10s, 20, 10, 10 seconds",
        "1000000000/day, 1000000000, 86400, day",
        "' 3 / MINUTE ', 3, 60, minute"
    })
    void shouldReadRatesAsTheGuidesWriteThem(String text, int amount, long seconds, String words) {
        Rate rate = Rate.parse(text);

        assertThat(rate.amount()).isEqualTo(amount);
        assertThat(rate.window()).hasSeconds(seconds);
        assertThat(rate.windowWords()).isEqualTo(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0/minute",
                "-1/minute",
                "1000000001/minute",
                "99999999999999999999/minute",
                "10/",
                "/minute",
                "ten/minute",
                "10/fortnight",
                "10/0s",
                "10/10ms",
                "10/32d",
                "10//minute",
                "1.5/minute",
                "",
                "10/minute/user"
            })
    void shouldRefuseWhatIsNoRate(String text) {
        assertThatThrownBy(() -> Rate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must be a number from 1 to 1000000000");
    }
}
