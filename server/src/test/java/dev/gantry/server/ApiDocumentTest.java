package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Permission;
import dev.gantry.server.ApiOperation.Access;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ApiDocumentTest {
    private final ApiDocument document = ApiDocument.load();

    @Test
    void shouldBeValidOpenApi31() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            // The parser is strict about the structure and knows few media types, problem documents not among them.
            String text = document.json().toString().replace(Problems.MEDIA_TYPE, "application/json");
            OpenAPIContract contract = OpenAPIContract.from(vertx, new JsonObject(text))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(4, TimeUnit.MINUTES);
            assertThat(contract.operations())
                    .hasSizeGreaterThan(document.operations().size());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(4, TimeUnit.MINUTES);
        }
    }

    @Test
    void shouldDeclareThePermissionOfEveryOperation() {
        assertThat(document.operations()).isNotEmpty().allSatisfy(operation -> {
            switch (operation.access()) {
                case Access.Anyone anyone ->
                    assertThat(operation.id())
                            .as("open to strangers")
                            .isIn(
                                    "listSignInProviders",
                                    "createSignInSession",
                                    "completeSignIn",
                                    "enrolOnTheWay",
                                    "createPasskeySession",
                                    "askForPasskey",
                                    "resetPassword",
                                    "beginDeviceSignIn",
                                    "finishDeviceSignIn");
                case Access.Authenticated authenticated -> {}
                case Access.ByRegistry byRegistry -> assertIsPermission(byRegistry.permission());
                case Access.Platform platform -> assertIsPermission(platform.resource() + ":" + platform.action());
                case Access.Needs needs -> {
                    assertIsPermission(needs.resource() + ":" + needs.action());
                    assertThat(needs.nameParameter().isEmpty()
                                    || operation.parameters().containsKey(needs.nameParameter()))
                            .isTrue();
                }
            }
        });
    }

    @Test
    void shouldAuditEveryOperationThatChangesSomething() {
        List<String> quiet = document.operations().stream()
                .filter(operation -> !operation.method().equals("GET"))
                .filter(operation -> operation.auditEvent().isEmpty())
                .map(ApiOperation::id)
                .toList();
        assertThat(quiet).as("audited by the gateway itself").containsExactlyInAnyOrder("execute", "executeAlias");
    }

    private static void assertIsPermission(String text) {
        String[] parts = text.split(":", 3);
        assertThat(Permission.of(parts[0], parts[1]).toString()).isEqualTo(parts[0] + ":" + parts[1]);
    }

    @Nested
    class Matching {
        private Map<String, String> match(String operation, String path) {
            return document.operations().stream()
                    .filter(candidate -> candidate.id().equals(operation))
                    .findFirst()
                    .map(candidate -> candidate.match(path))
                    .orElse(Map.of());
        }

        @Test
        void shouldTakeSlashesInNamesAsTheyAreAndEncoded() {
            assertThat(match("getPattern", "/api/v1/patterns/team-a/analysis/threat"))
                    .containsEntry("name", "team-a/analysis/threat");
            assertThat(match("getPattern", "/api/v1/patterns/team-a%2Fanalysis%2Fthreat"))
                    .containsEntry("name", "team-a/analysis/threat");
            assertThat(match("getPatternVersion", "/api/v1/patterns/shared/x/versions/3"))
                    .containsEntry("name", "shared/x")
                    .containsEntry("version", "3");
        }
    }
}
