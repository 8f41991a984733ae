package dev.gantry.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.batch.BatchStore.Next;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {

    @TempDir
    private Path directory;

    private final TestingDatabase testing = TestingDatabase.open("crypto", "jobs", "batch");
    private KeyRing keyRing;

    private final Caller ada = caller(TestingDatabase.newOrganization());
    private final ConcurrentLinkedQueue<BatchItem> made = new ConcurrentLinkedQueue<>();
    private Function<BatchItem, ItemReply> gate = item -> reply(200, "echo " + text(item.body()));
    private DurableTasks tasks;
    private Batches batches;

    @BeforeEach
    void open() {
        keyRing = new KeyRing(
                new MasterKeyFile(directory.resolve("master.key")).load(),
                (organization, work) -> testing.database().inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        open(settings(10, Duration.ofHours(1)));
    }

    private void open(BatchSettings settings) {
        tasks = DurableTasks.open(testing.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        batches = Batches.open(testing.database(), keyRing, tasks, settings, item -> {
            made.add(item);
            return gate.apply(item);
        });
    }

    @AfterEach
    void close() {
        tasks.close();
        testing.close();
    }

    private static BatchSettings settings(int itemsMax, Duration timeout) {
        return new BatchSettings(itemsMax, 2, 2, 3, timeout, Duration.ofDays(1));
    }

    private static Caller caller(UUID organization) {
        return new Caller(
                organization,
                Ids.next(),
                "ada@example.com",
                PrincipalKind.USER,
                Ids.next(),
                List.of(),
                null,
                null,
                AccessRights.of(List.of()));
    }

    private static ItemReply reply(int status, String body) {
        return new ItemReply(status, "request", body.getBytes(StandardCharsets.UTF_8), false, Duration.ZERO);
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "nothing" : new String(bytes, StandardCharsets.UTF_8);
    }

    private Batch submit(int count) {
        List<BatchRequest.Item> items = IntStream.range(0, count)
                .mapToObj(number -> new BatchRequest.Item(
                        "item " + number, "/v1/test", ("body " + number).getBytes(StandardCharsets.UTF_8)))
                .toList();
        return batches.submit(ada, new BatchRequest("mine", Map.of(), items));
    }

    private Batch finished(Batch batch) throws InterruptedException {
        await("the batch is finished", () -> batches.get(ada, batch.id(), false).state() == Batch.State.FINISHED);
        return batches.get(ada, batch.id(), false);
    }

    private static void await(String what, BooleanSupplier condition) {
        Eventually.holds(what, condition::getAsBoolean);
    }

    private List<String> results(Batch batch) {
        List<String> lines = new ArrayList<>();
        batches.results(
                ada, batch, result -> lines.add(result.customId() + ": " + result.state() + " " + text(result.body())));
        return lines;
    }

    @Test
    void shouldMakeEveryRequestOnceAndKeepReplyInOrder() throws InterruptedException {
        tasks.start();
        Batch batch = finished(submit(7));

        assertThat(batch.counts()).isEqualTo(new Batch.Counts(7, 7, 0, 0, 0));
        assertThat(batch.finishedAt()).isNotNull();
        assertThat(made).extracting(BatchItem::number).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
        assertThat(results(batch)).hasSize(7).first().isEqualTo("item 0: succeeded echo body 0");
        assertThat(results(batch)).last().isEqualTo("item 6: succeeded echo body 6");
    }

    @Test
    void shouldKeepNothingReadable() throws InterruptedException {
        tasks.start();
        Batch batch = finished(submit(1));
        List<String> rows = testing.database()
                .inOrganization(
                        ada.organization(),
                        handle -> handle.createQuery(
                                        "SELECT coalesce(encode(sealed_body, 'escape'), 'erased') || '|' || encode(sealed_reply, 'escape') FROM batch_items WHERE batch_id = :id")
                                .bind("id", batch.id())
                                .mapTo(String.class)
                                .list());
        assertThat(rows).singleElement().asString().startsWith("erased|").doesNotContain("echo", "body 0");
    }

    @Test
    void shouldKeepWhatWasRefused() throws InterruptedException {
        gate = item -> reply(item.number() == 1 ? 402 : 200, "{}");
        tasks.start();
        Batch batch = finished(submit(3));

        assertThat(batch.counts()).isEqualTo(new Batch.Counts(3, 2, 1, 0, 0));
        assertThat(results(batch)).contains("item 1: failed {}");
        assertThat(made).hasSize(3);
    }

    @Test
    void shouldTryAgainWhatMayPassButNotForEver() throws InterruptedException {
        gate = item -> new ItemReply(503, "request", new byte[0], true, Duration.ofMillis(1));
        tasks.start();
        Batch batch = finished(submit(1));

        assertThat(batch.counts().failed()).isEqualTo(1);
        assertThat(made).hasSize(3);
        assertThat(made.stream().map(BatchItem::executionId).distinct())
                .as("tries are different executions")
                .hasSize(3);
        assertThat(made.stream().map(BatchItem::idempotencyKey).distinct()).hasSize(1);
    }

    @Test
    void shouldWaitForARateLimitHoweverOften() throws InterruptedException {
        gate = item -> made.size() < 6
                ? new ItemReply(429, "request", new byte[0], true, Duration.ofMillis(1))
                : reply(200, "at last");
        tasks.start();

        assertThat(results(finished(submit(1)))).containsExactly("item 0: succeeded at last");
        assertThat(made).hasSize(6);
    }

    @Test
    void shouldWaitWhileItsOrganizationIsSuspendedHoweverOften() throws InterruptedException {
        gate = item -> made.size() < 6
                ? new ItemReply(403, "request", new byte[0], true, Duration.ofMillis(1))
                : reply(200, "resumed");
        tasks.start();

        assertThat(results(finished(submit(1)))).containsExactly("item 0: succeeded resumed");
        assertThat(made).hasSize(6);
    }

    @Test
    void shouldPauseWhenALimitIsReached() throws InterruptedException {
        gate = _ -> new ItemReply(429, "request", new byte[0], true, Duration.ofHours(2));
        tasks.start();
        Batch batch = submit(7);

        await("both runners wait", () -> runnersThatWait() == 2);

        assertThat(made).as("one request each").hasSize(2);
        assertThat(runnersThatWaitUntil(batch.expiresAt()))
                .as("they are there when the batch expires")
                .isEqualTo(2);
    }

    private int runnersThatWait() {
        return runners("execution_time > now() + interval '30 minutes'");
    }

    private int runnersThatWaitUntil(Instant time) {
        return runners("execution_time <= '" + time + "'");
    }

    private int runners(String which) {
        return testing.database()
                .inOrganization(
                        ada.organization(),
                        handle -> handle.createQuery(
                                        "SELECT count(*) FROM job_tasks WHERE task_name = 'batch.run' AND NOT picked AND "
                                                + which)
                                .mapTo(Integer.class)
                                .one());
    }

    @Nested
    class AfterACrash {
        private final UUID runner = Ids.next();

        private Next next(UUID of, Instant now) {
            return testing.database()
                    .inOrganization(
                            ada.organization(),
                            handle -> new BatchStore(keyRing).next(handle, ada.organization(), of, now));
        }

        /** Nodes estimate the database's clock, each a little differently. */
        private static Instant soon() {
            return Instant.now().plusSeconds(5);
        }

        private void add(UUID of, Batch batch) {
            testing.database().inOrganization(ada.organization(), handle -> {
                new BatchStore(keyRing).insertRunner(handle, ada.organization(), of, batch.id());
                return null;
            });
        }

        @Test
        void shouldMakeTheSameRequestAgainUnderTheSameIds() {
            Batch batch = submit(2);
            add(runner, batch);
            Instant now = soon();

            BatchItem before = ((Next.Work) next(runner, now)).item();
            Next.Work after = (Next.Work) next(runner, now.plusSeconds(20));

            assertThat(after.item().number()).isEqualTo(before.number());
            assertThat(after.item().executionId()).isEqualTo(before.executionId());
            assertThat(after.item().startedAt()).isEqualTo(before.startedAt());
            assertThat(after.attempts()).isEqualTo(2);
        }

        @Test
        void shouldGiveEveryTaskARequestOfItsOwn() {
            Batch batch = submit(2);
            UUID other = Ids.next();
            add(runner, batch);
            add(other, batch);

            assertThat(((Next.Work) next(runner, soon())).item().number()).isZero();
            assertThat(((Next.Work) next(other, soon())).item().number()).isEqualTo(1);
        }

        @Test
        void shouldGiveUpWhatNeverEnds() {
            Batch batch = submit(1);
            add(runner, batch);
            Next next = next(runner, soon());
            for (int beginning = 0; beginning < 30 && next instanceof Next.Work; beginning++) {
                next = next(runner, soon());
            }
            assertThat(next).isEqualTo(new Next.Nothing(batch.id()));
            assertThat(results(batch)).singleElement().asString().contains("item 0: failed", "never came to an end");
        }
    }

    @Test
    void shouldMakeNothingMoreWhenCancelled() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        gate = item -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
            return reply(200, "done");
        };
        tasks.start();
        Batch batch = submit(5);
        begun.await();

        Batch cancelled = batches.cancel(ada, batch.id(), false);
        assertThat(cancelled.state()).isEqualTo(Batch.State.CANCELLING);
        assertThat(cancelled.counts()).isEqualTo(new Batch.Counts(5, 0, 0, 3, 0));
        go.countDown();

        assertThat(finished(batch).counts()).isEqualTo(new Batch.Counts(5, 2, 0, 3, 0));
        assertThat(batches.cancel(ada, batch.id(), false).state()).isEqualTo(Batch.State.FINISHED);
        assertThat(results(batch)).contains("item 4: cancelled nothing");
    }

    @Test
    void shouldNotTryAgainWhatFailsAfterTheCancel() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        gate = _ -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
            return new ItemReply(503, "request", new byte[0], true, Duration.ofMillis(1));
        };
        tasks.start();
        Batch batch = submit(5);
        begun.await();

        batches.cancel(ada, batch.id(), false);
        go.countDown();

        assertThat(finished(batch).counts()).isEqualTo(new Batch.Counts(5, 0, 0, 5, 0));
        assertThat(made).hasSize(2);
        assertThat(results(batch)).contains("item 0: cancelled nothing", "item 1: cancelled nothing");
    }

    @Test
    void shouldNotReadAllLargeRepliesAtOnce() throws InterruptedException {
        String large = "x".repeat(5_000_000);
        gate = _ -> reply(200, large);
        tasks.start();
        Batch batch = finished(submit(3));

        List<String> read = new ArrayList<>();
        batches.results(ada, batch, result -> {
            if (read.isEmpty()) {
                renameItem(batch, 2);
            }
            read.add(result.customId());
            assertThat(result.body()).hasSize(large.length());
        });

        assertThat(read).as("the last was read after the first was given").containsExactly("item 0", "item 1", "new");
    }

    private void renameItem(Batch batch, int number) {
        testing.database()
                .inOrganization(
                        ada.organization(),
                        handle -> handle.execute(
                                "UPDATE batch_items SET custom_id = 'new' WHERE batch_id = ? AND number = ?",
                                batch.id(),
                                number));
    }

    @Test
    void shouldMakeNothingAfterItsTime() throws InterruptedException {
        tasks.close();
        open(settings(10, Duration.ZERO));
        Batch batch = submit(3);
        tasks.start();
        assertThat(finished(batch).counts().expired()).isEqualTo(3);
        assertThat(made).isEmpty();
    }

    @Test
    void shouldRefuseMoreThanIsAllowed() {
        assertThatThrownBy(() -> submit(11)).hasMessageContaining("1 to 10 requests, not 11");
        assertThatThrownBy(() -> submit(0)).hasMessageContaining("1 to 10 requests, not 0");
        submit(1);
        submit(1);
        assertThatThrownBy(() -> submit(1))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED));
    }

    @Test
    void shouldNotAcceptMoreFromManyAtOnce() throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(8);
        ConcurrentLinkedQueue<Object> ends = new ConcurrentLinkedQueue<>();
        List<Thread> submitters = IntStream.range(0, 8)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                    try {
                        together.await();
                        ends.add(submit(1));
                    } catch (GantryException refusal) {
                        ends.add(refusal.code());
                    } catch (InterruptedException | BrokenBarrierException failure) {
                        ends.add(failure);
                    }
                }))
                .toList();
        for (Thread submitter : submitters) {
            submitter.join();
        }

        assertThat(ends).filteredOn(Batch.class::isInstance).hasSize(2);
        assertThat(ends).filteredOn(ErrorCode.QUOTA_EXCEEDED::equals).hasSize(6);
    }

    @Test
    void shouldShowNobodyTheBatchesOfOthers() {
        Batch batch = submit(1);
        Caller colleague = caller(ada.organization());
        Caller stranger = caller(TestingDatabase.newOrganization());

        assertThatThrownBy(() -> batches.get(colleague, batch.id(), false)).hasMessageContaining("There is no batch");
        assertThat(batches.get(colleague, batch.id(), true).id()).isEqualTo(batch.id());
        assertThatThrownBy(() -> batches.get(stranger, batch.id(), true)).hasMessageContaining("There is no batch");
        assertThat(batches.list(colleague, false, null, 10)).isEmpty();
        assertThat(batches.list(stranger, true, null, 10)).isEmpty();
    }

    @Test
    void shouldDeleteWhatIsFinished() throws InterruptedException {
        Batch open = submit(1);
        assertThatThrownBy(() -> batches.delete(ada, open.id(), false)).hasMessageContaining("not finished");
        tasks.start();
        finished(open);

        batches.delete(ada, open.id(), false);

        assertThat(batches.list(ada, false, null, 10)).isEmpty();
        assertThat(results(open)).isEmpty();
    }
}
