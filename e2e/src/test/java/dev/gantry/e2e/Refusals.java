package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import java.util.regex.Pattern;

/** What a refusal must look like. */
final class Refusals {
    /** Names of classes, frames of a stack, statements of SQL: what no client is to see. */
    private static final Pattern INSIDES = Pattern.compile(
            "\\bat (dev\\.gantry|java|io\\.vertx|com\\.fasterxml)\\.|Exception\\b|org\\.postgresql|\\bSELECT\\b|\\.java:\\d");

    private Refusals() {}

    /** Asserts a problem document of RFC 9457. */
    static JsonNode assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("code").textValue()).as(answer.body()).isEqualTo(code);
        assertThat(problem.path("type").textValue()).isEqualTo("urn:gantry:error:" + code);
        assertThat(problem.path("title").textValue()).isNotBlank();
        assertThat(problem.path("detail").textValue()).isNotBlank();
        assertThat(problem.path("request_id").textValue()).isEqualTo(answer.header("X-Request-Id"));
        assertSaysNothingOfTheInside(answer);
        return problem;
    }

    /** Asserts an error in the shape of OpenAI. */
    static JsonNode assertOpenAiError(Answer answer, int status, String type) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        JsonNode error = answer.json().path("error");
        assertThat(error.path("type").textValue()).as(answer.body()).isEqualTo(type);
        assertThat(error.path("message").textValue()).isNotBlank();
        assertThat(error.has("param") && error.has("code")).isTrue();
        assertSaysNothingOfTheInside(answer);
        return error;
    }

    /** Asserts an error in the shape of Anthropic. */
    static JsonNode assertAnthropicError(Answer answer, int status, String type) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("type").textValue()).isEqualTo("error");
        JsonNode error = answer.json().path("error");
        assertThat(error.path("type").textValue()).as(answer.body()).isEqualTo(type);
        assertThat(error.path("message").textValue()).isNotBlank();
        assertSaysNothingOfTheInside(answer);
        return error;
    }

    static void assertSaysNothingOfTheInside(Answer answer) {
        assertThat(answer.body()).doesNotContainPattern(INSIDES);
    }
}
