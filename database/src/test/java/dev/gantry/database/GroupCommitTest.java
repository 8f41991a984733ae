package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class GroupCommitTest {
    private static final Duration SOON = Duration.ofMinutes(4);
    private static final GroupCommit.Limits LIMITS = GroupCommit.Limits.DEFAULT;

    record Sample(UUID id, UUID organization, int number) {}

    private static ConnectionTarget target;

    private final UUID organization = Ids.next();
    private TestingProxy proxy;
    private GroupCommit commits;
    private GroupCommit.Lane<Sample> lane;

    @BeforeAll
    static void makeDatabase() {
        target = SharedPostgres.newSampleDatabase();
    }

    @BeforeEach
    void open() throws IOException {
        proxy = TestingProxy.before(target);
        open(LIMITS);
    }

    private void open(GroupCommit.Limits limits) {
        commits = new GroupCommit(new Connections(proxy.through(target)), limits);
        lane = commits.lane("samples", inserting());
    }

    @AfterEach
    void close() throws IOException {
        commits.close();
        proxy.close();
    }

    @Test
    void shouldMakeRowsDurable() {
        UUID other = Ids.next();
        List<GroupCommit.Commit> pending = List.of(append(organization, 1), append(organization, 2), append(other, 3));

        pending.forEach(commit -> commit.await(SOON));

        assertThat(pending).allMatch(GroupCommit.Commit::isDurable);
        assertThat(numbers(organization)).containsExactlyInAnyOrder(1, 2);
        assertThat(numbers(other)).containsExactly(3);
        assertThat(commits.rows()).isEqualTo(3);
    }

    @Test
    void shouldGatherRowsOfManyCallersInFewTransactions() throws InterruptedException {
        int rows = 2_000;
        List<Thread> callers = new ArrayList<>();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        for (int number = 0; number < rows; number++) {
            int value = number;
            callers.add(Thread.ofVirtual()
                    .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
                    .start(() -> append(organization, value).await(SOON)));
        }
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(failures).isEmpty();
        assertThat(numbers(organization)).hasSize(rows).doesNotHaveDuplicates();
        assertThat(commits.batches()).isLessThan(rows / 4);
        assertThat(commits.queuedRows()).isZero();
    }

    @Test
    void shouldFailOnlyTheRowThatTheDatabaseRejects() {
        List<GroupCommit.Commit> good = new ArrayList<>();
        List<GroupCommit.Commit> bad = new ArrayList<>();
        proxy.cut(); // so that they come together in one batch
        for (int number = 0; number < 40; number++) {
            if (number % 13 == 7) {
                bad.add(append(organization, -number));
            } else {
                good.add(append(organization, number));
            }
        }
        proxy.mend();

        good.forEach(commit -> commit.await(SOON));

        assertThat(bad)
                .hasSize(3)
                .allSatisfy(commit -> assertThatThrownBy(() -> commit.await(SOON))
                        .isInstanceOfSatisfying(
                                GantryException.class,
                                refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INTERNAL)));
        assertThat(numbers(organization)).hasSize(37);
        assertThat(commits.rejectedRows()).isEqualTo(3);
    }

    @Test
    void shouldRefuseQuietlyWhatIsThereAlready() {
        Logger logger = (Logger) LoggerFactory.getLogger(GroupCommit.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        try {
            Sample there = new Sample(Ids.next(), organization, 1);
            // Other tests write to the same log at the same time.
            GroupCommit.Lane<Sample> named = commits.lane("quiet", inserting());
            named.append(organization, there).await(SOON);
            GroupCommit.Commit again = named.append(organization, there);

            assertThatThrownBy(() -> again.await(SOON))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INTERNAL));
            assertThat(commits.rejectedRows()).isEqualTo(1);
        } finally {
            logger.setLevel(null);
            logger.detachAppender(log);
        }
        List<ILoggingEvent> events;
        synchronized (log) {
            events = List.copyOf(log.list);
        }
        assertThat(events)
                .filteredOn(event -> event.getFormattedMessage().contains("'quiet'"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getLevel()).isEqualTo(Level.INFO);
                    assertThat(event.getThrowableProxy()).isNull();
                });
    }

    @Test
    void shouldNotWriteForAnotherOrganization() {
        UUID other = Ids.next();

        GroupCommit.Commit foreign = lane.append(organization, new Sample(Ids.next(), other, 1));

        assertThatThrownBy(() -> foreign.await(SOON)).isInstanceOf(GantryException.class);
        assertThat(numbers(other)).isEmpty();
    }

    @Test
    void shouldFailTheRowWhoseWriterIsDefective() {
        GroupCommit.Lane<String> defective = commits.lane("defective", (_, _, _) -> {
            throw new IllegalStateException("defect");
        });
        GroupCommit.Commit failed = defective.append(organization, "row");

        assertThatThrownBy(() -> failed.await(SOON)).isInstanceOf(GantryException.class);

        append(organization, 1).await(SOON);
        assertThat(numbers(organization)).containsExactly(1);
    }

    @Test
    void shouldTryAgainUntilTheDatabaseIsBack() {
        append(organization, 1).await(SOON);
        proxy.cut();
        GroupCommit.Commit waiting = append(organization, 2);
        assertThatThrownBy(() -> waiting.await(Duration.ofMillis(50)))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        away -> assertThat(away.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
        assertThat(waiting.isDurable()).isFalse();

        proxy.mend();
        waiting.await(SOON);

        assertThat(numbers(organization)).containsExactlyInAnyOrder(1, 2);
        assertThat(commits.failedAttempts()).isPositive();
    }

    @Test
    void shouldWriteOnceWhenTheCommitIsNotConfirmed() {
        append(organization, 1).await(SOON);
        proxy.swallowAnswerOfNextCommit();

        append(organization, 2).await(SOON);

        assertThat(numbers(organization)).containsExactlyInAnyOrder(1, 2);
        assertThat(commits.failedAttempts()).isPositive();
        assertThat(commits.rejectedRows()).isZero();
    }

    @Test
    void shouldWriteTheOthersWhenOneIsThereAlreadyAndTheCommitIsNotConfirmed() {
        Sample there = new Sample(Ids.next(), organization, 1);
        lane.append(organization, there).await(SOON);
        proxy.cut(); // so that the last two come together in one batch
        append(organization, 2);
        GroupCommit.Commit again = lane.append(organization, there);
        GroupCommit.Commit fresh = append(organization, 3);
        proxy.loseCommit(2);
        proxy.mend();

        fresh.await(SOON);
        again.await(SOON);

        assertThat(numbers(organization)).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void shouldRefuseMoreWhenTheQueueStaysFull() {
        commits.close();
        open(new GroupCommit.Limits(4, 2, Duration.ofMillis(50), Duration.ofMillis(50)));
        proxy.cut();

        assertThatThrownBy(() -> {
                    for (int number = 0; number < 20; number++) {
                        append(organization, number);
                    }
                })
                .isInstanceOfSatisfying(
                        GantryException.class,
                        full -> assertThat(full.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
        assertThat(commits.queuedRows()).isEqualTo(4);
    }

    @Test
    void shouldWriteWhatIsQueuedBeforeItStops() {
        List<GroupCommit.Commit> pending = new ArrayList<>();
        for (int number = 0; number < 500; number++) {
            pending.add(append(organization, number));
        }

        commits.close();

        assertThat(pending).allMatch(GroupCommit.Commit::isDurable);
        assertThatThrownBy(() -> append(organization, 1))
                .isInstanceOfSatisfying(
                        GantryException.class, late -> assertThat(late.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
    }

    @Test
    void shouldStopThoughTheDatabaseIsAway() {
        commits.close();
        open(new GroupCommit.Limits(100, 100, SOON, Duration.ofMillis(50)));
        proxy.cut();
        GroupCommit.Commit lost = append(organization, 1);

        commits.close();

        assertThatThrownBy(() -> lost.await(SOON))
                .isInstanceOfSatisfying(
                        GantryException.class, end -> assertThat(end.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
    }

    @Test
    void shouldReleaseEveryoneWhoWaitsForTheSameRow() throws InterruptedException {
        proxy.cut();
        GroupCommit.Commit commit = append(organization, 1);
        CountDownLatch released = new CountDownLatch(3);
        for (int waiter = 0; waiter < 3; waiter++) {
            Thread.ofVirtual().start(() -> {
                commit.await(SOON);
                released.countDown();
            });
        }

        proxy.mend();

        released.await();
        assertThat(commit.isDurable()).isTrue();
    }

    private GroupCommit.Commit append(UUID owner, int number) {
        return lane.append(owner, new Sample(Ids.next(), owner, number));
    }

    private List<Integer> numbers(UUID owner) {
        try (Database database = Database.open(target)) {
            return database.inOrganization(
                    owner,
                    handle -> handle.createQuery("SELECT number FROM samples")
                            .mapTo(Integer.class)
                            .list());
        }
    }

    /** As a lane does; another one for each lane, since the columns belong to its writer. */
    static GroupCommit.BatchInsert<Sample> inserting() {
        BatchColumns<Sample> columns = new BatchColumns.Builder<Sample>()
                .uuids(Sample::id)
                .uuids(Sample::organization)
                .integers(Sample::number)
                .build();
        return (statements, _, rows) -> statements.add(
                "INSERT INTO samples (id, organization_id, number) SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::int[])",
                columns.arrays(rows));
    }
}
