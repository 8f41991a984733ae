package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListCommandTest {
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

    private void twoPatterns(String cursor) {
        platform.answer("GET /api/v1/patterns", """
                {"items":[{"name":"shared/summarize","version":1200,"description":"Says it shorter","tags":["text","short"]},
                          {"name":"x","version":3,"description":"A very long description that no narrow terminal has room for",
                           "tags":[]}],
                 "next_cursor":%s}""".formatted(cursor));
    }

    @Test
    void shouldLineUpColumnsAndLeaveOutEmptyOnes() {
        twoPatterns("null");

        assertThat(console.run("patterns", "list")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).isEqualTo("""
                        NAME              VERSION  DESCRIPTION                                                   TAGS
                        shared/summarize    1,200  Says it shorter                                               text, short
                        x                       3  A very long description that no narrow terminal has room for
                        """);
    }

    @Test
    void shouldFitTheTerminal() {
        twoPatterns("null");

        console.terminals(60, "out").with("NO_COLOR", "1").run("patterns", "list");

        assertThat(console.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60));
        assertThat(console.out()).contains("…").contains("shared/summarize");
    }

    private void oneKey() {
        platform.answer("GET /api/v1/keys", """
                {"items":[{"id":"01a1fe20-fbd3-7000-987a-dc26590a10fb","prefix":"aODOca8BMF","name":"credentials file",
                  "principal":"admin@localhost","team":"default","created_at":"2026-11-21T12:42:00Z"}],"next_cursor":null}""");
    }

    @Test
    void shouldLeaveColumnsOutRatherThanShortenIdentifiers() {
        oneKey();

        console.terminals(80, "out").with("NO_COLOR", "1").run("keys", "list");

        assertThat(console.out()).isEqualTo("""
                        ID                                    PREFIX      NAME            FOR
                        01a1fe20-fbd3-7000-987a-dc26590a10fb  aODOca8BMF  credentials f…  admin@localho…
                        """);
    }

    @Test
    void shouldPrintBlocksWhereNoLineHasRoom() {
        oneKey();

        console.terminals(40, "out").with("NO_COLOR", "1").run("keys", "list");

        assertThat(console.out()).startsWith("""
                        ID       01a1fe20-fbd3-7000-987a-dc26590a10fb
                        PREFIX   aODOca8BMF
                        NAME     credentials file
                        FOR      admin@localhost
                        TEAM     default
                        """);
    }

    @Test
    void shouldAskForNoMoreThanTheLimitAndSayThatThereIsMore() {
        twoPatterns("\"next\"");

        console.run("patterns", "list", "--limit", "2", "--tag", "a b");

        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/patterns?tag=a%20b&limit=2");
        assertThat(console.err()).contains("--all");
    }

    @Test
    void shouldFollowTheCursor() {
        twoPatterns("\"next page\"");

        console.run("patterns", "list", "--limit", "3");

        assertThat(platform.requests()).hasSize(2);
        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/patterns?limit=1&cursor=next%20page");
    }

    @Test
    void shouldPrintRowsAsJson() {
        twoPatterns("null");

        console.run("patterns", "list", "--json");

        assertThat(Json.read(console.out())).hasSize(2);
        assertThat(Json.read(console.out()).get(1).path("version").asInt()).isEqualTo(3);
    }

    @Test
    void shouldSayWhenThereIsNothing() {
        platform.answer("GET /api/v1/keys", "{\"items\":[],\"next_cursor\":null}");

        assertThat(console.run("keys", "list")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).isEmpty();
        assertThat(console.err()).isEqualTo("There are no keys\n");
    }

    @Test
    void shouldTurnLengthsAndDatesIntoInstants() {
        platform.answer("GET /api/v1/audit/events", "{\"items\":[],\"next_cursor\":null}");

        console.run("audit", "list", "--since", "36h", "--until", "2026-11-21T10:00:00Z", "--result", "denied");

        assertThat(platform.lastRequest().target())
                .isEqualTo("/api/v1/audit/events?result=denied&from=2026-11-20T00%3A00%3A00Z"
                        + "&to=2026-11-21T10%3A00%3A00Z&limit=50");
    }

    @Test
    void shouldRefuseWhatIsNoTime() {
        assertThat(console.run("audit", "list", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).contains("'yesterday' is no time for --since");
    }

    @Test
    void shouldShowMoneyInDollars() {
        platform.answer(
                "GET /api/v1/usage",
                "{\"items\":[{\"team\":\"team-a\",\"requests\":1234,\"input_tokens\":5,\"output_tokens\":6,"
                        + "\"cost\":{\"micro_usd\":2500000}}],\"next_cursor\":null}");

        console.run("usage", "--by", "team");

        assertThat(console.out())
                .contains("TEAM")
                .contains("team-a")
                .contains("1,234")
                .contains("$2.50");
        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/usage?group_by=team&limit=50");
    }
}
