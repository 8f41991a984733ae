package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The embedded server and its users when processes are killed. */
class PostgresFaultTest {
    private static final Duration SOON = Duration.ofMinutes(4);

    private final UUID organization = Ids.next();
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = SharedPostgres.newDirectory();
        SharedPostgres.copyCluster(directory);
    }

    @AfterEach
    void deleteDirectory() {
        SharedPostgres.deleteQuietly(directory);
    }

    @Test
    void shouldLoseNothingWhenTheServerIsKilled() throws InterruptedException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of());
                Database database = Database.open(postgres.target())) {
            database.migrate(List.of("database", "sample"));
            GroupCommit.Lane<GroupCommitTest.Sample> lane =
                    database.groupCommit().lane("samples", GroupCommitTest.inserting());
            ConcurrentLinkedQueue<UUID> acknowledged = new ConcurrentLinkedQueue<>();
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                writers.add(Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        UUID id = Ids.next();
                        lane.append(organization, new GroupCommitTest.Sample(id, organization, 1))
                                .await(SOON);
                        acknowledged.add(id);
                    }
                }));
            }
            for (int kill = 0; kill < 2; kill++) {
                int before = acknowledged.size();
                await(() -> acknowledged.size() > before + 100);
                long killed = postgres.pid();
                ProcessHandle.of(killed).orElseThrow().destroyForcibly();
                await(() -> postgres.isRunning() && postgres.pid() != killed);
            }
            int before = acknowledged.size();
            await(() -> acknowledged.size() > before + 100);
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }

            List<UUID> stored = storedOnceReachable(database);
            assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
            assertThat(database.isReady()).isTrue();
        }
    }

    @Test
    void shouldLoseNothingWhenGantryIsKilled() throws IOException, InterruptedException {
        Process gantry = writerProcess();
        Set<UUID> acknowledged = new HashSet<>();
        long server;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(gantry.getInputStream(), StandardCharsets.UTF_8))) {
            server = Long.parseLong(next(lines, "postgres "));
            while (acknowledged.size() < 200) {
                acknowledged.add(UUID.fromString(next(lines, "durable ")));
            }
            gantry.toHandle().destroyForcibly();
            // What was printed before the end was acknowledged as well.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.length() == "durable ".length() + 36) {
                    acknowledged.add(UUID.fromString(line.substring("durable ".length())));
                }
            }
        }
        gantry.waitFor();

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of());
                Database database = Database.open(postgres.target())) {
            assertThat(stored(database)).doesNotHaveDuplicates().containsAll(acknowledged);
            // Never two servers on one directory.
            assertThat(postgres.pid() == server || !works(server)).isTrue();
        }
    }

    @Test
    void shouldRefuseADirectoryThatAnotherProcessUses() throws IOException, InterruptedException {
        Process gantry = writerProcess();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(gantry.getInputStream(), StandardCharsets.UTF_8))) {
            next(lines, "durable ");

            assertThatThrownBy(() -> EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of()))
                    .isInstanceOf(GantryException.class)
                    .hasMessageContaining("in use by another Gantry (process " + gantry.pid() + ")");
            next(lines, "durable ");
        } finally {
            gantry.destroyForcibly().waitFor();
        }
        // The dead process has given up the lock, and its server stops or is taken over.
        EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of()).close();
    }

    @Test
    void shouldTakeOverAServerThatOutlivedItsGantry() throws IOException, InterruptedException {
        ProcessHandle orphan = orphan();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of());
                Database database = Database.open(postgres.target())) {
            assertThat(postgres.pid()).isEqualTo(orphan.pid());
            database.migrate(List.of("database"));

            orphan.destroyForcibly();
            await(() -> postgres.isRunning() && postgres.pid() != orphan.pid());
            await(database::isReady);
        } finally {
            orphan.destroyForcibly();
        }
        assertThat(orphan.isAlive()).isFalse();
    }

    @Test
    void shouldStopTheServerThatItTookOver() throws IOException, InterruptedException {
        ProcessHandle orphan = orphan();

        EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of()).close();

        assertThat(orphan.isAlive()).isFalse();
        assertThat(directory.resolve("postgres-18/data/postmaster.pid")).doesNotExist();
    }

    @Test
    void shouldNotMistakeAnotherProcessForItsServer() throws IOException, InterruptedException {
        Path file = directory.resolve("postgres-18/data/postmaster.pid");
        Process other = new ProcessBuilder("sleep", "300").start();
        try {
            Files.writeString(file, other.pid() + "\n" + file.getParent() + "\n1\n1\n\n127.0.0.1\n\nready\n");

            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of())) {
                assertThat(postgres.pid()).isNotEqualTo(other.pid());
                assertThat(postgres.isRunning()).isTrue();
            }
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldTellListenersThatTheyMayHaveMissedSomething() throws InterruptedException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, SharedPostgres.BINARIES, Map.of());
                Database database = Database.open(postgres.target())) {
            ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
            CountDownLatch connected = new CountDownLatch(1);
            CountDownLatch again = new CountDownLatch(2);
            database.notifications().listen("news", heard::add, () -> {
                connected.countDown();
                again.countDown();
            });
            assertThat(connected.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            notify(database, "first");
            await(() -> heard.contains("first"));

            ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();

            assertThat(again.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            // a connection that was in the pool may still have to notice that its server is gone
            await(() -> notified(database, "second"));
            await(() -> heard.contains("second"));
        }
    }

    private static void notify(Database database, String text) {
        database.unscoped(handle -> handle.execute("SELECT pg_notify('news', ?)", text));
    }

    private static boolean notified(Database database, String text) {
        try {
            notify(database, text);
            return true;
        } catch (GantryException unavailable) {
            return false;
        }
    }

    private List<UUID> stored(Database database) {
        return database.inOrganization(
                organization,
                handle -> handle.createQuery("SELECT id FROM samples")
                        .mapTo(UUID.class)
                        .list());
    }

    /** Connections of the pool that were made before a server died fail once each. */
    private List<UUID> storedOnceReachable(Database database) throws InterruptedException {
        AtomicReference<List<UUID>> found = new AtomicReference<>(List.of());
        await(() -> {
            try {
                found.set(stored(database));
                return true;
            } catch (GantryException away) {
                return false;
            }
        });
        return found.get();
    }

    private Process writerProcess() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AcknowledgingWriter.class.getName(),
                        directory.toString(),
                        SharedPostgres.BINARIES.toString(),
                        organization.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Starts a server on the directory as an earlier Gantry would have left it behind. */
    private ProcessHandle orphan() throws IOException, InterruptedException {
        Path home = directory.toRealPath().resolve("postgres-18");
        Path data = home.resolve("data");
        PostgresBinaries binaries = PostgresBinaries.unpack(SharedPostgres.BINARIES);
        RunAs runAs = RunAs.forDirectories(binaries.directory(), home);
        String port = Files.readString(home.resolve("port")).strip();
        Process server = new ProcessBuilder(runAs.command(List.of(
                        binaries.program("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-c",
                        "port=" + port,
                        "-c",
                        "unix_socket_directories=")))
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await(() -> {
            try {
                return PostmasterFile.read(data).filter(PostmasterFile::isReady).isPresent();
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        });
        return server.toHandle();
    }

    /** Returns whether a process works in the data folder; a dead one that nobody has waited for does not. */
    private boolean works(long pid) throws IOException {
        Path data = directory.toRealPath().resolve("postgres-18/data");
        Path workingDirectory = Path.of("/proc", String.valueOf(pid), "cwd");
        try {
            return Files.isDirectory(Path.of("/proc/self"))
                    ? workingDirectory.toRealPath().equals(data)
                    : ProcessHandle.of(pid).isPresent();
        } catch (IOException gone) {
            return false;
        }
    }

    private static String next(BufferedReader lines, String prefix) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        throw new AssertionError("the writer ended");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("the time within which this must happen")
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
