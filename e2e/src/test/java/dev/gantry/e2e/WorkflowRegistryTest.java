package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workflows as users store, check and import them. */
@ExtendWith(SharedWorld.class)
class WorkflowRegistryTest {
    private static final String WORKFLOW = """
            name: Nightly
            description: Summarises what came in.
            tags: [night]
            inputs: {text: {type: string, required: true}}
            steps:
              - {id: sum, type: pattern, params: {pattern: summarize, input: "${inputs.text}"}}
            """;

    private final Client administrator;

    WorkflowRegistryTest(World world) {
        this.administrator = world.client();
    }

    private Answer put(String name, String content, String... headers) {
        HttpRequest.Builder request = administrator
                .request("/api/v1/workflows/" + name)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body(content).toString()));
        for (int index = 0; index < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        return administrator.send(request.build());
    }

    private static ObjectNode body(String content) {
        return Json.object().put("content", content);
    }

    @Test
    void shouldKeepVersionsAndRefuseLostUpdates() {
        Answer first = put("shared/e2e-nightly", WORKFLOW);
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.json().path("tags").get(0).asText()).isEqualTo("night");
        assertThat(put("shared/e2e-nightly", WORKFLOW + "# changed\n", "If-Match", first.header("ETag"))
                        .status())
                .isEqualTo(200);
        assertThat(put("shared/e2e-nightly", WORKFLOW + "# again\n", "If-Match", first.header("ETag"))
                        .status())
                .isEqualTo(412);
        assertThat(administrator
                        .get("/api/v1/workflows/e2e-nightly@1")
                        .json()
                        .path("content")
                        .asText())
                .isEqualTo(WORKFLOW);
    }

    @Test
    void shouldRefuseABrokenWorkflowWithItsLines() {
        Answer refused = put("shared/e2e-broken", WORKFLOW.replace("inputs.text", "inputs.txet") + "stesp: 1\n");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("code").asText()).isEqualTo("invalid_workflow");
        assertThat(refused.json().path("errors")).hasSize(2);
        assertThat(refused.json().path("errors").toString()).contains("6:", "did you mean 'text'", "7:1", "'steps'");
        assertThat(administrator.get("/api/v1/workflows/shared/e2e-broken").status())
                .isEqualTo(404);
    }

    @Test
    void shouldLookUpWhatAWorkflowNamesWhenItIsValidated() {
        JsonNode report = administrator
                .post(
                        "/api/v1/workflow-validations",
                        body(WORKFLOW.replace("pattern: summarize", "pattern: sumarize"))
                                .toString())
                .json();
        assertThat(report.path("valid").asBoolean(true)).isFalse();
        assertThat(report.path("findings")).hasSize(1);
        assertThat(report.path("findings").get(0).path("rule").asText()).isEqualTo("dangling_reference");
        assertThat(report.path("findings").get(0).path("message").asText()).contains("did you mean 'summarize'?");
        JsonNode input = report.path("inputs").path(0);
        assertThat(input.path("name").asText()).isEqualTo("text");
        assertThat(input.path("schema").path("type").asText()).isEqualTo("string");
    }

    @Test
    void shouldImportAWorkflowOfGorgonAndReportWhatIsLost() {
        JsonNode imported = administrator
                .post(
                        "/api/v1/workflow-imports",
                        body("""
                                name: Two steps
                                steps:
                                  - {id: plan, type: claude_code, params: {role: planner, prompt: Plan it}, outputs: [p]}
                                  - {id: run, type: shell, params: {command: "echo ${p}"}}
                                """)
                                .put("file", "two.yaml")
                                .put("namespace", "shared")
                                .toString())
                .json();
        assertThat(imported.path("outcome").asText()).isEqualTo("created");
        assertThat(imported.path("name").asText()).isEqualTo("shared/two");
        assertThat(imported.path("notes")).hasSize(1);
        assertThat(imported.path("notes").get(0).path("lost").asBoolean()).isTrue();
        assertThat(administrator.get("/api/v1/workflows/shared/two").status()).isEqualTo(200);
    }

    @Test
    void shouldPublishTheSchemaToEverybody() {
        Answer schema = administrator.withKey(null).get("/schemas/workflow.json");
        assertThat(schema.status()).isEqualTo(200);
        assertThat(schema.json().path("required").toString()).contains("steps");
    }
}
