package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workflows that ship, run from end to end with the model that needs no network. */
@ExtendWith(SharedWorld.class)
class WorkflowRunTest {
    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");
    private static final String PARAGRAPH =
            "The harbour of Lindholm opened in 1899 for ships that carried timber and iron."
                    + " In 1923 a storm destroyed the western pier, and the town rebuilt it in stone within two years."
                    + " Today the harbour serves ferries, and the old crane is a monument that visitors may climb.\n\n";

    private final Client administrator;

    WorkflowRunTest(World world) {
        this.administrator = world.client();
    }

    private JsonNode run(String workflow, ObjectNode inputs) {
        ObjectNode request = Json.object();
        request.set("inputs", inputs);
        JsonNode started = administrator
                .post("/api/v1/workflows/" + workflow + "/runs", request.toString())
                .json();
        String path = "/api/v1/runs/" + started.path("id").asText() + "?outputs=true";
        Eventually.holds(
                workflow + " has ended",
                () -> ENDED.contains(
                        administrator.get(path).json().path("state").asText()));
        return administrator.get(path).json();
    }

    @Test
    void shouldDigestALongTextPartByPart() {
        JsonNode run = run(
                "text-digest", Json.object().put("text", PARAGRAPH.repeat(8)).put("part_characters", 1_000));
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.path("outputs").path("parts").size()).isGreaterThan(1);
        assertThat(run.path("outputs").path("digest").asText()).contains("harbour");
    }

    @Test
    void shouldFollowUpAMeeting() {
        JsonNode run = run(
                "meeting-follow-up",
                Json.object()
                        .put(
                                "notes",
                                "Ann will send the offer by Friday. Bob asked who pays for the pier. " + PARAGRAPH));
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.path("outputs").path("message").asText()).contains("# Summary", "# Actions", "# Open questions");
    }
}
