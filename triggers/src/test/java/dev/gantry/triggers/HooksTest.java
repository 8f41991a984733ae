package dev.gantry.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.DataSize;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.runs.RunView;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HooksTest {
    private static final int RUNS_PER_MINUTE = 5;
    private static TestingTriggers world;
    private static int count;

    private String name = "";
    private String secret = "";
    private String address = "";

    @BeforeAll
    static void open() {
        world = new TestingTriggers(new TriggerSettings(
                new DataSize(2_048), RUNS_PER_MINUTE, Duration.ofMinutes(5), Duration.ofDays(7), 5));
        world.workflow("shared/triage", """
                name: triage
                inputs: {title: {type: string, required: true}, number: {type: integer, default: 1}}
                outputs: {said: "${inputs.number} ${inputs.title}"}
                steps: [{id: say, type: transform, params: {value: 1}}]
                """);
        world.start();
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void put() {
        name = "hook" + ++count;
        put("{\"title\": \"${event.body.issue.title}\", \"number\": \"${event.body.issue.number}\"}", null);
    }

    private void put(String inputs, @Nullable String where) {
        TriggerRequest request = world.request(name, "shared/triage", new TriggerSource.OnCall(), inputs);
        Triggers.Put put = world.triggers.put(new TriggerRequest(
                name, request.owner(), request.workflow(), request.inputs(), where, request.source()));
        secret = put.secret() == null ? secret : put.secret();
        address = Hooks.address(put.trigger());
    }

    private static String body(String title) {
        return "{\"action\":\"opened\",\"issue\":{\"title\":\"" + title + "\",\"number\":7}}";
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, String> gitHub(String secret, String body) {
        return Map.of(
                "x-hub-signature-256",
                "sha256=" + HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), body)),
                "x-github-event",
                "issues");
    }

    private static Map<String, String> standard(String secret, String id, Instant at, String body) {
        byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        String time = String.valueOf(at.getEpochSecond());
        String signature = Base64.getEncoder().encodeToString(hmac(key, id + "." + time + "." + body));
        return Map.of(
                "webhook-id", id, "webhook-timestamp", time, "webhook-signature", "v1,AAAA v1," + signature + " v2,x");
    }

    private static Hooks.Taken call(String address, Map<String, String> headers, String body) {
        return world.triggers
                .hooks()
                .call(new Hooks.Call(address, headers, body.getBytes(StandardCharsets.UTF_8), "203.0.113." + count));
    }

    private static void assertRefused(ErrorCode code, Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static RunView run(Hooks.Taken taken) {
        return world.runs
                .find(world.organization, Objects.requireNonNull(taken.run()), true)
                .orElseThrow();
    }

    @Test
    void shouldStartARunForACallThatGitHubSigned() {
        Hooks.Taken taken = call(address, gitHub(secret, body("It burns")), body("It burns"));

        assertThat(run(taken).inputs())
                .isEqualTo(Json.object().put("title", "It burns").put("number", 7));
        assertThat(run(taken).cause()).isEqualTo("webhook:" + name);
        Hooks.Taken again = call(address, gitHub(secret, body("It burns")), body("It burns"));
        assertThat(again.run()).isEqualTo(taken.run());
        assertThat(again.repeated()).isTrue();
    }

    @Test
    void shouldStartOneRunForAnIdOfStandardWebhooks() {
        Instant now = Instant.now();
        Hooks.Taken taken = call(address, standard(secret, "msg_1", now, body("a")), body("a"));
        Hooks.Taken later = call(address, standard(secret, "msg_1", now.plusSeconds(60), body("a")), body("a"));
        Hooks.Taken other = call(address, standard(secret, "msg_2", now, body("a")), body("a"));

        assertThat(later.run()).isEqualTo(taken.run());
        assertThat(later.repeated()).isTrue();
        assertThat(other.run()).isNotNull().isNotEqualTo(taken.run());
    }

    @Test
    void shouldStartOneRunForCallsThatComeAtTheSameTime() throws Exception {
        Map<String, String> headers = standard(secret, "msg_same", Instant.now(), body("a"));
        List<Future<Hooks.Taken>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int index = 0; index < 8; index++) {
                calls.add(threads.submit(() -> call(address, headers, body("a"))));
            }
        }
        List<UUID> runs = new ArrayList<>();
        for (Future<Hooks.Taken> taken : calls) {
            runs.add(Objects.requireNonNull(taken.get().run()));
        }
        assertThat(runs).hasSize(8).containsOnly(runs.getFirst());
    }

    @Test
    void shouldSayTheSameOfAWrongSignatureAndOfAWebhookThatIsNotThere() {
        Instant now = Instant.now();
        List<Callable<Hooks.Taken>> calls = List.of(
                () -> call(address, gitHub(secret + "x", body("a")), body("a")),
                () -> call(address, gitHub(secret, body("b")), body("a")),
                () -> call(address, Map.of(), body("a")),
                () -> call(address, Map.of("x-hub-signature-256", "sha256="), body("a")),
                () -> call(address, standard(secret, "m", now.minusSeconds(301), body("a")), body("a")),
                () -> call(address, standard(secret, "m", now.plusSeconds(330), body("a")), body("a")),
                () -> call(address, standard(secret, "", now, body("a")), body("a")),
                () -> call("A".repeat(43), gitHub(secret, body("a")), body("a")),
                () -> call("no such name", gitHub(secret, body("a")), body("a")),
                () -> call("", gitHub(secret, body("a")), body("a")));
        for (Callable<Hooks.Taken> call : calls) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(GantryException.class)
                    .hasMessage("There is no such webhook, or the call is not signed with its secret, or is too old");
        }
    }

    @Test
    void shouldTakeTheFormerSecretForATimeAndNeverMoreThanTwo() {
        String second = world.triggers.hooks().rotate(world.organization, name, Duration.ofHours(1));
        assertThat(call(address, gitHub(secret, body("1")), body("1")).run()).isNotNull();
        assertThat(call(address, gitHub(second, body("2")), body("2")).run()).isNotNull();

        String third = world.triggers.hooks().rotate(world.organization, name, Duration.ofHours(1));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> call(address, gitHub(secret, body("3")), body("3")));
        assertThat(call(address, gitHub(second, body("4")), body("4")).run()).isNotNull();

        String last = world.triggers.hooks().rotate(world.organization, name, Duration.ZERO);
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> call(address, gitHub(third, body("5")), body("5")));
        assertThat(call(address, gitHub(last, body("6")), body("6")).run()).isNotNull();
    }

    @Test
    void shouldTellTheSenderWhatDoesNotFitAndStartNothing() {
        String wrong = "{\"issue\":{\"title\":3,\"number\":\"many\"}}";
        assertThatThrownBy(() -> call(address, gitHub(secret, wrong), wrong))
                .isInstanceOfSatisfying(GantryException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(refusal.errors())
                            .extracting(GantryException.FieldError::pointer)
                            .containsExactly("/inputs/title", "/inputs/number");
                });
        for (String unfit : List.of("{}", "[1]", "", "{\"issue\":null}")) {
            assertRefused(ErrorCode.EXPRESSION_FAILED, () -> call(address, gitHub(secret, unfit), unfit));
        }
        assertRefused(ErrorCode.INVALID_REQUEST, () -> call(address, gitHub(secret, "{"), "{"));
        String huge = body("x".repeat(2_048));
        assertRefused(ErrorCode.REQUEST_TOO_LARGE, () -> call(address, gitHub(secret, huge), huge));

        Trigger after = world.get(TriggerKind.WEBHOOK, name);
        assertThat(after.started()).isZero();
        assertThat(after.state()).isEqualTo(TriggerState.ACTIVE);
        assertThat(after.problem()).isNotNull();
    }

    @Test
    void shouldStartNoMoreThanMayBeWithinAMinute() {
        for (int index = 0; index < RUNS_PER_MINUTE; index++) {
            String body = body("n" + index);
            assertThat(call(address, gitHub(secret, body), body).run()).isNotNull();
        }
        assertRefused(ErrorCode.RATE_LIMITED, () -> call(address, gitHub(secret, body("more")), body("more")));
        assertThat(call(address, gitHub(secret, body("n0")), body("n0")).repeated())
                .as("what came before is still known")
                .isTrue();
    }

    @Test
    void shouldLeaveAloneWhatDoesNotConcernTheWorkflow() {
        put("{\"title\": \"x\"}", "event.headers['x-github-event'] == 'push'");
        assertThat(call(address, gitHub(secret, body("a")), body("a")).run()).isNull();
        put("{\"title\": \"x\"}", "event.body.action == 'opened'");
        assertThat(call(address, gitHub(secret, body("b")), body("b")).run()).isNotNull();
        assertThatThrownBy(() -> put("{\"title\": \"x\"}", "size(event)")).hasMessageContaining("'where' must be true");
    }

    @Test
    void shouldTellTheSenderNothingOfWhyItStartsNothing() {
        world.triggers.pause(world.organization, TriggerKind.WEBHOOK, name);
        assertRefused(ErrorCode.CONFLICT, () -> call(address, gitHub(secret, body("a")), body("a")));
        world.triggers.resume(world.ann, TriggerKind.WEBHOOK, name);
        world.deactivated.add(world.ann.principal());
        try {
            assertThatThrownBy(() -> call(address, gitHub(secret, body("a")), body("a")))
                    .hasMessage("This webhook starts nothing at the moment; whoever set it up can see why");
        } finally {
            world.deactivated.clear();
        }
        assertThat(world.get(TriggerKind.WEBHOOK, name).state()).isEqualTo(TriggerState.STOPPED);
    }

    @Test
    void shouldLetNobodyGuessForLong() {
        for (int index = 0; index < 60; index++) {
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> call(address, Map.of(), body("a")));
        }
        assertRefused(ErrorCode.RATE_LIMITED, () -> call(address, Map.of(), body("a")));
    }

    @Test
    void shouldShowWorkflowsNoHeaderThatLetsSomebodyIn() {
        Map<String, String> headers = Map.of(
                "x-github-event", "push",
                "x-api-key", "gk_x",
                "x-hub-signature-256", "s",
                "authorization", "Bearer x",
                "cookie", "c",
                "x-forwarded-for", "10.0.0.1",
                "content-type", "application/json");
        assertThat(HookHeaders.shown(headers)).containsOnlyKeys("x-github-event", "content-type");
    }
}
