package dev.gantry.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

    private final DatabaseClock clock = new DatabaseClock(Clock.fixed(START, ZoneOffset.UTC));

    private void hear(long tookMillis, long aheadMillis) {
        clock.adjust(START, START.plusMillis(tookMillis / 2 + aheadMillis), START.plusMillis(tookMillis));
    }

    @Test
    void shouldBelieveAnAnswerThatTookLongOnlyAsLongAsNothingBetterIsKnown() {
        hear(4_000, 90);
        assertThat(clock.now()).isEqualTo(START.plusMillis(90));
        hear(9_000, 700);
        assertThat(clock.now()).as("an even slower one").isEqualTo(START.plusMillis(90));
        hear(20, 50);
        assertThat(clock.now()).as("a quick one").isEqualTo(START.plusMillis(50));
        hear(4_000, 90);
        assertThat(clock.now()).as("a slow one again").isEqualTo(START.plusMillis(50));
        hear(30, 60);
        assertThat(clock.now()).as("the newest of quick ones").isEqualTo(START.plusMillis(60));
    }

    @Test
    void shouldBelieveASlowAnswerWhenWhatIsKnownIsOld() {
        hear(20, 50);
        Instant soon = START.plus(Duration.ofMinutes(30));
        clock.adjust(soon, soon.plusMillis(1_000 + 300), soon.plusMillis(2_000));
        assertThat(clock.now()).as("half an hour later").isEqualTo(START.plusMillis(50));
        Instant late = START.plus(Duration.ofHours(2));
        clock.adjust(late, late.plusMillis(1_000 + 300), late.plusMillis(2_000));
        assertThat(clock.now()).as("two hours later").isEqualTo(START.plusMillis(300));
    }

    @Test
    void shouldNotBelieveAnAnswerDuringWhichTheLocalClockWasSetBack() {
        hear(20, 50);
        clock.adjust(START, START.plusSeconds(5), START.minusSeconds(60));
        assertThat(clock.now()).isEqualTo(START.plusMillis(50));
    }
}
