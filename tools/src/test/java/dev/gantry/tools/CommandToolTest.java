package dev.gantry.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.testing.Eventually;
import dev.gantry.tools.ToolException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandToolTest {
    @TempDir
    Path directory;

    private Tools tools;

    @BeforeEach
    void open() {
        Map<String, String> pid = Map.of("PID", directory.resolve("pid").toString());
        tools = Tools.open(
                TestingTools.settings(
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(
                                "show",
                                TestingTools.command(
                                        List.of("/usr/bin/printf", "[%s]", "{text}", "--x={text}"),
                                        Map.of("text", "(?s).*"),
                                        Map.of()),
                                "word",
                                TestingTools.command(
                                        List.of("/bin/echo", "{word}"), Map.of("word", "[a-z]{1,10}"), Map.of()),
                                "surroundings",
                                TestingTools.command(List.of("/usr/bin/env"), Map.of(), Map.of("SEEN", "yes")),
                                "hang",
                                TestingTools.command(
                                        List.of("/bin/sh", "-c", "sleep 600 & echo $! > $PID; wait"), Map.of(), pid),
                                "leave",
                                TestingTools.command(
                                        List.of("/bin/sh", "-c", "sleep 600 & echo $! > $PID"), Map.of(), pid),
                                "flood",
                                TestingTools.command(List.of("/usr/bin/yes"), Map.of(), Map.of()),
                                "exit",
                                TestingTools.command(
                                        List.of("/bin/sh", "-c", "echo bad >&2; exit \"$1\"", "x", "{code}"),
                                        Map.of("code", "[0-9]"),
                                        Map.of()),
                                "place",
                                TestingTools.command(
                                        List.of("/bin/sh", "-c", "pwd; ls -A; touch left-behind"),
                                        Map.of(),
                                        Map.of()))),
                directory.resolve("work"));
    }

    private CommandResult run(String command, Map<String, String> arguments) throws ToolException {
        return tools.run(command, "acme", arguments, TestingTools.LONG, () -> false);
    }

    private void refused(String command, Map<String, String> arguments, Reason reason, String words) {
        assertThatThrownBy(() -> run(command, arguments))
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        ToolException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @ValueSource(strings = {"; rm -rf /", "$(id)", "`id`", "a b  c", "'\"", "*", "a\nb", "${HIDDEN}", "%s{text}"})
    void shouldGiveAValueToTheProgramAsItIs(String value) throws ToolException {
        assertThat(run("show", Map.of("text", value)).stdout()).isEqualTo("[" + value + "][--x=" + value + "]");
    }

    @Test
    void shouldGiveAllThatProgramsWroteBeforeTheyEndedHoweverLateItIsRead() throws Exception {
        List<Future<CommandResult>> results = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < 60; caller++) {
                results.add(callers.submit(() -> run("show", Map.of("text", "x".repeat(1_000)))));
            }
        }
        for (Future<CommandResult> result : results) {
            assertThat(result.get().stdout()).hasSize("[][--x=]".length() + 2_000);
        }
    }

    @Test
    void shouldRefuseValuesThatDoNotFit() {
        refused("word", Map.of("word", "UPPER"), Reason.INVALID, "'word' is not what");
        refused("word", Map.of("word", "a\nb"), Reason.INVALID, "'word' is not what");
        refused("word", Map.of(), Reason.INVALID, "needs 'word'");
        refused("word", Map.of("word", "a", "wrod", "b"), Reason.INVALID, "did you mean 'word'");
        refused("show", Map.of("text", "--option"), Reason.INVALID, "begins with '-'");
        refused("show", Map.of("text", "a\0b"), Reason.INVALID, "'text' is not what");
        refused("unknown", Map.of(), Reason.NOT_ALLOWED, "tools.commands");
    }

    @Test
    void shouldShowAProgramNothingButItsOwnSurroundingsAndHideSecrets() throws ToolException {
        assertThat(run("surroundings", Map.of()).stdout().lines())
                .contains("SEEN=yes", "HIDDEN=******")
                .noneMatch(line -> line.startsWith("HOME") || line.startsWith("PATH"));
    }

    @Test
    void shouldWorkInAFreshPlaceThatGoesWithTheCommand() throws Exception {
        List<String> lines = run("place", Map.of()).stdout().lines().toList();

        assertThat(lines).hasSize(1);
        assertThat(Path.of(lines.getFirst())).doesNotExist();
        try (Stream<Path> left = Files.list(directory.resolve("work"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldEndACommandThatHangsWithAllThatItStarted() throws Exception {
        assertThatThrownBy(() -> tools.run("hang", "acme", Map.of(), Duration.ofMillis(700), () -> false))
                .isInstanceOfSatisfying(
                        ToolException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT));
        assertGone();
    }

    @Test
    void shouldEndACommandThatIsWantedNoMore() throws Exception {
        Path pid = directory.resolve("pid");
        assertThatThrownBy(() ->
                        tools.run("hang", "acme", Map.of(), TestingTools.LONG, () -> Files.exists(pid) && hasText(pid)))
                .hasMessageContaining("given up");
        assertGone();
    }

    @Test
    void shouldEndWhatACommandLeavesBehind() throws Exception {
        run("leave", Map.of());
        assertGone();
    }

    private static boolean hasText(Path file) {
        try {
            return Files.size(file) > 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private void assertGone() throws IOException {
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        Eventually.holds("process " + pid + " is gone", () -> !isRunning(pid));
    }

    /** A process that nobody has waited for yet counts as ended. */
    private static boolean isRunning(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(Path.of("/proc/self"))) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        try {
            return Files.readAllLines(status).stream().noneMatch(line -> line.matches("State:\\s+Z.*"));
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void shouldReadNoMoreThanItsBound() {
        refused("flood", Map.of(), Reason.BAD_ANSWER, "output_size_max");
    }

    @Test
    void shouldTellFailureByTheExitCode() throws ToolException {
        assertThat(run("exit", Map.of("code", "3")).exitCode()).isEqualTo(3);
        refused("exit", Map.of("code", "4"), Reason.REFUSED, "ended with 4: bad");
    }
}
