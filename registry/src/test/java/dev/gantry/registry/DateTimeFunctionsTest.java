package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateTimeFunctionsTest {
    private final DateTimeFunctions functions = new DateTimeFunctions(
            Clock.fixed(Instant.parse("2028-02-29T23:30:15.123Z"), ZoneId.of("America/New_York")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "now          | 2028-02-29T18:30:15-05:00",
                "time         | 18:30:15",
                "unix         | 1835479815",
                "today        | 2028-02-29",
                "full         | Tuesday, February 29, 2028",
                "month        | February",
                "year         | 2028",
                "startofhour  | 2028-02-29T18:00:00-05:00",
                "endofhour    | 2028-02-29T18:59:59-05:00",
                "startofday   | 2028-02-29T00:00:00-05:00",
                "endofday     | 2028-02-29T23:59:59-05:00",
                "startofweek  | 2028-02-27",
                "endofweek    | 2028-03-04",
                "startofmonth | 2028-02-01",
                "endofmonth   | 2028-02-29",
                "startofyear  | 2028-01-01",
                "endofyear    | 2028-12-31"
            })
    void shouldTellTheMomentInTheZoneOfTheClock(String operation, String expected) {
        assertThat(functions.call(operation, "")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "-1d,2028-02-28",
        "1d,2028-03-01",
        "-2w,2028-02-15",
        "-1m,2028-01-29",
        "+12m,2029-02-28",
        "-1y,2027-02-28",
        "-1h,2028-02-29T17:30:15-05:00"
    })
    void shouldCountFromNow(String relative, String expected) {
        assertThat(functions.call("rel", relative)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "d", "1", "1x", "1.5d", "99999999y", "--1d", "-1d extra"})
    void shouldRefuseWhatIsNoPeriod(String relative) {
        assertRefused(ErrorCode.INVALID_VARIABLE, () -> functions.call("rel", relative), "plugin:datetime:rel");
    }

    @Test
    void shouldHaveAnAnswerForEveryOperation() {
        for (String operation : DateTimeFunctions.OPERATIONS) {
            assertThat(functions.call(operation, "1d")).isNotEmpty();
        }
    }
}
