package dev.gantry.benchmarks;

import dev.gantry.database.ConnectionTarget;
import dev.gantry.database.Database;
import dev.gantry.database.EmbeddedPostgres;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.runs.RunQuery;
import dev.gantry.runs.RunState;
import dev.gantry.runs.RunView;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Durable work of three trivial steps on an embedded PostgreSQL that waits for its disk: Gantry's runs beside what they stand
 * on and beside DBOS Transact; and what runs cost that wait, or are over.
 */
final class WorkflowBenchmark {
    private static final int STARTERS = 16;
    private static final int WORKERS = 20;
    private static final int PIECES = 1_000;
    private static final int ONE_BY_ONE = 100;
    private static final int WARM_BURSTS_MAX = 12;

    /** A subject is warm when the compilers run for less than this share of a burst. */
    private static final double COMPILING_SHARE = 0.25;

    private static final int WAITING = 10_000;
    private static final int FINISHED = 1_000_000;
    private static final Duration IDLE = Duration.ofSeconds(20);
    /** A window that is no quieter than this share of the one before is of a node that has come to rest. */
    private static final double SETTLED = 0.9;

    private static final int WINDOWS_MAX = 12;
    private static final Duration ENDED_MAX = Duration.ofMinutes(2);

    private final Path data;
    private final Figures figures;
    private final int rounds;
    private final List<String> parts;

    WorkflowBenchmark(Workplace workplace, Figures figures, int rounds, List<String> parts) {
        this.data = workplace.folder().resolve("workflow-data");
        this.figures = figures;
        this.rounds = rounds;
        this.parts = parts;
    }

