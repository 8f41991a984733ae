package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TriggerCommandsTest {
    private static final String SCHEDULE = """
            {"name":"nightly","state":"stopped","reason":"Its owner is gone","workflow":"team-a/report",
             "user":"ada@example.com","cron":"30 6 * * *","time_zone":"Europe/Berlin","missed":"once",
             "next":["2026-11-22T05:30:00Z","2026-11-23T05:30:00Z"],"inputs":{"day":"${event.at}","depth":3},
             "started":12,"failed":1,"last_run":"run-7","problem":"no such workflow"}""";

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

    @Test
    void shouldSetUpAScheduleAndShowItsNextTimes() {
        platform.answer("PUT /api/v1/schedules/nightly", SCHEDULE);

        assertThat(console.run(
                        "schedules",
                        "put",
                        "nightly",
                        "team-a/report",
                        "--cron",
                        "30 6 * * *",
                        "--zone",
                        "Europe/Berlin",
                        "-v",
                        "day=${event.at}",
                        "-v",
                        "depth:=3"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().json())
                .hasToString("{\"workflow\":\"team-a/report\",\"inputs\":{\"day\":\"${event.at}\",\"depth\":3},"
                        + "\"cron\":\"30 6 * * *\",\"time_zone\":\"Europe/Berlin\",\"missed\":\"once\"}");
        assertThat(console.err())
                .contains("nightly  stopped  team-a/report for ada@example.com", "why      Its owner is gone")
                .contains("when     30 6 * * * (Europe/Berlin), missed: once", "input    day = ${event.at}")
                .contains("started  12, failed 1", "last run run-7", "problem  no such workflow")
                .containsPattern("next +2026-11-22.*\\n +next +2026-11-23");
    }

    @Test
    void shouldPrintTheSecretOfAWebhookByItself() {
        platform.answer(
                "PUT /api/v1/hooks/issues",
                "{\"name\":\"issues\",\"state\":\"active\",\"workflow\":\"w\",\"user\":\"u\",\"path\":\"/hooks/abc\","
                        + "\"started\":0,\"failed\":0,\"secret\":\"whsec_x\"}");
        platform.answer(
                "POST /api/v1/hooks/issues/secret",
                "{\"name\":\"issues\",\"secret\":\"whsec_y\",\"former_secret_until\":\"2026-11-22T12:00:00Z\"}");

        assertThat(console.run("hooks", "put", "issues", "w", "--where", "event.body.x == 1"))
                .isEqualTo(ExitCode.DONE);
        assertThat(console.out()).isEqualTo("whsec_x\n");
        assertThat(console.err()).contains("/hooks/abc", "shown this once");
        assertThat(platform.lastRequest().body()).contains("\"where\":\"event.body.x == 1\"");

        TestingConsole rotating = TestingConsole.of(platform);
        assertThat(rotating.run("hooks", "rotate", "issues", "--overlap-hours", "2"))
                .isEqualTo(ExitCode.DONE);
        assertThat(rotating.out()).isEqualTo("whsec_y\n");
        assertThat(platform.lastRequest().body()).isEqualTo("{\"overlap_seconds\":7200}");
    }

    @Test
    void shouldSteerEveryKind() {
        platform.answer("GET /api/v1/schedules", "{\"items\":[" + SCHEDULE + "],\"next_cursor\":null}");
        platform.answer("POST /api/v1/schedules/nightly/pause", SCHEDULE);
        platform.answer("POST /api/v1/event-triggers/alarm/resume", SCHEDULE);
        platform.answer("PUT /api/v1/event-triggers/alarm", SCHEDULE);
        platform.answer("POST /api/v1/schedules/nightly/runs", "{\"id\":\"run-8\"}");
        platform.answer(
                "DELETE /api/v1/hooks/issues", new TestingPlatform.Answer(204, "application/json", "", Map.of()));

        assertThat(console.run("schedules", "list")).isEqualTo(ExitCode.DONE);
        assertThat(console.out()).contains("nightly", "stopped", "30 6 * * *", "12");
        assertThat(console.run("schedules", "pause", "nightly")).isEqualTo(ExitCode.DONE);
        assertThat(console.run("event-triggers", "put", "alarm", "w", "--event", "run.failed"))
                .isEqualTo(ExitCode.DONE);
        assertThat(platform.lastRequest().body()).contains("\"event\":\"run.failed\"");
        assertThat(console.run("event-triggers", "resume", "alarm")).isEqualTo(ExitCode.DONE);
        assertThat(console.run("hooks", "delete", "issues")).isEqualTo(ExitCode.DONE);
        TestingConsole now = TestingConsole.of(platform);
        assertThat(now.run("schedules", "run", "nightly")).isEqualTo(ExitCode.DONE);
        assertThat(now.out()).isEqualTo("run-8\n");
    }

    @Test
    void shouldAskForWhatAKindNeeds() {
        assertThat(console.run("schedules", "put", "nightly", "w")).isEqualTo(ExitCode.USAGE);
        assertThat(console.run("event-triggers", "put", "alarm", "w")).isEqualTo(ExitCode.USAGE);
        assertThat(platform.requests()).isEmpty();
    }
}
