package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW = 60 * SECOND;

    private record Event(long at, long amount) {}

    /** The law: in no stretch of the window's length is more taken than the limit. */
    @Property(tries = 300)
    void shouldNeverLetMoreThanTheLimitIntoAnyWindow(
            @ForAll @IntRange(min = 1, max = 50) int limit,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 20_000) Integer> pausesMs,
            @ForAll @IntRange(min = 1, max = 7) int largest) {
        SlidingWindow window = new SlidingWindow(WINDOW);
        List<Event> taken = new ArrayList<>();
        long now = 0;
        for (int index = 0; index < pausesMs.size(); index++) {
            now += pausesMs.get(index) * 1_000_000L;
            int amount = 1 + index % largest;
            if (window.take(amount, limit, now) >= 0) {
                taken.add(new Event(now, amount));
            }
        }
        for (Event last : taken) {
            long within = taken.stream()
                    .filter(event -> event.at() > last.at() - WINDOW && event.at() <= last.at())
                    .mapToLong(Event::amount)
                    .sum();
            assertThat(within).isLessThanOrEqualTo(limit);
        }
    }

    /** The other law: whoever waits as long as he was told gets in, and not a moment earlier. */
    @Property(tries = 300)
    void shouldSayExactlyWhenThereIsRoom(
            @ForAll @IntRange(min = 1, max = 20) int limit,
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 9_000) Integer> pausesMs) {
        SlidingWindow window = new SlidingWindow(WINDOW);
        long now = 0;
        for (int pause : pausesMs) {
            now += pause * 1_000_000L;
            long result = window.take(1, limit, now);
            if (result < 0) {
                long wait = -result;
                assertThat(wait).isPositive().isLessThanOrEqualTo(WINDOW + WINDOW / SlidingWindow.SLICES);
                assertThat(window.take(1, limit, now + wait - 1)).isNegative();
                assertThat(window.take(1, limit, now + wait)).isNotNegative();
                now += wait;
            }
        }
    }

    @Property(tries = 100)
    void shouldForgetWhatWasGivenBack(@ForAll @Size(max = 50) List<@IntRange(min = 0, max = 5_000) Integer> pausesMs) {
        SlidingWindow window = new SlidingWindow(WINDOW);
        Deque<Event> held = new ArrayDeque<>();
        long now = 0;
        for (int pause : pausesMs) {
            now += pause * 1_000_000L;
            long slice = window.take(3, 9, now);
            if (slice >= 0) {
                held.add(new Event(slice, 3));
            }
            if (held.size() == 3) {
                held.forEach(event -> window.giveBack(event.amount(), event.at()));
                held.clear();
                assertThat(window.used(now)).isZero();
            }
        }
    }

    @Nested
    class AtFullLoad {
        @Test
        void shouldReachNinetyNinePercentOfTheLimit() {
            SlidingWindow window = new SlidingWindow(WINDOW);
            long admitted = 0;
            for (long now = 0; now < 100 * WINDOW; now += SECOND / 50) {
                admitted += window.take(1, 1_000, now) >= 0 ? 1 : 0;
            }

            assertThat(admitted).isBetween(99_000L, 100_000L);
        }

        @Test
        void shouldAdmitExactlyTheLimitToManyThreadsAtOnce() throws InterruptedException {
            SlidingWindow window = new SlidingWindow(WINDOW);
            AtomicInteger admitted = new AtomicInteger();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException stop) {
                        return;
                    }
                    for (int attempt = 0; attempt < 5_000; attempt++) {
                        if (window.take(1, 10_000, attempt) >= 0) {
                            admitted.incrementAndGet();
                        }
                    }
                }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(admitted).hasValue(10_000);
        }
    }

    @Test
    void shouldChargeWhatWasConsumedBeyondTheLimitAndRefuseUntilItHasLeft() {
        SlidingWindow window = new SlidingWindow(WINDOW);
        window.take(10, 100, 0);
        window.charge(500, SECOND);

        long result = window.take(1, 100, 2 * SECOND);

        assertThat(result).isNegative();
        assertThat(-result).isEqualTo(WINDOW + SECOND + WINDOW / SlidingWindow.SLICES - 2 * SECOND);
    }

    @Test
    void shouldIgnoreWhatIsGivenBackAfterItHasLeft() {
        SlidingWindow window = new SlidingWindow(WINDOW);
        long early = window.take(5, 10, 0);
        window.take(5, 10, 2 * WINDOW);

        window.giveBack(5, early);

        assertThat(window.used(2 * WINDOW)).isEqualTo(5);
    }

    @Test
    void shouldRetireOnlyWhenNothingCounts() {
        SlidingWindow window = new SlidingWindow(WINDOW);
        window.take(1, 10, 0);

        assertThat(window.retireIfEmpty(SECOND)).isFalse();
        assertThat(window.retireIfEmpty(2 * WINDOW)).isTrue();
        assertThat(window.take(1, 10, 2 * WINDOW)).isEqualTo(SlidingWindow.RETIRED);
        assertThat(window.charge(1, 2 * WINDOW)).isFalse();
    }

    @Test
    void shouldNotBeConfusedByAThreadThatReadTheTimeEarlier() {
        SlidingWindow window = new SlidingWindow(WINDOW);
        window.take(1, 2, 10 * SECOND);

        assertThat(window.take(1, 2, 9 * SECOND)).isNotNegative();
        assertThat(window.take(1, 2, 10 * SECOND)).isNegative();
        assertThat(window.used(10 * SECOND + WINDOW + SECOND)).isZero();
    }
}
