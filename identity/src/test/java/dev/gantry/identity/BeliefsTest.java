package dev.gantry.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.Eventually;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeliefsTest {
    /** The node's clock stands still, so that what was read stays believed until something drops it. */
    private static final long NOW = 1_000_000_000_000L;

    private record Known(UUID organization, String what) {}

    @TempDir
    private Path directory;

    private TestingIdentity testing;
    private Identity node;
    private Beliefs<Known> beliefs;
    private Caller own;
    private Caller other;

    @BeforeEach
    void open() throws Exception {
        testing = TestingIdentity.open(directory);
        node = Identity.open(testing.database(), RoleBook.builtInOnly(), testing.clock(), () -> NOW);
        // It has begun to listen, for which it forgets everything.
        until(() -> node.authenticator().feed().provenAtNanos() == NOW);
        beliefs = node.beliefs("test", 100, Known::organization);
        own = testing.administrator();
        other = testing.authenticate(node.organizations()
                .create(own, "acme", "boss@acme.example")
                .key()
                .text()
                .reveal());
    }

    @AfterEach
    void close() {
        node.close();
        testing.close();
    }

    private void remember(Caller whose) {
        beliefs.read(whose.principal(), () -> new Known(whose.organization(), "first"));
        assertThat(beliefs.find(whose.principal())).isNotNull();
    }

    @Test
    void shouldForgetOnlyWhatIsOfTheOrganizationWhoseKeyChanged() {
        UUID key = node.keys().create(other, KeyRequest.named("k")).key().id();
        remember(own);
        remember(other);

        node.keys().rotate(other, key, null);

        assertThat(beliefs.find(other.principal())).isNull();
        assertThat(beliefs.find(own.principal())).isNotNull();

        remember(other);
        node.keys().revoke(other, key);

        assertThat(beliefs.find(other.principal())).isNull();
        assertThat(beliefs.find(own.principal())).isNotNull();
    }

    @Test
    void shouldHearOfAnotherNodesKeysWhoseTheyAre() throws Exception {
        UUID key = node.keys().create(other, KeyRequest.named("k")).key().id();
        remember(own);
        remember(other);

        testing.identity().keys().revoke(other, key);

        until(() -> beliefs.find(other.principal()) == null);
        assertThat(beliefs.find(own.principal())).isNotNull();
    }

    @Test
    void shouldRememberWhatWasReadWhileAKeyOfAnotherOrganizationChanged() {
        UUID key = node.keys().create(other, KeyRequest.named("k")).key().id();

        beliefs.read(own.principal(), () -> {
            node.keys().rotate(other, key, null);
            return new Known(own.organization(), "read meanwhile");
        });
        beliefs.read(other.principal(), () -> {
            node.keys().revoke(other, key);
            return new Known(other.organization(), "stale");
        });

        assertThat(beliefs.find(own.principal())).isNotNull();
        assertThat(beliefs.find(other.principal())).isNull();
    }

    @Test
    void shouldNotRememberWhatWasForgottenWhileItWasRead() {
        beliefs.read("token", () -> {
            beliefs.forget("token");
            beliefs.forget("another");
            return new Known(own.organization(), "stale");
        });

        assertThat(beliefs.find("token")).isNull();
    }

    /** More than may wait for a place: one busy token after a change. */
    @Test
    void shouldReadOnceForAllWhoWantTheSame() throws Exception {
        int many = 1_000;
        AtomicInteger readings = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        List<Future<Known>> answers = new ArrayList<>();
        for (int asker = 0; asker < many; asker++) {
            FutureTask<Known> asking = new FutureTask<>(() -> beliefs.read("token", () -> {
                readings.incrementAndGet();
                await(done);
                return new Known(own.organization(), "read");
            }));
            answers.add(asking);
            threads.add(Thread.startVirtualThread(asking));
        }
        until(() -> threads.stream().allMatch(BeliefsTest::isParked));
        done.countDown();

        for (Future<Known> answer : answers) {
            assertThat(Eventually.get(answer).what()).isEqualTo("read");
        }
        assertThat(readings.get()).isEqualTo(1);
    }

    /** What began before a change says nothing to who came after it. */
    @Test
    void shouldReadAnewForWhoCameAfterAChange() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Known> before = executor.submit(() -> beliefs.read("token", () -> {
                reading.countDown();
                await(done);
                return new Known(own.organization(), "before");
            }));
            await(reading);
            beliefs.forget("token");
            FutureTask<Known> asking =
                    new FutureTask<>(() -> beliefs.read("token", () -> new Known(own.organization(), "after")));
            Thread after = Thread.startVirtualThread(asking);
            until(() -> isParked(after));
            done.countDown();

            assertThat(Eventually.get(before).what()).isEqualTo("before");
            assertThat(Eventually.get(asking).what()).isEqualTo("after");
        }
        assertThat(beliefs.find("token")).extracting(Known::what).isEqualTo("after");
    }

    private static void await(CountDownLatch latch) {
        try {
            Eventually.await(latch);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "stopping", stopping);
        }
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** Waits for what other threads do. */
    private static void until(BooleanSupplier condition) {
        Eventually.holds("it came true", condition::getAsBoolean);
    }
}
