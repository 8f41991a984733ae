package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final Duration OPEN = Duration.ofSeconds(60);

    private final List<String> changes = new ArrayList<>();
    private final CircuitBreaker circuit = new CircuitBreaker(3, OPEN, (from, to) -> changes.add(from + "-" + to));

    private void fail(int times) {
        for (int time = 0; time < times; time++) {
            circuit.failed(circuit.enter(0), 0);
        }
    }

    @Test
    void shouldCountFailuresInARowOnly() {
        fail(2);
        circuit.succeeded(circuit.enter(0));
        fail(2);
        assertThat(changes).isEmpty();
        fail(1);
        assertThat(changes).containsExactly("CLOSED-OPEN");
        assertThat(circuit.enter(OPEN.toNanos() - 1)).isEqualTo(CircuitBreaker.REFUSED);
        assertThat(circuit.remaining(0)).isEqualTo(OPEN);
    }

    @Test
    void shouldLetASecondProbeThroughWhenTheFirstWasGivenUp() {
        fail(3);
        int probe = circuit.enter(OPEN.toNanos());
        assertThat(circuit.enter(OPEN.toNanos())).isEqualTo(CircuitBreaker.REFUSED);
        assertThat(circuit.refuses(OPEN.toNanos())).isTrue();
        circuit.abandoned(probe);
        assertThat(circuit.refuses(OPEN.toNanos())).isFalse();
        assertThat(circuit.enter(OPEN.toNanos())).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void shouldNotLearnFromWhatWasSentBeforeItOpened() {
        int early = circuit.enter(0);
        fail(3);
        circuit.succeeded(early);
        assertThat(circuit.state()).isEqualTo(CircuitBreaker.State.OPEN);
        int probe = circuit.enter(OPEN.toNanos());
        circuit.failed(early, OPEN.toNanos());
        assertThat(circuit.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        circuit.succeeded(probe);
        assertThat(circuit.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void shouldLetExactlyOneProbeThroughToManyAtOnce() throws Exception {
        fail(3);
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> passes = new ArrayList<>();
            for (int caller = 0; caller < 200; caller++) {
                passes.add(threads.submit(() -> {
                    start.await();
                    return circuit.enter(OPEN.toNanos());
                }));
            }
            start.countDown();
            int let = 0;
            for (Future<Integer> pass : passes) {
                let += pass.get() == CircuitBreaker.REFUSED ? 0 : 1;
            }
            assertThat(let).isEqualTo(1);
        }
    }
}
