package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    private static final String REPLY = """
            {"id":"0199-run","pattern":"summarize","version":3,"model":"gpt-5-mini","output":"Short.",
             "usage":{"input_tokens":1200,"output_tokens":34,"cache_read_tokens":34,"estimated":false},
             "cost":{"micro_usd":1234,"usd":"0.001234"},
             "metadata":{"provider":"openai","duration_ms":2345}}""";

    private TestingPlatform platform;
    private TestingConsole console;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        platform.answer("POST /api/v1/execute", REPLY);
        console = TestingConsole.of(platform);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private JsonNode sent() {
        return platform.lastRequest().json();
    }

    @Nested
    class Input {
        @Test
        void shouldSendWhatIsPipedIn() {
            assertThat(console.typing("Größe\n").run("run", "summarize")).isEqualTo(ExitCode.DONE);

            assertThat(sent().path("pattern").asText()).isEqualTo("summarize");
            assertThat(sent().path("input").asText()).isEqualTo("Größe\n");
            assertThat(platform.lastRequest().header("Authorization")).isEqualTo("Bearer gk_test");
        }

        @Test
        void shouldReadAFileWithoutItsByteOrderMark() throws IOException {
            Path file = Files.writeString(folder.resolve("a text.md"), "\uFEFFhello");

            assertThat(console.run("run", "summarize", file.toString())).isEqualTo(ExitCode.DONE);

            assertThat(sent().path("input").asText()).isEqualTo("hello");
        }

        @Test
        void shouldNameEachOfSeveralSources() throws IOException {
            Path first = Files.writeString(folder.resolve("first"), "one");
            Path second = Files.writeString(folder.resolve("second"), "two\n");

            console.typing("three").run("run", "summarize", first.toString(), second.toString(), "-");

            assertThat(sent().path("input").asText())
                    .isEqualTo("--- " + first + " ---\none\n\n--- " + second
                            + " ---\ntwo\n\n--- standard input ---\nthree\n\n");
        }

        @Test
        void shouldFetchAnAddressAsReadableText() {
            platform.answer(
                    "GET /page",
                    new TestingPlatform.Answer(
                            200, "text/html", "<title>T</title><nav>menu</nav><p>Hello <b>you</b></p>", Map.of()));

            assertThat(console.run("run", "summarize", platform.url() + "/page"))
                    .isEqualTo(ExitCode.DONE);

            assertThat(sent().path("input").asText()).isEqualTo("# T\n\nHello you\n");
        }

        @Test
        void shouldSayWhenAnAddressHoldsNoText() {
            platform.answer("GET /x.pdf", new TestingPlatform.Answer(200, "application/pdf", "%PDF", Map.of()));

            assertThat(console.run("run", "summarize", platform.url() + "/x.pdf"))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("application/pdf, not text");
        }

        @Test
        void shouldSendNothingWhenAFileIsMissing() {
            assertThat(console.run("run", "summarize", folder.resolve("none").toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("There is no file");
            assertThat(platform.requests()).isEmpty();
        }

        @Test
        void shouldRefuseWhatIsNotText() {
            byte[] binary = {(byte) 0xFF, (byte) 0xFE, 0x00};

            assertThat(console.typing(binary).run("run", "summarize")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("not text in UTF-8");
            assertThat(platform.requests()).isEmpty();
        }

        @Test
        void shouldNotWaitForATerminalToType() {
            assertThat(console.terminals(80, "in").run("run", "summarize")).isEqualTo(ExitCode.USAGE);

            assertThat(console.err()).contains("nothing to run the pattern over");
        }
    }

    @Nested
    class Options {
        @Test
        void shouldSendOptionsByTheirNames() {
            console.typing("x")
                    .run(
                            "run",
                            "summarize",
                            "-m",
                            "gpt-5",
                            "-v",
                            "role=an expert = me",
                            "-v=#lang:de:AT",
                            "--context",
                            "c",
                            "--strategy",
                            "cot",
                            "--session",
                            "s",
                            "-g",
                            "German",
                            "-t",
                            "0.2");

            assertThat(sent()).isEqualTo(Json.read("""
                                    {"pattern":"summarize","input":"x","model":"gpt-5","context":"c","strategy":"cot",
                                     "session":"s","language":"German","temperature":0.2,
                                     "variables":{"role":"an expert = me","lang":"de:AT"}}"""));
        }

        @Test
        void shouldLeaveOutWhatWasNotGiven() {
            console.typing("x").run("run", "summarize");

            assertThat(sent()).isEqualTo(Json.read("{\"pattern\":\"summarize\",\"input\":\"x\"}"));
        }

        @Test
        void shouldRefuseAVariableWithoutAValueOrGivenTwice() {
            assertThatThrownBy(() -> RunCommand.variables(List.of("role"))).hasMessageContaining("'role'");
            assertThatThrownBy(() -> RunCommand.variables(List.of("=x"))).hasMessageContaining("'=x'");
            assertThatThrownBy(() -> RunCommand.variables(List.of("a=1", "#a:2")))
                    .hasMessageContaining("twice");
            assertThat(console.typing("x").run("run", "summarize", "-v", "role"))
                    .isEqualTo(ExitCode.USAGE);
        }
    }

    @Nested
    class Output {
        @Test
        void shouldPrintTheAnswerAndWhatItTook() {
            console.typing("x").run("run", "summarize");

            assertThat(console.out()).isEqualTo("Short.\n");
            assertThat(console.err())
                    .isEqualTo("gpt-5-mini · 1,234 tokens in, 34 out · $0.001234 · 2.3 s · 0199-run\n");
        }

        @Test
        void shouldMarkEstimatedTokens() {
            platform.answer("POST /api/v1/execute", REPLY.replace("\"estimated\":false", "\"estimated\":true"));

            console.typing("x").run("run", "summarize");

            assertThat(console.err()).contains("about 1,234 tokens in");
        }

        @Test
        void shouldPrintTheWholeReplyAsJson() {
            console.typing("x").run("run", "summarize", "--json");

            assertThat(Json.read(console.out())).isEqualTo(Json.read(REPLY));
        }

        @Test
        void shouldReplaceAFileAndKeepItsMode() throws IOException {
            Path file = Files.writeString(folder.resolve("answer.md"), "old");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

            console.typing("x").run("run", "summarize", "-o", file.toString());

            assertThat(file).hasContent("Short.\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
            assertThat(console.out()).isEmpty();
            assertThat(console.err()).startsWith("Wrote " + file);
            assertThat(folder).isDirectoryNotContaining(left -> left.toString().endsWith(".part"));
        }

        @Test
        void shouldWriteBehindALink() throws IOException {
            Path file = Files.writeString(folder.resolve("target.md"), "old");
            Path link = Files.createSymbolicLink(folder.resolve("link.md"), file);

            console.typing("x").run("run", "summarize", "-o", link.toString());

            assertThat(link).isSymbolicLink();
            assertThat(file).hasContent("Short.\n");
        }

        @Test
        void shouldLeaveTheFileAsItWasWhenTheRunFails() throws IOException {
            Path file = Files.writeString(folder.resolve("answer.md"), "old");
            platform.refuse("POST /api/v1/execute", 502, "{\"code\":\"provider_unavailable\",\"detail\":\"Down\"}");

            assertThat(console.typing("x").run("run", "summarize", "-o", file.toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(file).hasContent("old");
        }

        @Test
        void shouldShowADryRunAndItsEstimates() {
            platform.answer("POST /api/v1/execute", """
                    {"dry_run":true,"pattern":"summarize","version":2,"model":"gpt-5",
                     "messages":[{"role":"system","content":"Be short."},{"role":"user","content":"x"}],
                     "tokens":12,"estimated_cost":{"input":{"micro_usd":50000},"at_most":{"micro_usd":90000}},
                     "policy":{"permissions":["patterns:execute:summarize"],"team":"a"},"warnings":["Careful"]}""");

            console.typing("x").run("run", "summarize", "--dry-run");

            assertThat(sent().path("dry_run").asBoolean()).isTrue();
            assertThat(console.out()).isEqualTo("--- system ---\nBe short.\n--- user ---\nx\n");
            assertThat(console.err())
                    .contains(
                            "Would run summarize v2 on gpt-5 · about 12 tokens in · about $0.05 for them · at most $0.09")
                    .contains("Needs patterns:execute:summarize; team a pays")
                    .contains("Note: Careful");
        }
    }

    @Nested
    class Streaming {
        private static final String DELTA = """
                event: delta
                data: {"text":"Sh"}

                """;
        private static final String DONE = """
                event: done
                data: {"id":"0199-run","model":"m","usage":{"input_tokens":1,"output_tokens":2},\
                "cost":{"micro_usd":0},"metadata":{"duration_ms":5}}

                """;

        private void stream(String events) {
            platform.answer(
                    "POST /api/v1/execute", new TestingPlatform.Answer(200, "text/event-stream", events, Map.of()));
        }

        @Test
        void shouldPrintDeltasAsTheyComeAndTheSummaryAtTheEnd() throws IOException {
            stream("""
                    event: start
                    data: {}

                    : comment

                    event: delta
                    data: {"text":"Sh"}

                    event: delta\r
                    data:{"text":"ort"}\r
                    \r
                    """ + DONE);
            Path file = folder.resolve("answer");

            assertThat(console.typing("x").run("run", "summarize", "--stream", "-o", file.toString()))
                    .isEqualTo(ExitCode.DONE);

            assertThat(sent().path("stream").asBoolean()).isTrue();
            assertThat(platform.lastRequest().header("Accept")).isEqualTo("text/event-stream");
            assertThat(console.out()).isEqualTo("Short\n");
            assertThat(file).hasContent("Short\n");
            assertThat(console.err()).contains("m · 1 tokens in, 2 out · $0.00 · 5 ms · 0199-run");
        }

        @Test
        void shouldFailWhenTheProviderFailsOnTheWay() {
            stream(
                    DELTA
                            + "event: error\ndata: {\"code\":\"provider_unavailable\",\"detail\":\"It hung up\",\"status\":502}\n\n");
            Path file = folder.resolve("answer");

            assertThat(console.typing("x").run("run", "summarize", "--stream", "-o", file.toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(console.out()).isEqualTo("Sh\n");
            assertThat(console.err()).contains("It hung up").contains("another model");
            assertThat(file).doesNotExist();
        }

        @Test
        void shouldNotTakeHalfAnAnswerForAWholeOne() {
            stream(DELTA);

            assertThat(console.typing("x").run("run", "summarize", "--stream")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("broke off");
        }

        @Test
        void shouldHangUpWhenInterrupted() throws Exception {
            platform.answerForEver("POST /api/v1/execute");
            TestingProcess run =
                    TestingProcess.start(console.context().environment(), List.of(), "run", "summarize", "--stream");
            assertThat(platform.asked()).isTrue();

            run.interrupt();

            assertThat(run.exitCode()).isEqualTo(130);
            assertThat(platform.callerHungUp()).isTrue();
        }

        @Test
        void shouldPrintEventsAsLinesOfJson() {
            stream(DELTA + DONE);

            console.typing("x").run("run", "summarize", "--stream", "--json");

            List<String> lines = console.out().lines().toList();
            assertThat(lines).hasSize(2);
            assertThat(Json.read(lines.getFirst()))
                    .isEqualTo(Json.read("{\"event\":\"delta\",\"data\":{\"text\":\"Sh\"}}"));
        }
    }

    @Nested
    class Refusals {
        @Test
        void shouldShowWhatWasWrongWhereAndWhatToDo() {
            platform.refuse("POST /api/v1/execute", 404, """
                    {"title":"Unknown pattern","status":404,"code":"unknown_pattern",
                     "detail":"There is no pattern 'sumarize' (did you mean 'summarize'?)",
                     "errors":[{"pointer":"/pattern","message":"unknown"}]}""");

            assertThat(console.typing("x").run("run", "sumarize")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err())
                    .isEqualTo("There is no pattern 'sumarize' (did you mean 'summarize'?)\n"
                            + "  /pattern: unknown\n"
                            + "  gantry patterns list shows what there is\n"
                            + "  POST " + platform.url()
                            + "/api/v1/execute (unknown_pattern, HTTP 404, request request-7)\n");
            assertThat(console.out()).isEmpty();
        }

        @Test
        void shouldSayWhenSomethingElseAnswers() {
            platform.answer(
                    "POST /api/v1/execute",
                    new TestingPlatform.Answer(200, "text/html", "<html>Welcome to nginx", Map.of()));

            assertThat(console.typing("x").run("run", "summarize")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("is not Gantry").contains("GANTRY_URL");
        }

        @Test
        void shouldSayWhenNothingAnswers() {
            console.with("GANTRY_URL", "http://127.0.0.1:1");

            assertThat(console.typing("x").run("run", "summarize")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("Nothing answers at http://127.0.0.1:1");
        }

        @Test
        void shouldRefuseAnAddressThatIsNone() {
            console.with("GANTRY_URL", "localhost:7420");

            assertThat(console.typing("x").run("run", "summarize")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("'localhost:7420' is not the address of a platform");
        }

        @Test
        void shouldNeverPrintTheKey() {
            platform.refuse("POST /api/v1/execute", 401, "{\"code\":\"unauthenticated\",\"detail\":\"Unknown key\"}");

            console.typing("x").run("run", "summarize");

            assertThat(console.err()).contains("GANTRY_API_KEY").doesNotContain("gk_test");
        }
    }
}
