package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetCommandsTest {
    private static final String STATE = """
            {"level":"team","subject":"research","name":"research","period":"month","unit":"micro_usd","limit":4000000000,
             "granted":500000000,"spent":1250000000,"reserved":1000000,"held":0,"remaining":3249000000,
             "source":"api","resets_at":"2026-12-01T00:00:00Z"}""";

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
    void shouldShowWhatIsSpentAndLeft() {
        platform.answer("GET /api/v1/budgets", """
                {"items":[%s,{"level":"user","name":"ada@example.com","period":"day","unit":"tokens","limit":100000,
                "spent":0,"reserved":0,"held":2048,"remaining":97952,"source":"configuration",
                "resets_at":"2026-11-22T00:00:00Z"}],"next_cursor":null}""".formatted(STATE));

        assertThat(console.run("budget", "show", "--team", "research")).isEqualTo(ExitCode.DONE);

        List<String> lines = console.out().lines().toList();
        assertThat(lines.get(0).split(" {2,}"))
                .containsExactly(
                        "BUDGET OF",
                        "PER",
                        "LIMIT",
                        "GRANTED",
                        "SPENT",
                        "RESERVED",
                        "HELD",
                        "REMAINING",
                        "RESETS",
                        "SOURCE");
        assertThat(lines.get(1)).contains("team research", "$4000", "$500", "$1250", "$3249", "2026-12-01", "api");
        assertThat(lines.get(2))
                .contains("user ada@example.com", "day (tokens)", "100,000", "2,048", "97,952", "configuration");
        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/budgets?level=team&subject=research");
    }

    @Test
    void shouldSayHowToSetOneWhereThereIsNone() {
        platform.answer("GET /api/v1/budgets", "{\"items\":[],\"next_cursor\":null}");

        assertThat(console.run("budget", "show")).isEqualTo(ExitCode.DONE);

        assertThat(console.err()).contains("There are no budgets; set one with gantry budget set");
    }

    @Test
    void shouldSetALimitInDollarsToTheMillionth() {
        platform.answer("PUT /api/v1/budgets", STATE);

        assertThat(console.run("budget", "set", "--team", "research", "--usd", "4000.000001", "--alert", "0.9"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().body())
                .contains("\"level\":\"team\"", "\"subject\":\"research\"", "\"period\":\"month\"")
                .contains("\"limit_usd\":4000.000001", "\"alert_threshold\":0.9");
        assertThat(console.out()).contains("team research");
    }

    @Test
    void shouldSetADailyLimitInTokensOfTheOrganization() {
        platform.answer("PUT /api/v1/budgets", STATE);

        assertThat(console.run("budget", "set", "--organization", "--daily", "--tokens", "100000"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().body())
                .contains("\"level\":\"organization\"", "\"period\":\"day\"", "\"limit_tokens\":100000")
                .doesNotContain("subject", "usd");
    }

    @Test
    void shouldAskNothingOfTheServerThatCannotBeMeant() {
        assertThat(console.run("budget", "set", "--usd", "5")).isEqualTo(ExitCode.USAGE);
        assertThat(console.err()).contains("Whose budget?");
        assertThat(console.run("budget", "set", "--team", "a", "--user", "b", "--usd", "5"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(console.run("budget", "set", "--team", "a")).isEqualTo(ExitCode.USAGE);
        assertThat(console.run("budget", "set", "--team", "a", "--usd", "5", "--tokens", "5"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(console.err()).contains("Add either --usd AMOUNT or --tokens COUNT");
        assertThat(console.run("budget", "set", "--team", "a", "--usd", "five")).isEqualTo(ExitCode.USAGE);
        assertThat(console.err()).contains("'five' is no amount");
        assertThat(console.run("budget", "grant", "--team", "a", "--usd", "5", "--for", "soon", "--reason", "r"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(console.run("budget", "grant", "--team", "a", "--usd", "5", "--for", "3d"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(platform.requests()).isEmpty();
    }

    @Test
    void shouldTakeALimitBack() {
        platform.answer(
                "DELETE /api/v1/budgets", new TestingPlatform.Answer(204, "application/json", "", java.util.Map.of()));

        assertThat(console.run("budget", "unset", "--user", "ada@example.com", "--daily", "--tokens"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().target())
                .isEqualTo("/api/v1/budgets?level=user&subject=ada%40example.com&period=day&unit=tokens");
    }

    @Test
    void shouldRaiseALimitForATimeWithAReason() {
        platform.answer("POST /api/v1/budgets/grants", """
                {"id":"01930000-0000-7000-8000-00000000000c","expires_at":"2026-11-24T12:00:00Z"}""");

        assertThat(console.run(
                        "budget",
                        "grant",
                        "--team",
                        "research",
                        "--usd",
                        "500",
                        "--for",
                        "3d",
                        "--reason",
                        "conference demo"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().body())
                .contains("\"amount_usd\":500", "\"expires_at\":\"2026-11-24T12:00:00Z\"", "conference demo");
        assertThat(console.out()).isEqualTo("01930000-0000-7000-8000-00000000000c\n");
        assertThat(console.err()).contains("Raised until 2026-11-24");
    }

    @Test
    void shouldEndARaiseAndNothingElse() {
        TestingPlatform.Answer ended = new TestingPlatform.Answer(204, "application/json", "", java.util.Map.of());
        platform.answer("DELETE /api/v1/budgets/grants/01930000-0000-7000-8000-00000000000c", ended);

        assertThat(console.run("budget", "revoke", "01930000-0000-7000-8000-00000000000c"))
                .isEqualTo(ExitCode.DONE);
        assertThat(console.run("budget", "revoke", "../../keys/1?x=y")).isEqualTo(ExitCode.FAILED);

        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/budgets/grants/..%2F..%2Fkeys%2F1%3Fx%3Dy");
    }

    @Test
    void shouldPrintWhatWasUsedAsATableAndAsCsv() {
        platform.answer("GET /api/v1/usage", """
                {"items":[{"team":"a,b","day":"2026-11-20","requests":3,"estimated_requests":1,"input_tokens":1200,
                 "output_tokens":34,"cache_read_tokens":5,"cache_write_tokens":6,"reasoning_tokens":7,
                 "cost":{"micro_usd":1250000,"usd":"1.25"}},
                 {"team":null,"day":"2026-11-21","requests":1,"estimated_requests":0,"input_tokens":1,
                 "output_tokens":1,"cache_read_tokens":0,"cache_write_tokens":0,"reasoning_tokens":0,
                 "cost":{"micro_usd":0,"usd":"0"}}]}""");

        assertThat(console.run("usage", "--by", "team,day", "--since", "7d")).isEqualTo(ExitCode.DONE);
        assertThat(platform.lastRequest().target())
                .isEqualTo("/api/v1/usage?group_by=team%2Cday&from=2026-11-14T12%3A00%3A00Z&limit=50");
        assertThat(console.out()).contains("a,b", "1,200", "$1.25", "(none)");

        TestingConsole csv = TestingConsole.of(platform);
        assertThat(csv.run("usage", "--by", "team,day", "--csv")).isEqualTo(ExitCode.DONE);
        assertThat(csv.out().lines())
                .containsExactly(
                        "team,day,requests,estimated_requests,input_tokens,output_tokens,cache_read_tokens,"
                                + "cache_write_tokens,reasoning_tokens,cost_micro_usd,cost_usd",
                        "\"a,b\",2026-11-20,3,1,1200,34,5,6,7,1250000,1.25",
                        ",2026-11-21,1,0,1,1,0,0,0,0,0");
    }

    @Test
    void shouldShowLimits() {
        platform.answer("GET /api/v1/limits", """
                {"items":[{"scope":"tier","name":"free","measure":"requests","limit":10,"remaining":7,
                 "window_seconds":60,"reset_seconds":12}]}""");

        assertThat(console.run("limits", "--model", "gpt-4o", "--pattern", "shared/summarize"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().target()).isEqualTo("/api/v1/limits?model=gpt-4o&pattern=shared%2Fsummarize");
        assertThat(console.out().lines().toList().get(1)).matches("tier +free +requests +10 +7 +60 +12");
    }
}
