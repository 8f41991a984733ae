package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Template;
import dev.gantry.workflow.ValueTemplate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Results of steps that later runs may take. A result is taken for the same step of the same version of a workflow, given the
 * same, of the same versions of patterns, for the same team of the same organization; who is in no team takes their own.
 * Sealed like outputs, and bound to its key. Thread-safe.
 */
final class StepCache {
    /** Larger outputs are not kept. */
    private static final int BYTES_MAX = 1 << 20;

    private static final UUID NO_RUN = new UUID(0, 0);

    private final RunEngine engine;

    StepCache(RunEngine engine) {
        this.engine = engine;
    }

    /** A result, and the run that it is of. */
    record Found(JsonNode output, UUID run) {}

    /**
     * Returns what decides the result of a step, as a hash.
     *
     * @param identity what the executor adds, such as the version of a pattern
     */
    byte[] key(StepCall call, Policy.Cache cache, String identity) {
        ObjectNode decides = Json.object()
                .put("team", call.starter().team())
                .put(
                        "principal",
                        call.starter().team() == null
                                ? call.starter().principal().toString()
                                : null)
                .put("workflow", call.workflowName())
                .put("version", call.workflowVersion())
                .put("step", call.path().replaceAll("\\[[0-9]+]", ""))
                .put("action", call.action().getClass().getSimpleName())
                .put("identity", identity);
        Template key = cache.key();
        decides.set(
                "given",
                key == null
                        ? given(call.action(), call.expressions(), call.scope())
                        : Json.object().put("key", call.expressions().render(key, call.scope())));
        return Starts.sha256(Json.write(decides));
    }

    /** Returns the values of all that a step is given; what stands in the file itself goes with the version. */
    private static JsonNode given(Action action, Expressions expressions, Scope scope) {
        ArrayNode given = Json.mapper().createArrayNode();
        switch (action) {
            case Action.RunPattern pattern -> {
                given.add(expressions.render(pattern.input(), scope));
                addAll(given, pattern.variables(), expressions, scope);
            }
            case Action.RunAgent agent -> {
                given.add(agent.system() == null ? null : expressions.render(agent.system(), scope));
                given.add(expressions.render(agent.prompt(), scope));
            }
            case Action.CallTool tool -> given.add(expressions.evaluate(tool.arguments(), scope));
            case Action.CallHttp http -> {
                given.add(expressions.render(http.url(), scope));
                addAll(given, http.headers(), expressions, scope);
                ValueTemplate body = http.body();
                given.add(body == null ? null : expressions.evaluate(body, scope));
            }
            case Action.RunCommand command -> addAll(given, command.arguments(), expressions, scope);
            default -> throw new IllegalArgumentException("A step that does nothing by itself has no cache");
        }
        return given;
    }

    private static void addAll(ArrayNode given, Map<String, Template> named, Expressions expressions, Scope scope) {
        ObjectNode values = given.addObject();
        named.forEach((name, value) -> values.put(name, expressions.render(value, scope)));
    }

    @Nullable
    Found find(UUID organization, byte[] key) {
        Optional<Stored> stored = engine.tasks.transaction(
                organization,
                transaction -> transaction
                        .handle()
                        .createQuery("SELECT run_id, output FROM run_cache WHERE key = :key AND expires_at > :now")
                        .bind("key", key)
                        .bind("now", transaction.now())
                        .map((row, _) -> new Stored(row.getObject("run_id", UUID.class), row.getBytes("output")))
                        .findOne());
        return stored.map(found -> new Found(
                        engine.vault.open(organization, NO_RUN, place(key), found.output(), null), found.run()))
                .orElse(null);
    }

    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    private record Stored(UUID run, byte[] output) {}

    /** Returns an output sealed for the cache; null when it is too large for that. */
    byte @Nullable [] sealed(UUID organization, byte[] key, JsonNode output) {
        byte[] sealed = engine.vault.seal(organization, NO_RUN, place(key), output);
        return sealed.length > BYTES_MAX ? null : sealed;
    }

    /** Keeps a result, with the transaction in which its step is done. */
    static void put(Progress progress, byte[] key, byte[] sealed, Instant expires) {
        progress.transactionHandle()
                .createUpdate("""
                        INSERT INTO run_cache (organization_id, key, run_id, output, expires_at)
                        VALUES (:organization, :key, :run, :output, :expires)
                        ON CONFLICT (organization_id, key) DO UPDATE SET
                            run_id = excluded.run_id, output = excluded.output, expires_at = excluded.expires_at
                        """)
                .bind("organization", progress.run.organization())
                .bind("key", key)
                .bind("run", progress.run.id)
                .bind("output", sealed)
                .bind("expires", expires)
                .execute();
    }

    private static String place(byte[] key) {
        return "cache:" + HexFormat.of().formatHex(key);
    }
}
