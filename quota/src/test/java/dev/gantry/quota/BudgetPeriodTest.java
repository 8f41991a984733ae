package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetPeriodTest {
    private static BudgetWindow window(BudgetPeriod period, String moment, String zone) {
        return period.window(Instant.parse(moment), ZoneId.of(zone));
    }

    @ParameterizedTest
    @CsvSource({
        "DAY, 2026-11-21T22:59:59Z, Europe/Berlin, 2026-11-20T23:00:00Z, 2026-11-21T23:00:00Z",
        "DAY, 2026-11-21T23:00:00Z, Europe/Berlin, 2026-11-21T23:00:00Z, 2026-11-22T23:00:00Z",
        "DAY, 2026-11-21T18:14:59Z, Asia/Kathmandu, 2026-11-20T18:15:00Z, 2026-11-21T18:15:00Z",
        "MONTH, 2026-11-30T23:00:00Z, Europe/Berlin, 2026-11-30T23:00:00Z, 2026-12-31T23:00:00Z",
        "MONTH, 2024-02-29T12:00:00Z, UTC, 2024-02-01T00:00:00Z, 2024-03-01T00:00:00Z"
    })
    void shouldBeginAndEndByTheCalendarOfTheZone(
            BudgetPeriod period, String moment, String zone, Instant start, Instant end) {
        assertThat(window(period, moment, zone)).isEqualTo(new BudgetWindow(start, end));
    }

    @Test
    void shouldMakeTheDaysOnWhichClocksChangeShorterAndLonger() {
        BudgetWindow spring = window(BudgetPeriod.DAY, "2026-03-29T12:00:00Z", "Europe/Berlin");
        BudgetWindow autumn = window(BudgetPeriod.DAY, "2026-10-25T12:00:00Z", "Europe/Berlin");

        assertThat(Duration.between(spring.start(), spring.end())).isEqualTo(Duration.ofHours(23));
        assertThat(Duration.between(autumn.start(), autumn.end())).isEqualTo(Duration.ofHours(25));
    }

    /** In Santiago clocks go from 24:00 to 1:00, so that the day has no midnight. */
    @Test
    void shouldBeginADayWithoutMidnightAtItsFirstMoment() {
        BudgetWindow day = window(BudgetPeriod.DAY, "2026-09-06T12:00:00Z", "America/Santiago");

        assertThat(day.start()).isEqualTo(Instant.parse("2026-09-06T04:00:00Z"));
        assertThat(Duration.between(day.start(), day.end())).isEqualTo(Duration.ofHours(23));
    }

    @Test
    void shouldLeaveNoMomentBetweenWindowsAndNoneInTwo() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        Instant moment = Instant.parse("2026-01-01T00:00:00Z");
        for (int hour = 0; hour < 24 * 400; hour++) {
            BudgetWindow day = BudgetPeriod.DAY.window(moment, zone);
            assertThat(day.contains(moment)).isTrue();
            assertThat(BudgetPeriod.DAY.window(day.end(), zone).start()).isEqualTo(day.end());
            moment = moment.plus(Duration.ofMinutes(59));
        }
    }
}
