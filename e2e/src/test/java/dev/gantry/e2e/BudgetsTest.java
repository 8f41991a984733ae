package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Budgets from outside: set by the command line, refused in the client's own words, and never passed unseen. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class BudgetsTest {
    /** An answer of the simulator costs 52 micro-dollars; what it may cost at most is some more. */
    private static final String CHAT =
            "{\"model\":\"openai-echo\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";

    private World world;
    private Client administrator;

    @BeforeAll
    void open() throws Exception {
        world = World.open("""
                budgets:
                  organization: {monthly_limit: 10000}
                  teams:
                    ghosts: {monthly_limit: 5}
                """);
        administrator = world.client();
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    private record Somebody(String name, Client client) {}

    private Somebody somebody() {
        String name = "e2e-" + UUID.randomUUID();
        created(administrator.post(
                "/api/v1/service-accounts", Requests.text(Json.object().put("name", name))));
        created(administrator.post(
                "/api/v1/role-assignments",
                Requests.text(Json.object().put("role", "developer").put("user", name))));
        JsonNode key = created(administrator.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", name))));
        return new Somebody(name, administrator.withKey(key.path("key").textValue()));
    }

    private static JsonNode created(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private CommandRun gantry(String... arguments) throws IOException, InterruptedException {
        return CommandRun.of(world.server(), arguments);
    }

    @Test
    void shouldWarnOfABudgetOfATeamThatDoesNotExist() {
        assertThat(world.server().log())
                .contains(
                        "budgets.teams.ghosts: there is no team of this name, so its budget bounds nobody until one is"
                                + " made");
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndGoOnAfterAGrant() throws Exception {
        Somebody somebody = somebody();
        CommandRun set = gantry("budget", "set", "--user", somebody.name(), "--daily", "--usd", "0.0004");
        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out()).contains("user " + somebody.name()).contains("day");

        int answered = 0;
        Answer last = somebody.client().post("/v1/chat/completions", CHAT);
        while (last.status() == 200 && answered < 10) {
            answered++;
            last = somebody.client().post("/v1/chat/completions", CHAT);
        }

        assertThat(answered).isBetween(1, 4);
        assertThat(last.status()).as(last.body()).isEqualTo(402);
        assertThat(last.json().at("/error/type").textValue()).isEqualTo("insufficient_quota");
        assertThat(last.json().at("/error/code").textValue()).isEqualTo("budget_exceeded");
        assertThat(last.header("x-should-retry")).isEqualTo("false");
        assertThat(last.header("X-Gantry-Budget-Level")).isEqualTo("user");
        assertThat(last.header("X-Gantry-Budget-Period")).isEqualTo("day");
        assertThat(last.header("X-Gantry-Budget-Limit")).isEqualTo("400");
        assertThat(last.header("X-Gantry-Budget-Spent")).isEqualTo(Integer.toString(52 * answered));

        CommandRun granted = gantry(
                "budget",
                "grant",
                "--user",
                somebody.name(),
                "--daily",
                "--usd",
                "1",
                "--for",
                "1h",
                "--reason",
                "demo");
        assertThat(granted.exitCode()).as(granted.err()).isZero();
        assertThat(somebody.client().post("/v1/chat/completions", CHAT).status())
                .isEqualTo(200);
        assertThat(administrator.auditEvents("event_type=budget.grant"))
                .anyMatch(event -> event.toString().contains(somebody.name())
                        && event.toString().contains("demo"));

        CommandRun usage = gantry("usage", "--by", "user,model", "--since", "1d", "--csv");
        assertThat(usage.out().lines())
                .as(usage.err())
                .anyMatch(line -> line.startsWith("principal,model,requests,"))
                .contains("%s,openai-echo,%d,0,%d,%d,0,0,0,%d,%s"
                        .formatted(
                                somebody.name(),
                                answered + 1,
                                11 * (answered + 1),
                                3 * (answered + 1),
                                52 * (answered + 1),
                                "0.%06d".formatted(52 * (answered + 1)).replaceFirst("0+$", "")));
    }

    @Test
    void shouldShowEverybodyTheirOwnSpending() {
        Somebody member = somebody();
        assertThat(member.client().post("/v1/chat/completions", CHAT).status()).isEqualTo(200);

        JsonNode own = member.client().get("/api/v1/usage").json();
        assertThat(own.path("only_own").booleanValue()).isTrue();
        assertThat(own.at("/total/requests").longValue()).isEqualTo(1);
        assertThat(member.client().get("/api/v1/budgets").status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseByTheApiWhatNobodyCanMean() {
        assertThat(set("{\"level\":\"team\",\"period\":\"month\",\"subject\":\"ghosts\",\"limit_usd\":5}"))
                .isEqualTo(404);
        assertThat(set("{\"level\":\"user\",\"period\":\"month\",\"subject\":\"nobody@example.com\",\"limit_usd\":5}"))
                .isEqualTo(404);
        assertThat(set("{\"level\":\"organization\",\"period\":\"month\",\"limit_usd\":-5}"))
                .isEqualTo(400);
        assertThat(set("{\"level\":\"organization\",\"period\":\"month\",\"limit_usd\":1e300}"))
                .isEqualTo(400);
        assertThat(set("{\"level\":\"organization\",\"period\":\"month\",\"limit_usd\":5,\"limit_tokens\":5}"))
                .isEqualTo(400);
        assertThat(set("{\"level\":\"organization\",\"period\":\"week\",\"limit_usd\":5}"))
                .isEqualTo(400);
        assertThat(administrator
                        .post(
                                "/api/v1/budgets/grants",
                                "{\"level\":\"organization\",\"period\":\"month\",\"amount_usd\":5,\"reason\":\"late\","
                                        + "\"expires_at\":\"2001-01-01T00:00:00Z\"}")
                        .status())
                .isEqualTo(400);
        assertThat(somebody().client().get("/api/v1/budgets/grants").status()).isEqualTo(403);
    }

    private int set(String json) {
        return administrator
                .send(administrator
                        .request("/api/v1/budgets")
                        .header("Content-Type", "application/json")
                        .PUT(java.net.http.HttpRequest.BodyPublishers.ofString(json))
                        .build())
                .status();
    }

    /** Money fails closed: without the database nothing is answered that could not be counted. */
    @Test
    void shouldAnswerNothingThatItCannotCountWhileTheDatabaseIsAway() throws Exception {
        Somebody somebody = somebody();
        assertThat(set("{\"level\":\"user\",\"period\":\"month\",\"subject\":\"%s\",\"limit_usd\":1}"
                        .formatted(somebody.name())))
                .isEqualTo(200);
        assertThat(somebody.client().post("/v1/chat/completions", CHAT).status())
                .isEqualTo(200);
        try (Administrator superuser = Administrator.beside(world.dataDirectory())) {
            superuser.shutTheDatabase();
            try {
                Answer refused = somebody.client().post("/v1/chat/completions", CHAT);
                assertThat(refused.status()).as(refused.body()).isEqualTo(503);
                assertThat(refused.json().at("/error/code").textValue()).isEqualTo("database_unavailable");
            } finally {
                superuser.openTheDatabase();
            }
        }

        Eventually.holds(
                "requests are answered again",
                () -> somebody.client().post("/v1/chat/completions", CHAT).status() == 200);

        Eventually.holds("the budget and the ledger agree", () -> {
            JsonNode budget = administrator
                    .get("/api/v1/budgets?level=user&subject=" + somebody.name())
                    .json()
                    .at("/items/0");
            long ledger = administrator
                    .usage("principal=" + somebody.name())
                    .path("cost")
                    .path("micro_usd")
                    .longValue();
            return ledger >= 2 * 52 && budget.path("spent").longValue() == ledger;
        });
    }

    @Test
    void shouldShowLimitsAndBudgets() throws Exception {
        CommandRun limits = gantry("limits");
        assertThat(limits.exitCode()).as(limits.err()).isZero();
        CommandRun budgets = gantry("budget", "show", "--organization");
        assertThat(budgets.out()).as(budgets.err()).contains("organization").contains("$10000");
    }
}
