package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever somebody makes, the audit log says what it was. */
@ExtendWith(SharedWorld.class)
class AuditOfCreationTest {
    private final String suffix = UUID.randomUUID().toString().substring(0, 8);
    private final Client admin;

    AuditOfCreationTest(World world) {
        this.admin = world.client();
    }

    /** An operation that makes something which its path does not name. */
    private record Creation(String path, String event) {}

    /** Returns those that the document says there are; signing in makes sessions of one's own and is left out. */
    private Map<String, Creation> documented() {
        Map<String, Creation> creations = new HashMap<>();
        admin.get("/openapi.json").json().path("paths").properties().forEach(path -> {
            JsonNode post = path.getValue().path("post");
            boolean creates = post.path("responses").has("201")
                    && !path.getKey().contains("{")
                    && !path.getKey().startsWith("/api/v1/auth/");
            if (creates) {
                creations.put(
                        post.path("operationId").asText(),
                        new Creation(path.getKey(), post.path("x-gantry-audit").asText()));
            }
        });
        return creations;
    }

    /** Returns a body for each, and how its reply calls what was made. */
    private Map<String, List<String>> bodies() {
        Map<String, List<String>> bodies = new HashMap<>();
        for (String kind : List.of("Pattern", "Context", "Strategy")) {
            bodies.put(
                    "create" + kind,
                    List.of(
                            "{\"name\": \"shared/made-%s\", \"content\": \"Text of %s.\"}".formatted(suffix, suffix),
                            "name"));
        }
        bodies.put(
                "createWorkflow",
                List.of(
                        "{\"name\": \"shared/made-%s\", \"content\": \"name: Made\\nsteps:\\n  - {id: a, type: pattern, params: {pattern: summarize, input: x}}\\n\"}"
                                .formatted(suffix),
                        "name"));
        bodies.put("submitReview", List.of("{\"name\": \"shared/made-%s\"}".formatted(suffix), "id"));
        bodies.put(
                "createBatch",
                List.of(
                        "{\"requests\": [{\"custom_id\": \"a\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\", \"body\": %s}]}"
                                .formatted(Requests.chat("openai-echo", "one", false)),
                        "id"));
        bodies.put(
                "grantBudget",
                List.of(
                        "{\"level\": \"project\", \"subject\": \"made\", \"period\": \"month\", \"amount_usd\": 1, \"expires_at\": \"%s\", \"reason\": \"quarter's end\"}"
                                .formatted(Instant.now().plus(1, ChronoUnit.HOURS)),
                        "id"));
        for (String named : List.of("createTeam", "createGroup", "createServiceAccount", "createOrganization")) {
            bodies.put(named, List.of("{\"name\": \"made-%s\"}".formatted(suffix), "name"));
        }
        bodies.put(
                "createOrganization",
                List.of(
                        "{\"name\": \"made-%s\", \"administrator\": \"first-%s@example.com\"}"
                                .formatted(suffix, suffix),
                        "name"));
        bodies.put("createUser", List.of("{\"name\": \"made-%s@example.com\"}".formatted(suffix), "name"));
        bodies.put(
                "createRole",
                List.of("{\"name\": \"made-%s\", \"permissions\": [\"patterns:read\"]}".formatted(suffix), "name"));
        bodies.put("createKey", List.of("{\"name\": \"made-%s\"}".formatted(suffix), "id"));
        bodies.put(
                "createRoleAssignment",
                List.of("{\"role\": \"viewer\", \"user\": \"made-%s@example.com\"}".formatted(suffix), ""));
        return bodies;
    }

    @Test
    void shouldNameWhatWasMade() {
        Map<String, Creation> documented = documented();
        Map<String, List<String>> bodies = bodies();
        assertThat(bodies.keySet())
                .as("add here what else the API document lets one make")
                .containsExactlyInAnyOrderElementsOf(documented.keySet());

        Answer budget = admin.send(admin.request("/api/v1/budgets")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        "{\"level\": \"project\", \"subject\": \"made\", \"period\": \"month\", \"limit_usd\": 5}"))
                .build());
        assertThat(budget.status()).as(budget.body()).isBetween(200, 299);
        // What the others are about comes first.
        List<String> order = documented.keySet().stream()
                .sorted((one, other) -> Boolean.compare(isLate(one), isLate(other)))
                .toList();
        for (String operation : order) {
            Creation creation = Objects.requireNonNull(documented.get(operation));
            List<String> body = Objects.requireNonNull(bodies.get(operation));
            Answer answer = admin.post(creation.path(), body.getFirst());
            assertThat(answer.status()).as(operation + answer.body()).isEqualTo(201);
            String made = body.getLast().isEmpty()
                    ? "made-" + suffix
                    : answer.json().path(body.getLast()).asText();
            assertThat(made).as(operation + answer.body()).isNotEmpty();
            assertThat(admin.auditEvents("event_type=" + creation.event()))
                    .as(operation)
                    .anySatisfy(
                            event -> assertThat(event.path("resource").asText()).contains(made));
        }
        Answer taken = admin.post(
                "/api/v1/patterns",
                Objects.requireNonNull(bodies.get("createPattern")).getFirst());
        assertThat(taken.status()).isEqualTo(409);
        assertThat(admin.auditEvents("event_type=pattern.create&result=failed"))
                .anySatisfy(event ->
                        assertThat(event.path("resource").asText()).isEqualTo("patterns/shared/made-" + suffix));
    }

    private static boolean isLate(String operation) {
        return operation.equals("submitReview") || operation.equals("createRoleAssignment");
    }
}
