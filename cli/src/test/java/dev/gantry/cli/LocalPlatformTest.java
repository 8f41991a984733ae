package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts, finds and stops real processes, of the small server of these tests. */
class LocalPlatformTest {
    @TempDir
    private Path folder;

    private Path home;
    private Path dataDir;
    private Path config;

    @BeforeEach
    void install() throws IOException {
        // Spaces, since people keep projects in such folders.
        home = Files.createDirectories(folder.resolve("a home"));
        dataDir = folder.resolve("the data");
        config = Files.createDirectories(folder.resolve("the config"));
        Files.createDirectories(home.resolve("lib"));
        Files.writeString(home.resolve("server.jvm"), "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xlog:disable");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath());
        try (OutputStream file = Files.newOutputStream(home.resolve("lib").resolve("gantry-server-1.0.jar"));
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.flush();
        }
    }

    private static String classPath() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            entries.add(Path.of(entry).toUri().toString());
        }
        return String.join(" ", entries);
    }

    @AfterEach
    void stop() {
        new LocalServer(console("one").context(), dataDir)
                .find()
                .ifPresent(running -> running.process().destroyForcibly());
    }

    private TestingConsole console(String build) {
        return new TestingConsole()
                .home(home, build)
                .with("PATH", System.getenv("PATH"))
                .with("GANTRY_DATA_DIR", dataDir.toString())
                .with("GANTRY_CONFIG", config.toString())
                .with("GANTRY_AOT", "off");
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readAllLines(dataDir.resolve("server.pid")).getFirst());
    }

    @Test
    void shouldStartShowAndStopThePlatform() {
        TestingConsole up = console("one");
        assertThat(up.run("up")).isEqualTo(ExitCode.DONE);
        assertThat(up.out()).startsWith("Gantry is up at http://127.0.0.1:");

        TestingConsole status = console("one");
        assertThat(status.run("status")).isEqualTo(ExitCode.DONE);
        assertThat(status.out())
                .startsWith("Gantry 9.9.9 is up at ")
                .containsPattern("database +up +embedded")
                .containsPattern("configuration +\\Q" + config + "\\E");

        TestingConsole down = console("one");
        assertThat(down.run("down")).isEqualTo(ExitCode.DONE);
        assertThat(down.out()).isEqualTo("Gantry is down\n");

        TestingConsole after = console("one");
        assertThat(after.run("status", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(Json.read(after.out()).path("state").asText()).isEqualTo("down");
    }

    @Test
    void shouldReportTheStateAsJson() throws IOException {
        console("one").run("up");

        TestingConsole status = console("one");
        status.run("status", "--json");

        JsonNode report = Json.read(status.out());
        assertThat(report.path("state").asText()).isEqualTo("ready");
        assertThat(report.path("pid").asLong()).isEqualTo(pid());
        assertThat(report.path("same_build").asBoolean()).isTrue();
        assertThat(report.path("config").asText()).isEqualTo(config.toString());
    }

    @Test
    void shouldStartAPlatformForACommandThatFindsNoneAndUseItsKey() {
        TestingConsole models = console("one");

        assertThat(models.run("models")).isEqualTo(ExitCode.DONE);

        assertThat(models.out()).isEqualTo("NAME\nBearer gk_local\n");
        assertThat(models.err()).isEqualTo("Starting Gantry …\n");
    }

    @Test
    void shouldStartOneOnlyWhenSeveralCommandsFindNone() throws Exception {
        Map<String, String> environment = console("one").context().environment();
        List<TestingProcess> commands = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            commands.add(TestingProcess.start(environment, List.of("-Dgantry.home=" + home), "models"));
        }
        for (TestingProcess command : commands) {
            assertThat(command.exitCode()).as(command.err()).isEqualTo(ExitCode.DONE);
        }

        long started = ProcessHandle.allProcesses()
                .filter(process -> List.of(process.info().arguments().orElseGet(() -> new String[0]))
                        .contains(dataDir.toString()))
                .count();
        assertThat(started).isEqualTo(1);
    }

    @Test
    void shouldSayThatItIsUpAlready() throws IOException {
        console("one").run("up");
        long first = pid();

        TestingConsole again = console("one");
        assertThat(again.run("up")).isEqualTo(ExitCode.DONE);

        assertThat(again.out()).contains("already (pid " + first + ")");
        assertThat(pid()).isEqualTo(first);
    }

    @Test
    void shouldNotPretendToApplyOptionsToAPlatformThatIsUp() {
        console("one").run("up");

        TestingConsole again = console("one");
        assertThat(again.run("up", "--port", "9999")).isEqualTo(ExitCode.FAILED);

        assertThat(again.err()).contains("not started with these options").contains("gantry down");
    }

    @Test
    void shouldRestartAPlatformOfAnotherBuild() throws IOException {
        console("one").run("up");
        long first = pid();

        TestingConsole models = console("two");
        models.run("models");
        assertThat(models.err()).contains("another build").contains("gantry up restarts it");

        TestingConsole up = console("two");
        assertThat(up.run("up")).isEqualTo(ExitCode.DONE);
        assertThat(up.err()).contains("Restarting Gantry");
        assertThat(pid()).isNotEqualTo(first);
    }

    @Test
    void shouldShowTheLastWordsOfAPlatformThatDoesNotStart() throws IOException {
        Files.createFile(config.resolve("broken"));

        TestingConsole up = console("one");
        assertThat(up.run("up")).isEqualTo(ExitCode.FAILED);

        assertThat(up.err())
                .contains("Gantry did not start (exit code 3)")
                .contains("gantry.yaml:3: unknown key 'prot'")
                .contains(dataDir.resolve("logs").resolve("server.out").toString());
    }

    @Test
    void shouldKeepWhatEarlierServersPrintedAndLogged() {
        for (int start = 0; start < 2; start++) {
            console("one").run("up");
            console("one").run("down");
        }

        assertThat(dataDir.resolve("logs/server.out"))
                .hasContent("printed before there is a log\nprinted before there is a log\n");
        assertThat(dataDir.resolve("logs/server.log")).hasContent("logged\nlogged\n");
    }

    @Test
    void shouldLogWhereTheOperatorWantsIt() {
        console("one")
                .with("GANTRY_LOG_FILE", folder.resolve("elsewhere.log").toString())
                .run("up");

        assertThat(folder.resolve("elsewhere.log")).hasContent("logged");
        assertThat(dataDir.resolve("logs/server.log")).doesNotExist();
    }

    @Test
    void shouldPutALargeOutputOfEarlierServersAside() throws IOException {
        Path logs = Files.createDirectories(dataDir.resolve("logs"));
        Files.writeString(logs.resolve("server.out"), "x".repeat(2 << 20));

        console("one").run("up");

        assertThat(logs.resolve("server.out")).hasContent("printed before there is a log");
        assertThat(logs.resolve("server.out.1")).hasSize(2 << 20);
    }

    @Test
    void shouldShowOnlyTheLastWordsOfTheStartThatFailed() throws IOException {
        console("one").run("up");
        console("one").run("down");
        Files.createFile(config.resolve("broken"));

        TestingConsole up = console("one");
        up.run("up");

        assertThat(up.err()).contains("unknown key 'prot'").doesNotContain("printed before there is a log");
    }

    @Test
    void shouldWaitForAPlatformToEndAndKillItOnlyWhenTold() throws IOException {
        Files.createFile(config.resolve("stubborn"));
        console("one").run("up");

        TestingConsole down = console("one");
        assertThat(down.run("down", "--timeout", "0")).isEqualTo(ExitCode.FAILED);
        assertThat(down.err()).contains("gantry down --force");

        TestingConsole forced = console("one");
        assertThat(forced.run("down", "--timeout", "0", "--force")).isEqualTo(ExitCode.DONE);
    }

    @Test
    void shouldNeverSignalAProcessThatIsNoServer() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Files.createDirectories(dataDir);
            Files.writeString(dataDir.resolve("server.pid"), stranger.pid() + "\n");

            TestingConsole down = console("one");
            assertThat(down.run("down")).isEqualTo(ExitCode.DONE);

            assertThat(down.err()).isEqualTo("No platform runs here\n");
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void shouldPassConfigurationQuestionsToTheServersOwnProgram() throws Exception {
        Map<String, String> environment = console("one").context().environment();
        List<String> options = List.of("-Dgantry.home=" + home);

        TestingProcess sound = TestingProcess.start(environment, options, "config", "explain", "server.port");
        assertThat(sound.exitCode()).isEqualTo(0);
        assertThat(sound.out()).isEqualTo("checked explain server.port --config " + config + "\n");

        Files.createFile(config.resolve("broken"));
        assertThat(TestingProcess.start(environment, options, "config", "check").exitCode())
                .isEqualTo(1);
    }

    @Test
    void shouldKeepTheDataFolderToItsOwner() throws IOException {
        console("one").run("up");

        assertThat(Files.getPosixFilePermissions(dataDir)).hasSize(3);
    }

    @Test
    void shouldNotStartALocalPlatformInPlaceOfANamedOne() {
        TestingConsole models = console("one").with("GANTRY_URL", "http://127.0.0.1:1");

        assertThat(models.run("models")).isEqualTo(ExitCode.FAILED);

        assertThat(dataDir).doesNotExist();
    }
}
