package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** After a large import many versions wait, and are approved by one command. */
@ExtendWith(SharedWorld.class)
class BulkReviewTest {
    private static final String TEAM = "e2e-bulk";
    private static final String WRITER = "e2e-bulk-writer";

    private final World world;
    private final Client admin;

    BulkReviewTest(World world) {
        this.world = world;
        this.admin = world.client();
    }

    private void put(Client client, String path, String body) {
        var answer = client.send(client.request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build());
        assertThat(answer.status()).as(answer.body()).isBetween(200, 299);
    }

    private void writeAndSubmit(Client writer, String name) {
        put(
                writer,
                "/api/v1/patterns/" + TEAM + "/" + name,
                Json.object().put("content", "Pattern " + name + ".").toString());
        assertThat(writer.post(
                                "/api/v1/reviews",
                                Json.object().put("name", TEAM + "/" + name).toString())
                        .status())
                .isEqualTo(201);
    }

    private Client writer() {
        admin.post("/api/v1/teams", "{\"name\": \"" + TEAM + "\"}");
        admin.post("/api/v1/service-accounts", "{\"name\": \"" + WRITER + "\"}");
        admin.post("/api/v1/role-assignments", "{\"role\": \"admin\", \"user\": \"" + WRITER + "\"}");
        return admin.withKey(admin.post("/api/v1/keys", "{\"name\": \"k\", \"principal\": \"" + WRITER + "\"}")
                .json()
                .path("key")
                .textValue());
    }

    @Test
    void shouldApproveAllOfANamespaceButWhatOneWroteOneself() throws Exception {
        Client writer = writer();
        put(admin, "/api/v1/review-policies/" + TEAM, "{\"required_reviews\": 1, \"require_approved\": true}");
        for (String name : List.of("one", "two", "three")) {
            writeAndSubmit(writer, name);
        }
        writeAndSubmit(admin, "own");

        CommandRun tried = CommandRun.of(world.server(), "reviews", "approve", "--namespace", TEAM, "--dry-run");
        assertThat(tried.exitCode()).as(tried.err()).isZero();
        assertThat(tried.out()).contains(TEAM + "/one@1: open", "1 more approval", "4 would be approved");
        assertThat(admin.get("/api/v1/patterns/" + TEAM + "/one")
                        .json()
                        .path("approved_version")
                        .isNull())
                .isTrue();

        CommandRun done = CommandRun.of(
                world.server(), "reviews", "approve", "--namespace", TEAM, "--publish", "-m", "Imported.");
        assertThat(done.exitCode()).as(done.out() + done.err()).isEqualTo(1);
        assertThat(done.out())
                .contains(TEAM + "/one@1: published", "somebody else has to look", "3 approved, 1 refused");
        for (String name : List.of("one", "two", "three")) {
            assertThat(admin.get("/api/v1/patterns/" + TEAM + "/" + name + "@approved")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(admin.get("/api/v1/reviews?state=open&namespace=" + TEAM)
                        .json()
                        .path("items"))
                .extracting(review -> review.path("name").asText())
                .containsExactly(TEAM + "/own");
        List<JsonNode> events = admin.auditEvents("event_type=review.publish").stream()
                .filter(event -> event.path("resource").asText().contains("/patterns/" + TEAM + "/"))
                .toList();
        assertThat(events).as("each in the audit log").hasSize(3);
        CommandRun both = CommandRun.of(world.server(), "reviews", "approve", "--all", "--namespace", TEAM);
        assertThat(both.exitCode()).isNotZero();
    }
}
