package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.database.ConnectionTarget.Login;
import dev.gantry.database.ConnectionTarget.Pool;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabaseTest {
    private static ConnectionTarget target;
    private static Database database;

    private final UUID organization = Ids.next();

    @BeforeAll
    static void open() {
        target = SharedPostgres.newSampleDatabase();
        database = Database.open(target);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void shouldKeepWhatATransactionWrote() {
        add(organization, 1);

        assertThat(numbers(organization)).containsExactly(1);
    }

    @Test
    void shouldUndoWhatAFailedTransactionWrote() {
        assertThatThrownBy(() -> database.inOrganization(organization, handle -> {
                    insert(handle, organization, 1);
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(numbers(organization)).isEmpty();
    }

    @Test
    void shouldForgetTheOrganizationAfterTheTransaction() {
        add(organization, 1);

        for (int round = 0; round < 20; round++) {
            List<Integer> seen = database.unscoped(handle -> handle.createQuery("SELECT number FROM samples")
                    .mapTo(Integer.class)
                    .list());
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void shouldNotWriteForAnotherOrganization() {
        assertThatThrownBy(() -> database.inOrganization(organization, handle -> insert(handle, Ids.next(), 1)))
                .isInstanceOf(JdbiException.class)
                .hasMessageContaining("row-level security");
    }

    @Test
    void shouldTellWhichUniqueConstraintWasViolated() {
        UUID id = Ids.next();
        database.inOrganization(organization, handle -> insert(handle, id, organization, 1));

        try {
            database.inOrganization(organization, handle -> insert(handle, id, organization, 2));
        } catch (JdbiException refused) {
            assertThat(SqlErrors.violatedUniqueConstraint(refused)).contains("samples_pkey");
            assertThat(refused.getMessage()).doesNotContain(id.toString());
            return;
        }
        throw new AssertionError("the second row was accepted");
    }

    @Test
    void shouldServeManyVirtualThreadsFromAFewConnections() throws InterruptedException {
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            int value = number;
            threads.add(Thread.ofVirtual()
                    .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
                    .start(() -> add(organization, value)));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(failures).isEmpty();
        assertThat(numbers(organization)).hasSize(300);
    }

    @Test
    void shouldSayThatTheDatabaseIsAwayAndFindItAgain() throws IOException {
        try (TestingProxy proxy = TestingProxy.before(target);
                Database behindProxy = Database.open(
                        proxy.through(target.withPool(new Pool(1, 1, Duration.ofMillis(500), Duration.ofHours(1)))))) {
            assertThat(behindProxy.isReady()).isTrue();
            proxy.cut();

            assertThatThrownBy(() -> behindProxy.unscoped(handle -> handle.execute("SELECT 1")))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            away -> assertThat(away.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
            assertThat(behindProxy.isReady()).isFalse();
            assertThat(behindProxy.problem()).contains("The database does not answer.");

            proxy.mend();

            // The pool tries again with growing pauses, of five seconds at most.
            long deadline = System.nanoTime() + Duration.ofMinutes(4).toNanos();
            while (!answers(behindProxy)) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
            assertThat(behindProxy.isReady()).isTrue();
            assertThat(behindProxy.problem()).isEmpty();
        }
    }

    private static boolean answers(Database asked) {
        try {
            asked.unscoped(handle -> handle.execute("SELECT 1"));
            return true;
        } catch (GantryException away) {
            return false;
        }
    }

    @Test
    void shouldSayThatThereIsNoDatabase() {
        ConnectionTarget nowhere = new ConnectionTarget(
                "jdbc:postgresql://127.0.0.1:1/none", target.owner(), target.application(), Pool.DEFAULT);

        assertThatThrownBy(() -> Database.open(nowhere)).isInstanceOfSatisfying(GantryException.class, missing -> {
            assertThat(missing.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
            assertThat(missing).hasMessageContaining("127.0.0.1:1");
        });
    }

    @Test
    void shouldRefuseAServerThatIsTooOld() {
        assertThatThrownBy(() -> Database.requireVersion(13)).isInstanceOfSatisfying(GantryException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(refused).hasMessageContaining("PostgreSQL 13").hasMessageContaining("14 or newer");
        });
        Database.requireVersion(14);
    }

    @Test
    void shouldDeliverNotificationsInOrder() throws InterruptedException {
        ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
        CountDownLatch listening = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        database.notifications()
                .listen(
                        "counts",
                        payload -> {
                            heard.add(payload);
                            if (payload.equals("9")) {
                                last.countDown();
                            }
                        },
                        listening::countDown);
        assertThat(listening.await(4, TimeUnit.MINUTES)).isTrue();

        for (int number = 0; number < 10; number++) {
            String payload = String.valueOf(number);
            database.unscoped(handle -> handle.execute("SELECT pg_notify('counts', ?)", payload));
        }

        assertThat(last.await(4, TimeUnit.MINUTES)).isTrue();
        assertThat(heard).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    void shouldNameTheGrantThatAnAdministratorMustMake() {
        SharedPostgres.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
        Login stranger = new Login("stranger", Secret.of("stranger"));

        assertThatThrownBy(
                        () -> Database.open(new ConnectionTarget(target.jdbcUrl(), stranger, stranger, target.pool())))
                .isInstanceOfSatisfying(GantryException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(refused).hasMessageContaining("GRANT gantry_app TO \"stranger\"");
                });
    }

    @Test
    void shouldFollowAPasswordThatIsRenewed() throws Exception {
        SharedPostgres.execute("CREATE ROLE rotating LOGIN PASSWORD 'first' IN ROLE gantry_app");
        AtomicReference<String> password = new AtomicReference<>("first");
        Login rotating = new Login("rotating", Secret.live(password::get));
        Pool brief = new Pool(0, 1, Duration.ofSeconds(1), Duration.ofHours(1));
        try (Database follower =
                Database.open(new ConnectionTarget(target.jdbcUrl(), target.owner(), rotating, brief))) {
            assertThat(answers(follower)).isTrue();
            SharedPostgres.execute("ALTER ROLE rotating PASSWORD 'second'");
            assertThat(answers(follower)).as("by a connection that is open").isTrue();
            SharedPostgres.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'rotating'");
            assertThat(answers(follower)).as("by the former password").isFalse();
            password.set("second");
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
            while (!answers(follower)) {
                assertThat(System.nanoTime()).as("not by the new one either").isLessThan(end);
            }
        }
    }

    private static void add(UUID owner, int number) {
        database.inOrganization(owner, handle -> insert(handle, owner, number));
    }

    private static int insert(Handle handle, UUID owner, int number) {
        return insert(handle, Ids.next(), owner, number);
    }

    private static int insert(Handle handle, UUID id, UUID owner, int number) {
        return handle.execute("INSERT INTO samples (id, organization_id, number) VALUES (?, ?, ?)", id, owner, number);
    }

    private static List<Integer> numbers(UUID owner) {
        return database.inOrganization(
                owner,
                handle -> handle.createQuery("SELECT number FROM samples")
                        .mapTo(Integer.class)
                        .list());
    }
}
