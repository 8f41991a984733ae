package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs of workflows by REST, with good, bad and hostile requests, and what starts them without a person. */
@ExtendWith(SharedWorld.class)
class TriggersTest {
    private static final String WORKFLOW = """
            name: Note
            inputs: {text: {type: string, required: true}, times: {type: integer, default: 1}}
            outputs: {said: "${inputs.text} ${inputs.times}"}
            steps:
              - {id: one, type: transform, params: {value: "${inputs.text}"}}
              - {id: two, type: transform, params: {value: "${steps.one.output}"}}
            """;
    private static final String RUNS = "/api/v1/workflows/shared/e2e-note/runs";

    private final Client administrator;

    TriggersTest(World world) {
        this.administrator = world.client();
    }

    @BeforeEach
    void publish() {
        assertThat(put("/api/v1/workflows/shared/e2e-note", Json.object().put("content", WORKFLOW))
                        .status())
                .isBetween(200, 201);
    }

    private Answer put(String path, ObjectNode body) {
        return send(administrator, "PUT", path, body.toString());
    }

    private static Answer send(Client client, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = client.request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int index = 0; index < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        return client.send(request.build());
    }

    private JsonNode over(String run) {
        String path = "/api/v1/runs/" + run;
        Eventually.holds(
                "the run is over",
                () -> !administrator.get(path).json().path("finished_at").isNull());
        return administrator.get(path).json();
    }

