package dev.gantry.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.tools.ToolException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MCP servers that are programs and hang. */
class McpProgramTest {
    /** Hangs at the first call of its first life; from then on it answers every call. */
    private static final String HANGS_ONCE = """
            [ -e lived ] && again=yes; : > lived
            while read -r line; do
              id=${line##*'"id":'}; id=${id%%[!0-9]*}
              case $line in
                *'"method":"initialize"'*)
                  echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{\\"protocolVersion\\":\\"2025-06-18\\"}}"
                  [ -z "$again" ] && sleep 1000 ;;
                *'"method":"tools/call"'*)
                  echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"back\\"}]}}" ;;
              esac
            done
            """;

    /** Does one thing at a time, and takes its time for calls. */
    private static final String ONE_AT_A_TIME = """
            while read -r line; do
              id=${line##*'"id":'}; id=${id%%[!0-9]*}
              case $line in
                *'"method":"initialize"'*)
                  echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{\\"protocolVersion\\":\\"2025-06-18\\"}}" ;;
                *'"method":"ping"'*)
                  echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{}}" ;;
                *'"method":"tools/call"'*)
                  : > busy; sleep 2
                  echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"done\\"}]}}" ;;
              esac
            done
            """;

    @TempDir
    Path directory;

    private Tools tools;

    @BeforeEach
    void open() throws IOException {
        Path program = Files.writeString(directory.resolve("server.sh"), HANGS_ONCE);
        Path busy = Files.writeString(directory.resolve("busy.sh"), ONE_AT_A_TIME);
        tools = Tools.open(
                TestingTools.settings(
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(
                                "hanging", program(Duration.ofSeconds(1), "/bin/sh", program.toString()),
                                "busy", program(Duration.ofMillis(3_500), "/bin/sh", busy.toString()),
                                "ending", program(Duration.ofSeconds(5), "/bin/false")),
                        Map.of()),
                directory.resolve("work"));
    }

    @AfterEach
    void close() {
        tools.close();
    }

    private static ToolSettings.McpServer program(Duration timeout, String... command) {
        return new ToolSettings.McpServer(
                Optional.empty(),
                List.of(command),
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of("*"),
                List.of(),
                timeout,
                TestingTools.SIZE);
    }

    private McpResult call(ObjectNode arguments, Duration most) throws ToolException {
        return tools.call("hanging", "any", "acme", arguments, "key", most);
    }

    private static void requireReason(@Nullable Throwable failure, Reason... reasons) {
        assertThat(failure).isInstanceOf(ToolException.class);
        if (failure instanceof ToolException known) {
            assertThat(known.reason()).isIn((Object[]) reasons);
        }
    }

    private McpResult soon(ObjectNode arguments) {
        long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
        while (true) {
            try {
                return call(arguments, Duration.ofSeconds(1));
            } catch (ToolException failure) {
                requireReason(failure, Reason.TIMEOUT, Reason.UNAVAILABLE);
                assertThat(System.nanoTime()).as("it answers again").isLessThan(end);
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @Test
    void shouldBeStartedAnewAndFailWhatWaitedInAWayThatMayPass() throws Exception {
        CompletableFuture<McpResult> other = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                other.complete(call(Json.object(), Duration.ofSeconds(1)));
            } catch (ToolException failure) {
                other.completeExceptionally(failure);
            }
        });

        assertThatThrownBy(() -> call(Json.object(), Duration.ofMillis(200)))
                .satisfies(failure -> requireReason(failure, Reason.TIMEOUT));
        assertThatThrownBy(() -> Eventually.get(other))
                .satisfies(failure -> requireReason(failure.getCause(), Reason.TIMEOUT, Reason.UNAVAILABLE));
        assertThat(soon(Json.object()).text()).isEqualTo("back");
    }

    @Test
    void shouldNotBeEndedForBeingBusyWithTheCallOfSomebodyElse() throws Exception {
        CompletableFuture<McpResult> patient = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                patient.complete(tools.call("busy", "any", "acme", Json.object(), "first", TestingTools.LONG));
            } catch (ToolException failure) {
                patient.completeExceptionally(failure);
            }
        });
        Eventually.holds(
                "it is busy", () -> Files.exists(directory.resolve("work").resolve("busy")));

        assertThatThrownBy(() -> tools.call("busy", "any", "acme", Json.object(), "second", Duration.ofMillis(20)))
                .satisfies(failure -> requireReason(failure, Reason.TIMEOUT));

        assertThat(Eventually.get(patient).text()).isEqualTo("done");
    }

    @Test
    void shouldNotHoldUpWhoSendsItMoreThanItReads() {
        ObjectNode large = Json.object().put("text", "x".repeat(1_000_000));

        assertThatThrownBy(() -> call(large, Duration.ofMillis(300)))
                .satisfies(failure -> requireReason(failure, Reason.TIMEOUT))
                .hasMessageContaining("does not read");
        assertThat(soon(large).text()).isEqualTo("back");
    }

    @Test
    void shouldNotBeStartedAllTheTimeWhenItEndsAgainAndAgain() {
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> tools.call("ending", "any", "acme", Json.object(), "key", TestingTools.LONG))
                    .satisfies(failure -> requireReason(failure, Reason.UNAVAILABLE))
                    .hasMessageContaining("has ended");
        }
        assertThatThrownBy(() -> tools.call("ending", "any", "acme", Json.object(), "key", TestingTools.LONG))
                .satisfies(failure -> requireReason(failure, Reason.UNAVAILABLE))
                .hasMessageContaining("started again in");
    }
}
