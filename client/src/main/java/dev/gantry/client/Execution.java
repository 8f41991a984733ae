package dev.gantry.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run.
 *
 * @param pattern its name, such as {@code summarize}, {@code team-a/review@3} or {@code review@production}
 * @param input what the pattern works on
 * @param model null for the pattern's own, or else the platform's default
 * @param variables values of the pattern's variables
 * @param context name of a context to put before the pattern; null for none
 * @param strategy name of a strategy; null for none
 * @param session name of a conversation to go on with or to begin; null for none
 * @param language to answer in; null for whatever comes
 * @param temperature from 0 to 2; null for the pattern's own
 * @param maxTokens bound on the answer; null for the model's own
 */
public record Execution(
        String pattern,
        String input,
        @Nullable String model,
        Map<String, String> variables,
        @Nullable String context,
        @Nullable String strategy,
        @Nullable String session,
        @Nullable String language,
        @Nullable Double temperature,
        @Nullable Integer maxTokens) {
    /** Copies the variables. */
    public Execution {
        variables = Map.copyOf(variables);
    }

    /** Returns the plain execution of a pattern. */
    public static Execution of(String pattern, String input) {
        return new Execution(pattern, input, null, Map.of(), null, null, null, null, null, null);
    }

    /** Returns the execution on another model. */
    public Execution withModel(String name) {
        return new Execution(
                pattern, input, name, variables, context, strategy, session, language, temperature, maxTokens);
    }

    /** Returns the execution with one more variable. */
    public Execution withVariable(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new Execution(pattern, input, model, more, context, strategy, session, language, temperature, maxTokens);
    }

    /** Returns the execution with a context. */
    public Execution withContext(String name) {
        return new Execution(
                pattern, input, model, variables, name, strategy, session, language, temperature, maxTokens);
    }

    /** Returns the execution with a strategy. */
    public Execution withStrategy(String name) {
        return new Execution(
                pattern, input, model, variables, context, name, session, language, temperature, maxTokens);
    }

    /** Returns the execution within a conversation. */
    public Execution withSession(String name) {
        return new Execution(
                pattern, input, model, variables, context, strategy, name, language, temperature, maxTokens);
    }

    /** Returns the execution with an answer in a language, such as {@code de}. */
    public Execution withLanguage(String name) {
        return new Execution(
                pattern, input, model, variables, context, strategy, session, name, temperature, maxTokens);
    }

    /** Returns the execution with a sampling temperature. */
    public Execution withTemperature(double value) {
        return new Execution(pattern, input, model, variables, context, strategy, session, language, value, maxTokens);
    }

    /** Returns the execution with a bound on the answer's tokens. */
    public Execution withMaxTokens(int tokens) {
        return new Execution(
                pattern, input, model, variables, context, strategy, session, language, temperature, tokens);
    }

    ObjectNode json(boolean stream) {
        ObjectNode body = Json.object().put("pattern", pattern).put("input", input);
        put(body, "model", model);
        put(body, "context", context);
        put(body, "strategy", strategy);
        put(body, "session", session);
        put(body, "language", language);
        if (!variables.isEmpty()) {
            ObjectNode values = body.putObject("variables");
            variables.forEach(values::put);
        }
        if (temperature != null) {
            body.put("temperature", temperature);
        }
        if (maxTokens != null) {
            body.put("max_tokens", maxTokens);
        }
        return stream ? body.put("stream", true) : body;
    }

    private static void put(ObjectNode body, String field, @Nullable String value) {
        if (value != null) {
            body.put(field, value);
        }
    }
}
