package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that break programs, in every place where a user may write something. */
@ExtendWith(SharedWorld.class)
class NaughtyStringsTest {
    private static final List<String> STRINGS = List.of(
            " ",
            "undefined",
            "null",
            "\\",
            "../../../../etc/passwd",
            "..\\..\\windows",
            "shared/../secret",
            "//",
            "%2e%2e%2f",
            "%s%n%x",
            "${jndi:ldap://127.0.0.1/a}",
            "${HOME}",
            "#{7*7}",
            "{{7*7}}",
            "{{input}}",
            "{{plugin:sys:env:PATH}}",
            "{{plugin:file:read:/etc/passwd}}",
            "{{plugin:fetch:get:http://169.254.169.254/latest/meta-data}}",
            "{{",
            "}}",
            "'; DROP TABLE usage; --",
            "\" OR \"\"=\"",
            "<script>alert(1)</script>",
            "$(reboot)",
            "`id`",
            "| cat /etc/shadow",
            "a\nb",
            "a\r\nX-Injected: yes",
            "a\tb",
            "a\u0000b",
            "\u0007\u001b[31mred",
            "\u202edesrever",
            "\ufeffbom",
            "\u200b",
            "Ω≈ç√∫˜µ≤≥÷",
            "田中さんにあげて下さい",
            "مرحبا بالعالم",
            "👩‍👩‍👧‍👦🏳️‍🌈",
            "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
            "ﬁ ﬂ ǆ İ ı ß",
            "\ud83d\ude00".repeat(70),
            "x".repeat(3_000),
            "-1",
            "1e309",
            "true",
            "[]",
            "{}",
            "con",
            "name@99999999999999999999",
            "summarize@-1",
            "summarize@",
            "~nobody/x",
            "/summarize");

    private final Client client;

    NaughtyStringsTest(World world) {
        this.client = world.client();
    }

    static Stream<String> strings() {
        return STRINGS.stream();
    }

    private static void assertRefusedByTheCallersFault(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
        Refusals.assertSaysNothingOfTheInside(answer);
    }

    private Answer execute(ObjectNode body) {
        return client.post("/api/v1/execute", Requests.text(body));
    }

    /** The refusal is durable like any other, whatever bytes the name has. */
    private void assertAudited(Answer answer) {
        Eventually.holds(
                "the request is in the audit log",
                () -> client.auditEvents("request_id=" + answer.header("X-Request-Id"))
                                .size()
                        == 1);
    }

    @ParameterizedTest
    @MethodSource("strings")
    void shouldRefuseAsNamesOfPatternsAndModels(String naughty) {
        Answer pattern = execute(Json.object().put("pattern", naughty).put("input", "hello"));
        assertRefusedByTheCallersFault(pattern);
        assertAudited(pattern);
        Answer model = execute(
                Json.object().put("pattern", "summarize").put("input", "hello").put("model", naughty));
        assertRefusedByTheCallersFault(model);
        assertAudited(model);
        Answer chat = client.chat(naughty, "hello");
        assertRefusedByTheCallersFault(chat);
        assertAudited(chat);
    }

    @ParameterizedTest
    @MethodSource("strings")
    void shouldRefuseAsNamesInAddresses(String naughty) {
        String name = URLEncoder.encode(naughty, StandardCharsets.UTF_8).replace("+", "%20");
        for (String path : List.of("/api/v1/patterns/", "/api/v1/users/", "/api/v1/keys/", "/api/v1/sessions/")) {
            Answer answer = client.get(path + name);
            assertThat(answer.status()).as(path + name + ": " + answer.body()).isBetween(400, 499);
            Refusals.assertSaysNothingOfTheInside(answer);
        }
        for (String parameter : List.of("actor", "resource", "event_type", "request_id", "team")) {
            Answer answer = client.get("/api/v1/audit/events?" + parameter + "=" + name);
            assertThat(answer.status()).as(parameter + ": " + answer.body()).isIn(200, 400);
            Refusals.assertSaysNothingOfTheInside(answer);
        }
        for (String parameter : List.of("cursor", "from", "limit")) {
            Answer answer = client.get("/api/v1/audit/events?" + parameter + "=" + name);
            assertThat(answer.status()).as(parameter + ": " + answer.body()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @MethodSource("strings")
    void shouldRefuseAsNamesOfVariables(String naughty) {
        ObjectNode body = Json.object().put("pattern", "summarize").put("input", "hello");
        body.putObject("variables").put(naughty, "value");
        assertRefusedByTheCallersFault(execute(body));
    }

    @ParameterizedTest
    @MethodSource("strings")
    void shouldTreatAsDataInInputs(String naughty) {
        Answer answer = execute(
                Json.object().put("pattern", "summarize").put("input", naughty).put("model", "openai-echo"));
        if (naughty.isBlank()) {
            assertThat(answer.status()).isIn(200, 400);
            return;
        }
        if (naughty.indexOf(0) >= 0) {
            Refusals.assertProblem(answer, 400, "invalid_request");
            return;
        }
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("output").textValue()).contains(naughty);
        Answer chat = client.chat("openai-echo", naughty);
        assertThat(chat.json().at("/choices/0/message/content").textValue()).isEqualTo(naughty);
        Answer extract = execute(Json.object().put("pattern", "summarize").put("input", naughty));
        assertThat(extract.status()).as(extract.body()).isIn(200, 400);
    }

    @Test
    void shouldSayWhereTheCharacterStandsThatCannotBeStoredAndStoreNothing() {
        ObjectNode body = Json.object()
                .put("pattern", "summarize")
                .put("input", "a\u0000b")
                .put("session", "naughty")
                .put("model", "openai-echo");
        body.putObject("variables").put("lang/code", "\u0000").put("b\u0000", "c");

        JsonNode problem = Refusals.assertProblem(execute(body), 400, "invalid_request");

        assertThat(problem.path("errors").findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/input", "/variables/lang~1code", "/variables/b\ufffd");
        assertThat(client.get("/api/v1/sessions/naughty").status()).isEqualTo(404);
    }

    @Test
    void shouldSayWhereItStandsInAPatternAndStoreNothing() {
        for (String content : List.of(
                "Say it twice.\u0000",
                "---\ndescription: \"a\\0b\"\n---\nSay it twice.",
                "---\nvariables: {tone: {default: \"a\\0b\"}}\n---\nSay it twice.",
                "---\nvariables: {tone: {choices: [\"a\\0b\"]}}\n---\nSay it twice.")) {
            Answer answer = client.post(
                    "/api/v1/patterns",
                    Requests.text(Json.object().put("name", "shared/naughty").put("content", content)));
            JsonNode problem = Refusals.assertProblem(answer, 400, "invalid_request");
            assertThat(problem.at("/errors/0/pointer").textValue()).isEqualTo("/content");
            assertThat(problem.path("detail").textValue()).contains("U+0000");
            assertThat(client.get("/api/v1/patterns/shared/naughty").status()).isEqualTo(404);
        }
    }
}
