package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunsCommandsTest {
    private static final String ID = "01930000-0000-7000-8000-00000000000c";

    private TestingPlatform platform;
    private TestingConsole console;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        console = TestingConsole.of(platform);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private static String run(String state) {
        boolean over = state.equals("succeeded") || state.equals("failed");
        return """
            {"id":"%s","workflow":"shared/nightly","version":3,"state":"%s","user":"ada@example.com","error":%s,
             "created_at":"2026-11-21T11:59:00Z","started_at":"2026-11-21T11:59:00Z","finished_at":%s,
             "tokens":{"budget":1000,"used":1234,"reserved":0},"cost":{"micro_usd":1250000,"usd":"1.25"},
             "outputs":{"report":"all is well","count":2},
             "steps":[{"path":"plan","state":"done","started_at":"2026-11-21T11:59:00Z",
              "finished_at":"2026-11-21T11:59:02Z","tokens":1234,"cost_micro_usd":1250000,"attempt":2},
              {"path":"each[0]/score","state":"failed","error":"no \\u001b[31mred","attempt":1},
              {"path":"ask","state":"waiting","waits_for":{"message":"Go on?"},"attempt":0}]}""".formatted(
                        ID,
                        state,
                        state.equals("failed") ? "\"Step plan failed\"" : "null",
                        over ? "\"2026-11-21T11:59:30Z\"" : "null");
    }

    private void events(String... kinds) {
        StringBuilder stream = new StringBuilder(": events\n\n");
        for (int index = 0; index < kinds.length; index++) {
            stream.append("id: ")
                    .append(index + 1)
                    .append("\nevent: ")
                    .append(kinds[index])
                    .append("\ndata: {\"at\":");
            stream.append("\"2026-11-21T11:59:00Z\",\"kind\":\"").append(kinds[index]);
            stream.append("\",\"step\":\"plan\",\"data\":{\"attempt\":1}}\n\n");
        }
        platform.answer(
                "GET /api/v1/runs/" + ID + "/events",
                new TestingPlatform.Answer(200, "text/event-stream", stream.toString(), Map.of()));
    }

    @Test
    void shouldListRunsWithWhatWasAskedFor() {
        platform.answer("GET /api/v1/runs", "{\"items\":[" + run("running") + "],\"next_cursor\":null}");

        assertThat(console.run("runs", "list", "--workflow", "shared/nightly", "--state", "running", "--mine"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().target())
                .contains("workflow=shared%2Fnightly", "state=running", "mine=true", "limit=50");
        assertThat(console.out()).contains(ID, "shared/nightly", "running", "1,234", "$1.25");
    }

    @Test
    void shouldShowARunAsATreeAndItsOutputs() {
        platform.answer("GET /api/v1/runs/" + ID, run("running"));

        assertThat(console.run("runs", "show", ID)).isEqualTo(ExitCode.DONE);

        assertThat(console.out())
                .contains("shared/nightly (version 3)  running", "60 s")
                .contains("✓ plan  done  2.0 s  1,234 tokens  $1.25  attempt 2")
                .contains("    ✗ each[0]/score  failed", "asks: Go on?", "report: all is well", "count: 2")
                .doesNotContain("\u001b");
        assertThat(platform.lastRequest().target()).endsWith("?outputs=false");

        TestingConsole json = TestingConsole.of(platform);
        assertThat(json.run("runs", "show", ID, "--json")).isEqualTo(ExitCode.DONE);
        assertThat(platform.lastRequest().target()).endsWith("?outputs=true");
        assertThat(json.out()).startsWith("{").contains("\"steps\"");
    }

    @Test
    void shouldWatchARunToItsEndAndFailWithIt() {
        events("run.started", "step.started", "step.failed", "run.failed");
        platform.answer("GET /api/v1/runs/" + ID, run("failed"));

        assertThat(console.run("runs", "watch", ID)).isEqualTo(ExitCode.FAILED);

        assertThat(console.out().lines().limit(4))
                .containsExactly(
                        "2026-11-21T11:59:00Z run.started plan attempt=1",
                        "2026-11-21T11:59:00Z step.started plan attempt=1",
                        "2026-11-21T11:59:00Z step.failed plan attempt=1",
                        "2026-11-21T11:59:00Z run.failed plan attempt=1");
        assertThat(console.out()).contains("Step plan failed");
    }

    @Test
    void shouldStartAWorkflowAndWatchIt() {
        platform.answer("POST /api/v1/workflows/shared/nightly/runs", run("running"));
        platform.answer("GET /api/v1/runs/" + ID, run("succeeded"));
        events("run.started", "run.succeeded");

        assertThat(console.typing("from a pipe")
                        .run(
                                "workflow",
                                "run",
                                "shared/nightly",
                                "-v",
                                "a=x=y",
                                "-v",
                                "b:=[1,true]",
                                "-v",
                                "c=@-",
                                "--watch"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.requests().getFirst().json())
                .hasToString("{\"inputs\":{\"a\":\"x=y\",\"b\":[1,true],\"c\":\"from a pipe\"}}");
        assertThat(console.err()).contains("Run " + ID);
        assertThat(console.out()).contains("run.succeeded", "report: all is well");
    }

    @Test
    void shouldAskNothingOfTheServerForInputsThatAreNone() {
        for (String wrong : new String[] {"x", "=x", "a:={", ":=1"}) {
            assertThat(TestingConsole.of(platform).run("workflow", "run", "w", "-v", wrong))
                    .as(wrong)
                    .isEqualTo(ExitCode.USAGE);
        }
        assertThat(console.run("workflow", "run", "w", "-v", "a=1", "-v", "a=2"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(console.err()).contains("The input 'a' is given twice");
        assertThat(platform.requests()).isEmpty();
    }

    @Test
    void shouldSteerARunAndDecideWhatItAsks() {
        for (String verb : new String[] {"cancel", "pause", "resume", "retry", "approve", "reject"}) {
            platform.answer("POST /api/v1/runs/" + ID + "/" + verb, run("running"));
        }
        platform.answer("POST /api/v1/runs/" + ID + "/fork", run("queued"));
        for (String verb : new String[] {"cancel", "pause", "resume", "retry"}) {
            assertThat(console.run("runs", verb, ID)).isEqualTo(ExitCode.DONE);
        }
        assertThat(console.out()).contains("Run " + ID + " is running");
        assertThat(console.run("runs", "approve", ID)).isEqualTo(ExitCode.DONE);
        assertThat(platform.lastRequest().body()).isEqualTo("{}");
        assertThat(console.run("runs", "reject", ID, "ask", "--comment", "too risky"))
                .isEqualTo(ExitCode.DONE);
        assertThat(platform.lastRequest().body()).isEqualTo("{\"step\":\"ask\",\"comment\":\"too risky\"}");
        assertThat(console.run("runs", "fork", ID, "plan")).isEqualTo(ExitCode.DONE);
        assertThat(platform.lastRequest().body()).isEqualTo("{\"from\":\"plan\"}");
    }

    @Test
    void shouldSayWhyTheServerRefuses() {
        platform.refuse(
                "POST /api/v1/runs/" + ID + "/cancel",
                409,
                "{\"status\":409,\"code\":\"conflict\",\"detail\":\"The run is over: succeeded\"}");

        assertThat(console.run("runs", "cancel", ID)).isEqualTo(ExitCode.FAILED);

        assertThat(console.err()).contains("The run is over: succeeded");
    }
}