    void run() throws Exception {
        Files.createDirectories(data);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
                Database database = Database.open(postgres.target())) {
            database.migrate(List.of("database", "crypto", "audit", "jobs", "runs"));
            if (parts.contains("speed")) {
                compare(postgres, database);
            }
            if (parts.contains("waiting")) {
                waiting(postgres, database);
            }
            if (parts.contains("start")) {
                pending(database);
            }
            if (parts.contains("list")) {
                listing(postgres, database);
            }
        }
    }

    private static void say(String what) {
        Workplace.say("%s (load average %.1f)"
                .formatted(what, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }

    // ---- side by side

    private void compare(EmbeddedPostgres postgres, Database database) throws Exception {
        ConnectionTarget.Login owner = postgres.superuser();
        for (String name : List.of("bare", "dbos")) {
            execute(postgres, "gantry", "CREATE DATABASE " + name);
        }
        String password = owner.password().reveal();
        Map<String, Chains> subjects = new LinkedHashMap<>();
        subjects.put("db-scheduler", new BareTasks(plain(postgres, "bare"), owner.user(), password, WORKERS));
        subjects.put("gantry", new GantryRuns(database, data, true).started());
        try {
            subjects.put(
                    "dbos",
                    Class.forName("dev.gantry.benchmarks.DbosChains")
                            .asSubclass(Chains.class)
                            .getConstructor(String.class, String.class, String.class)
                            .newInstance(plain(postgres, "dbos"), owner.user(), password));
        } catch (ReflectiveOperationException | LinkageError missing) {
            say("DBOS Transact is not there: " + missing);
        }
        for (Map.Entry<String, Chains> subject : subjects.entrySet()) {
            warmUp(subject.getKey(), subject.getValue());
        }
        for (int round = 1; round <= rounds; round++) {
            say("Round " + round + " of " + rounds);
            for (Map.Entry<String, Chains> subject : subjects.entrySet()) {
                double speed = burst(subject.getValue(), PIECES);
                say("  %s: %.0f pieces a second".formatted(subject.getKey(), speed));
                figures.add("pieces of three steps a second", subject.getKey(), speed);
            }
            for (Map.Entry<String, Chains> subject : subjects.entrySet()) {
                oneByOne(subject.getKey(), subject.getValue());
            }
        }
        for (Chains subject : subjects.values()) {
            subject.close();
        }
    }

    /** Until the JVM's compilers rest, which otherwise are most of what is measured. */
    private static void warmUp(String name, Chains subject) throws Exception {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        int bursts = 0;
        boolean compiling = true;
        while (compiling && bursts < WARM_BURSTS_MAX) {
            long compiled = compilers.getTotalCompilationTime();
            long begin = System.nanoTime();
            burst(subject, PIECES);
            bursts++;
            compiling = compilers.getTotalCompilationTime() - compiled > COMPILING_SHARE * secondsSince(begin) * 1e3;
        }
        say("  %s is warm after %d bursts".formatted(name, bursts));
    }

    private static double burst(Chains subject, int pieces) throws Exception {
        long target = subject.ended() + pieces;
        long begin = System.nanoTime();
        each(pieces, subject::begin);
        awaitEnded(subject, target);
        return pieces / secondsSince(begin);
    }

    private static void awaitEnded(Chains subject, long target) {
        long deadline = System.nanoTime() + ENDED_MAX.toNanos();
        while (subject.ended() < target) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException((target - subject.ended()) + " pieces of "
                        + subject.getClass().getSimpleName() + " did not end");
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
    }

    private void oneByOne(String name, Chains subject) throws Exception {
        long[] took = new long[ONE_BY_ONE];
        for (int index = 0; index < ONE_BY_ONE; index++) {
            long target = subject.ended() + 1;
            long begin = System.nanoTime();
            subject.begin();
            awaitEnded(subject, target);
            took[index] = System.nanoTime() - begin;
        }
        Arrays.sort(took);
        figures.add("one after the other, p50, ms", name, took[ONE_BY_ONE / 2] / 1e6);
        figures.add("one after the other, p99, ms", name, took[ONE_BY_ONE * 99 / 100] / 1e6);
    }

    // ---- runs that wait

    private void waiting(EmbeddedPostgres postgres, Database database) throws Exception {
        try (GantryRuns gantry = new GantryRuns(database, data, true).started()) {
            burst(gantry, 200);
            double idle = transactionsAMinute(postgres);
            long before = memory();
            each(WAITING, gantry::beginWaiting);
            figures.add("10,000 waiting runs, MB", "gantry", (memory() - before) / 1e6);
            double waiting = transactionsAMinute(postgres);
            figures.add("transactions a minute of an idle node", "gantry", idle);
            figures.add("transactions a minute while 10,000 wait", "gantry", waiting);
            say("10,000 runs waited");
        }
    }

    /** Looks until what the work before left to do has come to its end, and the server's own counts with it. */
    private static double transactionsAMinute(EmbeddedPostgres postgres) throws SQLException, InterruptedException {
        double rate = Double.MAX_VALUE;
        double before;
        int windows = 0;
        do {
            before = rate;
            long committed = transactions(postgres);
            Thread.sleep(IDLE);
            rate = (transactions(postgres) - committed) * 60.0 / IDLE.toSeconds();
        } while (rate < before * SETTLED && ++windows < WINDOWS_MAX);
        return rate;
    }

    private static void each(int count, Runnable work) {
        AtomicInteger left = new AtomicInteger(count);
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int starter = 0; starter < STARTERS; starter++) {
                starters.execute(() -> {
                    while (left.getAndDecrement() > 0) {
                        work.run();
                    }
                });
            }
        }
    }

    private static long memory() throws InterruptedException {
        for (int collection = 0; collection < 3; collection++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long transactions(EmbeddedPostgres postgres) throws SQLException {
        return number(postgres, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'gantry'");
    }

    // ---- start with much to do

    private void pending(Database database) throws Exception {
        try (GantryRuns idle = new GantryRuns(database, data, true)) {
            each(WAITING, idle::beginPending);
        }
        long begin = System.nanoTime();
        try (GantryRuns gantry = new GantryRuns(database, data, true).started()) {
            awaitEnded(gantry, 1);
            figures.add("first run done after a start with 10,000 pending, s", "gantry", secondsSince(begin));
            awaitEnded(gantry, WAITING);
            figures.add("all of these done, s", "gantry", secondsSince(begin));
            say("10,000 pending runs are done");
        }
    }

    // ---- lists

    private void listing(EmbeddedPostgres postgres, Database database) throws Exception {
        try (GantryRuns gantry = new GantryRuns(database, data, false)) {
            execute(postgres, "gantry", """
                    SET session_replication_role = replica;
                    INSERT INTO gantry.runs (organization_id, id, workflow, version, state, principal, principal_name, team, inputs,
                        token_budget, closed, deadline_at, created_at, started_at, finished_at)
                    SELECT '%s', gen_random_uuid(), 'shared/flow-' || number %% 200, 1,
                        CASE WHEN number %% 50 = 0 THEN 'failed' ELSE 'succeeded' END, gen_random_uuid(), 'ann@example.com',
                        'team-' || number %% 40, '\\x00', 100000, true, now(), now() - number * interval '1 second',
                        now() - number * interval '1 second', now() - number * interval '1 second'
                    FROM generate_series(1, %d) number;
                    ANALYZE gantry.runs""".formatted(GantryRuns.ORGANIZATION, FINISHED));
            say("A million runs are over");
            // The first list of a process loads classes for longer than any list takes.
            gantry.runs().list(Ids.next(), new RunQuery(null, null, null, null, null, null, null, 1));
            list(gantry, "newest", null, null);
            list(gantry, "by state (2 % of them)", null, RunState.FAILED);
            list(gantry, "by state (none of them)", null, RunState.RUNNING);
            list(gantry, "by workflow", "shared/flow-7", null);
            list(gantry, "by workflow and state", "shared/flow-50", RunState.FAILED);
            list(gantry, "by workflow and state (none)", "shared/flow-7", RunState.FAILED);
        }
    }

    /** The first page and ten after it, from the newest on. */
    private void list(GantryRuns gantry, String what, @Nullable String workflow, @Nullable RunState state) {
        TimeCursor after = null;
        double slowest = 0;
        for (int page = 0; page < 11; page++) {
            long begin = System.nanoTime();
            List<RunView> found = gantry.runs()
                    .list(GantryRuns.ORGANIZATION, new RunQuery(workflow, state, null, null, null, null, after, 50));
            slowest = Math.max(slowest, page == 0 ? 0 : secondsSince(begin) * 1e3);
            if (page == 0) {
                figures.add("first page of a million, " + what + ", ms", "gantry", secondsSince(begin) * 1e3);
            }
            if (found.isEmpty()) {
                return;
            }
            after = new TimeCursor(found.getLast().createdAt(), found.getLast().id());
        }
        figures.add("slowest of ten more, " + what + ", ms", "gantry", slowest);
    }

    // ---- the database

    private static String plain(EmbeddedPostgres postgres, String database) {
        return postgres.jdbcUrl(database).replaceFirst("\\?.*", "");
    }

    private static Connection superuser(EmbeddedPostgres postgres, String database) throws SQLException {
        ConnectionTarget.Login login = postgres.superuser();
        return DriverManager.getConnection(
                postgres.jdbcUrl(database), login.user(), login.password().reveal());
    }

    private static void execute(EmbeddedPostgres postgres, String database, String sql) throws SQLException {
        try (Connection connection = superuser(postgres, database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(EmbeddedPostgres postgres, String query) throws SQLException {
        try (Connection connection = superuser(postgres, "postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
