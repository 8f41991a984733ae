package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A team's pattern is reviewed by a team that does not see it otherwise. */
@ExtendWith(SharedWorld.class)
class ReviewersElsewhereTest {
    private final Client admin;
    private final String suffix = UUID.randomUUID().toString().substring(0, 8);

    ReviewersElsewhereTest(World world) {
        this.admin = world.client();
    }

    private static void done(Client client, String method, String path, ObjectNode body) {
        Client.Answer answer = client.send(client.request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
        assertThat(answer.status()).as(path + answer.body()).isBetween(200, 299);
    }

    private Client developer(String name, String team) {
        String user = name + "-" + suffix + "@example.com";
        done(admin, "POST", "/api/v1/users", Json.object().put("name", user));
        done(admin, "POST", "/api/v1/teams", Json.object().put("name", team));
        done(admin, "PUT", "/api/v1/teams/" + team + "/members/" + user, Json.object());
        done(
                admin,
                "POST",
                "/api/v1/role-assignments",
                Json.object().put("role", "developer").put("user", user));
        JsonNode key = admin.post(
                        "/api/v1/keys",
                        Json.object()
                                .put("name", "k")
                                .put("principal", user)
                                .<ObjectNode>set(
                                        "permissions",
                                        Json.mapper().createArrayNode().add("patterns:*"))
                                .toString())
                .json();
        return admin.withKey(key.path("key").textValue());
    }

    private CommandRun run(Client as, String... arguments) throws Exception {
        return CommandRun.with(
                Map.of("GANTRY_URL", as.url().toString(), "GANTRY_API_KEY", String.valueOf(as.key())), arguments);
    }

    @Test
    void shouldReviewFromTheCommandLineWhatAnotherTeamHandsIn() throws Exception {
        String team = "e2e-own-" + suffix;
        String security = "e2e-sec-" + suffix;
        Client ana = developer("ana", team);
        Client rita = developer("rita", security);
        String name = team + "/x";
        ObjectNode policy = Json.object().put("required_reviews", 1).put("require_approved", true);
        policy.putArray("reviewers").add(security);
        done(admin, "PUT", "/api/v1/review-policies/" + team, policy);
        done(ana, "PUT", "/api/v1/patterns/" + name, Json.object().put("content", "Say hello " + suffix + ".\n"));
        String review = ana.post(
                        "/api/v1/reviews", Json.object().put("name", name).toString())
                .json()
                .path("id")
                .asText();

        assertThat(rita.get("/api/v1/patterns/" + name).status()).isEqualTo(404);
        assertThat(run(rita, "reviews", "list").out()).contains(name);
        assertThat(run(rita, "reviews", "show", review).out()).contains("missing: 1 more approval");
        assertThat(run(rita, "reviews", "diff", review).out())
                .contains("--- nothing", "+++ " + name + "@1", "+Say hello " + suffix + ".");
        assertThat(rita.get("/api/v1/reviews/" + review + "/tests")
                        .json()
                        .path("tests")
                        .isNull())
                .isTrue();
        CommandRun approved = run(rita, "reviews", "approve", review);
        assertThat(approved.exitCode()).as(approved.err()).isZero();
        assertThat(ana.execute(name, "in").json().path("code").asText()).isEqualTo("not_approved");
        assertThat(ana.post("/api/v1/reviews/" + review + "/publish", "{}").status())
                .isEqualTo(200);
        assertThat(ana.get("/api/v1/patterns/" + name + "@approved").status()).isEqualTo(200);
        assertThat(rita.get("/api/v1/reviews/" + review).status()).isEqualTo(404);
        assertThat(rita.get("/api/v1/reviews/" + review + "/changes").status()).isEqualTo(404);
    }
}