    @Test
    void shouldStartOneRunForAnIdempotencyKeyAndRefuseAnotherBodyWithIt() {
        String body = "{\"inputs\":{\"text\":\"a\"}}";
        Answer first = send(administrator, "POST", RUNS, body, "Idempotency-Key", "e2e-note-1");
        Answer again = send(administrator, "POST", RUNS, body, "Idempotency-Key", "e2e-note-1");
        Answer other =
                send(administrator, "POST", RUNS, "{\"inputs\":{\"text\":\"b\"}}", "Idempotency-Key", "e2e-note-1");

        assertThat(first.status()).as(first.body()).isEqualTo(201);
        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("code").asText()).isEqualTo("idempotency_conflict");
    }

    @Test
    void shouldSayEverythingThatIsWrongWithInputs() {
        Answer refused = administrator.post(RUNS, "{\"inputs\":{\"txt\":1,\"times\":\"many\"}}");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("errors").findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/inputs/txt", "/inputs/text", "/inputs/times");
        assertThat(refused.body()).contains("did you mean 'text'");
    }

    @Test
    void shouldRefuseWhatIsNoRequestForARun() {
        for (String body : List.of("", "[]", "{\"input\":{}}", "{\"inputs\":[]}", "{\"inputs\":\"x\"}", "{")) {
            assertThat(administrator.post(RUNS, body).status()).as(body).isEqualTo(400);
        }
        assertThat(administrator.get("/api/v1/runs/no-id").status()).isEqualTo(400);
        assertThat(administrator
                        .get("/api/v1/runs/01930000-0000-7000-8000-00000000000c")
                        .status())
                .isEqualTo(404);
        assertThat(administrator.get("/api/v1/runs?state=exploded").status()).isEqualTo(400);
        assertThat(administrator
                        .post("/api/v1/workflows/shared/e2e-none/runs", "{}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void shouldLetAKeyDoNoMoreInARunThanByItself() {
        Client narrow = key("['workflows:read', 'workflows:execute', 'runs:read']");
        put("/api/v1/workflows/shared/e2e-asks", Json.object().put("content", """
                name: Asks
                steps: [{id: sum, type: pattern, params: {pattern: summarize, input: A harbour., model: openai-echo}}]
                """));

        Answer started = narrow.post("/api/v1/workflows/shared/e2e-asks/runs", "{}");
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        JsonNode run = over(started.json().path("id").asText());

        assertThat(run.path("state").asText()).isEqualTo("failed");
        assertThat(run.path("error").asText()).contains("patterns:");
        assertThat(key("['workflows:read', 'runs:read']")
                        .post("/api/v1/runs/" + run.path("id").asText() + "/retry", "{}")
                        .status())
                .isEqualTo(403);
        assertThat(key("['patterns:read']")
                        .post(RUNS, "{\"inputs\":{\"text\":\"a\"}}")
                        .status())
                .isIn(403, 404);
    }

    @Test
    void shouldBindARunWithinAnotherByThePermissionsOfBoth() {
        publish("e2e-inner", """
                name: Inner
                permissions: ['patterns:execute:*', 'models:execute:*']
                inputs: {pattern: {type: string, default: summarize}}
                outputs: {said: "${steps.ask.output}"}
                steps:
                  - id: ask
                    type: branch
                    params:
                      cases:
                        - when: inputs.pattern == 'summarize'
                          steps: [{id: a, type: pattern, params: {pattern: summarize, input: A harbour., model: openai-echo}}]
                          output: ${steps.a.output}
                      else:
                        steps: [{id: b, type: pattern, params: {pattern: extract_insights, input: A harbour., model: openai-echo}}]
                        output: ${steps.b.output}
                """);
        publish("e2e-outer", """
                name: Outer
                permissions: ['workflows:execute:e2e-inner', 'patterns:execute:summarize', 'models:execute:*']
                inputs: {pattern: {type: string, default: summarize}}
                outputs: {said: "${steps.call.output.said}"}
                steps:
                  - {id: call, type: workflow, params: {workflow: shared/e2e-inner, inputs: {pattern: "${inputs.pattern}"}}}
                """);

        JsonNode allowed = run("e2e-outer", "{}");
        assertThat(allowed.path("state").asText()).as(allowed.toString()).isEqualTo("succeeded");
        assertThat(run("e2e-inner", "{'pattern':'extract_insights'}")
                        .path("state")
                        .asText())
                .isEqualTo("succeeded");
        JsonNode bound = run("e2e-outer", "{'pattern':'extract_insights'}");
        assertThat(bound.path("state").asText()).isEqualTo("failed");
        assertThat(bound.path("error").asText()).contains("patterns:execute", "extract_insights");
    }

    @Test
    void shouldEndAWaitOnlyWithEventsOfWhichItsStarterMayHear() {
        publish("e2e-fails", """
                name: Fails
                steps: [{id: fail, type: transform, params: {value: "${int('no number')}"}}]
                """);
        publish("e2e-waits", """
                name: Waits
                outputs: {heard: "${steps.wait.output.workflow}"}
                steps: [{id: wait, type: wait, params: {event: run.failed, where: "event.workflow == 'shared/e2e-fails'"}}]
                """);
        Client somebody = somebody();
        String waits = somebody.post("/api/v1/workflows/shared/e2e-waits/runs", "{}")
                .json()
                .path("id")
                .asText();
        String seesAll = administrator
                .post("/api/v1/workflows/shared/e2e-waits/runs", "{}")
                .json()
                .path("id")
                .asText();

        run("e2e-fails", "{}");
        assertThat(over(seesAll).path("outputs").path("heard").asText()).isEqualTo("shared/e2e-fails");
        assertThat(administrator
                        .get("/api/v1/runs/" + waits)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("running");
        somebody.post("/api/v1/workflows/shared/e2e-fails/runs", "{}");
        assertThat(over(waits).path("state").asText()).isEqualTo("succeeded");
    }

    private void publish(String name, String content) {
        Answer put = put("/api/v1/workflows/shared/" + name, Json.object().put("content", content));
        assertThat(put.status()).as(put.body()).isBetween(200, 201);
    }

    private JsonNode run(String workflow, String inputs) {
        Answer started = administrator.post(
                "/api/v1/workflows/shared/" + workflow + "/runs", "{\"inputs\":" + inputs.replace('\'', '"') + "}");
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        return over(started.json().path("id").asText());
    }

    /** A service account that may run workflows, and sees only its own runs. */
    private Client somebody() {
        String name = "e2e-runner-" + Long.toString(System.nanoTime(), 36);
        assertThat(administrator
                        .post(
                                "/api/v1/service-accounts",
                                Json.object().put("name", name).toString())
                        .status())
                .isEqualTo(201);
        assertThat(administrator
                        .post(
                                "/api/v1/role-assignments",
                                Json.object()
                                        .put("role", "developer")
                                        .put("user", name)
                                        .toString())
                        .status())
                .isBetween(200, 201);
        Answer key = administrator.post(
                "/api/v1/keys",
                Json.object().put("name", "runs").put("principal", name).toString());
        assertThat(key.status()).as(key.body()).isEqualTo(201);
        return administrator.withKey(key.json().path("key").asText());
    }

    private Client key(String permissions) {
        Answer made = administrator.post(
                "/api/v1/keys",
                "{'name': 'narrow', 'permissions': %s}".formatted(permissions).replace('\'', '"'));
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return administrator.withKey(made.json().path("key").asText());
    }

    @Test
    void shouldGoOnWithEventsAfterTheLastThatWasSeen() {
        String run = administrator
                .post(RUNS, "{\"inputs\":{\"text\":\"a\"}}")
                .json()
                .path("id")
                .asText();
        over(run);
        String events = "/api/v1/runs/" + run + "/events";

        String all = administrator.get(events).body();
        String rest =
                send(administrator, "GET", events, "", "Last-Event-ID", "2").body();

        assertThat(all)
                .contains("id: 1\n", "id: 2\n", "event: run.started", "event: step.done", "event: run.succeeded");
        assertThat(rest).doesNotContain("id: 1\n", "id: 2\n").contains("id: 3\n", "event: run.succeeded");
        assertThat(send(administrator, "GET", events, "", "Last-Event-ID", "x").status())
                .isEqualTo(400);
    }

    @Test
    void shouldShowTheNextTimesOfAScheduleAndRunItNow() {
        Answer put = put(
                "/api/v1/schedules/e2e-nightly",
                Json.object()
                        .put("workflow", "shared/e2e-note")
                        .put("cron", "30 2 * * *")
                        .put("time_zone", "Europe/Berlin")
                        .set("inputs", Json.object().put("text", "by ${event.manual ? 'hand' : 'time'}")));
        assertThat(put.status()).as(put.body()).isEqualTo(201);
        assertThat(put.json().path("next"))
                .hasSize(5)
                .allSatisfy(time -> assertThat(time.asText()).matches(".*T0[01]:30:00Z"));

        JsonNode run = over(administrator
                .post("/api/v1/schedules/e2e-nightly/runs", "{}")
                .json()
                .path("id")
                .asText());

        assertThat(run.path("outputs").path("said").asText()).isEqualTo("by hand 1");
        assertThat(run.path("cause").asText()).isEqualTo("schedule:e2e-nightly");
        assertThat(administrator
                        .post("/api/v1/schedules/e2e-nightly/pause", "{}")
                        .json()
                        .path("next"))
                .isEmpty();
        assertThat(administrator.delete("/api/v1/schedules/e2e-nightly").status())
                .isEqualTo(204);
        assertThat(administrator.get("/api/v1/schedules/e2e-nightly").status()).isEqualTo(404);
    }

    @Test
    void shouldRefuseASchedulePathAndBodyThatCannotBeMeant() {
        ObjectNode fine = Json.object().put("workflow", "shared/e2e-note").put("cron", "* * * * *");
        fine.putObject("inputs").put("text", "x");
        assertThat(put("/api/v1/schedules/Not%20A%20Name", fine).status()).isEqualTo(400);
        for (String wrong : List.of(
                "{}",
                fine.deepCopy().put("cron", "99 * * * *").toString(),
                fine.deepCopy().put("time_zone", "Mars/Olympus").toString(),
                fine.deepCopy().put("missed", "maybe").toString(),
                fine.deepCopy().put("crno", "x").toString(),
                fine.deepCopy().set("inputs", Json.object()).toString())) {
            assertThat(send(administrator, "PUT", "/api/v1/schedules/e2e-wrong", wrong)
                            .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(key("['runs:read']").request("/api/v1/schedules/e2e-wrong").build())
                .satisfies(request ->
                        assertThat(administrator.send(request).status()).isEqualTo(404));
    }

    @Test
    void shouldStartARunByASignedCallOnly() {
        Answer put = put(
                "/api/v1/hooks/e2e-issues",
                Json.object()
                        .put("workflow", "shared/e2e-note")
                        .put("where", "event.body.action == 'opened'")
                        .set("inputs", Json.object().put("text", "${event.body.title}")));
        String path = put.json().path("path").asText();
        String body = "{\"action\":\"opened\",\"title\":\"It burns\"}";
        Client nobody = administrator.withKey(null);

        Answer taken = send(
                nobody,
                "POST",
                path,
                body,
                "X-Hub-Signature-256",
                signed(put.json().path("secret").asText(), body));
        Answer wrong = send(nobody, "POST", path, body, "X-Hub-Signature-256", signed("other", body));
        Answer unknown = send(nobody, "POST", "/hooks/" + "A".repeat(43), body, "X-Hub-Signature-256", "sha256=00");

        assertThat(taken.status()).as(taken.body()).isEqualTo(202);
        assertThat(over(taken.json().path("run").asText())
                        .path("outputs")
                        .path("said")
                        .asText())
                .isEqualTo("It burns 1");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.json().path("detail")).isEqualTo(wrong.json().path("detail"));
        assertThat(administrator.get("/api/v1/hooks/e2e-issues").body()).doesNotContain("whsec_");
    }

    private static String signed(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void shouldTellOfEachAssetThatAnImportBrings() {
        put(
                "/api/v1/event-triggers/e2e-imported",
                Json.object()
                        .put("workflow", "shared/e2e-note")
                        .put("event", "asset.stored")
                        .put("where", "event.asset.startsWith('shared/e2e-imported')")
                        .set("inputs", Json.object().put("text", "${event.asset} ${event.outcome}")));
        ObjectNode library = Json.object().put("namespace", "shared");
        for (String name : List.of("e2e-imported-one", "e2e-imported-two")) {
            library.withArray("files")
                    .addObject()
                    .put("path", "patterns/" + name + "/system.md")
                    .put("content", "Say " + name + ".");
        }

        assertThat(administrator.post("/api/v1/imports", library.toString()).status())
                .isEqualTo(200);

        Eventually.holds(
                "each has started a run",
                () -> administrator
                                .get("/api/v1/event-triggers/e2e-imported")
                                .json()
                                .path("started")
                                .asInt()
                        == 2);
    }

    @Test
    void shouldStartAWorkflowWhenAnAssetIsPublishedAndKeepRunsOfADeletedOne() {
        put(
                "/api/v1/event-triggers/e2e-published",
                Json.object()
                        .put("workflow", "shared/e2e-note")
                        .put("event", "asset.published")
                        .put("where", "event.asset == 'shared/e2e-short-lived'")
                        .set("inputs", Json.object().put("text", "${event.outcome}")));
        put("/api/v1/workflows/shared/e2e-short-lived", Json.object().put("content", """
                name: Short-lived
                steps: [{id: wait, type: wait, params: {webhook: true, output: {ok: boolean}}}]
                """));
        Eventually.holds(
                "the trigger has started a run",
                () -> administrator
                                .get("/api/v1/event-triggers/e2e-published")
                                .json()
                                .path("started")
                                .asInt()
                        == 1);

        String run = administrator
                .post("/api/v1/workflows/shared/e2e-short-lived/runs", "{}")
                .json()
                .path("id")
                .asText();
        assertThat(administrator
                        .delete("/api/v1/workflows/shared/e2e-short-lived")
                        .status())
                .isEqualTo(204);
        String path = administrator
                .get("/api/v1/runs/" + run)
                .json()
                .at("/steps/0/waits_for/path")
                .asText();
        assertThat(send(administrator.withKey(null), "POST", path, "{\"ok\":true}")
                        .status())
                .isEqualTo(202);
        assertThat(over(run).path("state").asText()).isEqualTo("succeeded");
    }
}
