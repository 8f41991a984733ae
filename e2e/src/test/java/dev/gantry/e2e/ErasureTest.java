package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who was erased from the audit log of a tenant is named nowhere, whatever was done by them, with them, or tried in their name. */
@ExtendWith(SharedWorld.class)
class ErasureTest {
    private static final String PASSWORD = "a sentence that nobody guesses";

    private final Client operator;
    private final Client boss;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String organization = "erasing-" + mark;
    private final String jane = "jane-" + mark + "@example.com";
    private final String robot = "robot-" + mark;

    ErasureTest(World world) {
        this.operator = world.client();
        JsonNode made = make(
                operator,
                "organizations",
                Json.object().put("name", organization).put("administrator", "boss@erasing.example"));
        this.boss = operator.withKey(made.path("key").path("key").textValue());
    }

    private static JsonNode make(Client client, String collection, ObjectNode body) {
        Answer answer = client.post("/api/v1/" + collection, Requests.text(body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private static ObjectNode named(String name) {
        return Json.object().put("name", name);
    }

    private Answer send(String method, String path, String json) {
        return boss.send(boss.request(path)
                .header("Content-Type", path.startsWith("/scim") ? "application/scim+json" : "application/json")
                .method(method, BodyPublishers.ofString(json))
                .build());
    }

    private Answer signIn(String password) {
        ObjectNode body =
                Json.object().put("username", jane).put("password", password).put("organization", organization);
        return boss.withKey(null).post("/api/v1/auth/sessions", Requests.text(body));
    }

    private List<JsonNode> events(Client client) {
        return client.auditEvents("to=2099-01-01T00:00:00Z");
    }

    private void erase(String name) {
        assertThat(boss.post("/api/v1/audit/erasures", Requests.text(named(name)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void shouldNameNowhereWhoTriedToSignIn() {
        make(boss, "users", named(jane));
        String password = "{\"password\":\"" + PASSWORD + "\",\"must_change\":false}";
        assertThat(send("PUT", "/api/v1/users/" + jane + "/password", password).status())
                .isEqualTo(204);
        assertThat(signIn("something else entirely").status()).isEqualTo(401);
        assertThat(signIn(PASSWORD).status()).isIn(200, 201);
        assertThat(send("POST", "/scim/v2/Users", "{\"userName\":\"" + jane + "\"}")
                        .status())
                .isEqualTo(409);
        assertThat(send("PUT", "/api/v1/users/boss@erasing.example", Requests.text(named(jane)))
                        .status())
                .isEqualTo(409);

        List<JsonNode> failed = boss.auditEvents("event_type=auth.failed");
        assertThat(failed)
                .as("in the log of the organization that was named")
                .anySatisfy(
                        event -> assertThat(event.path("resource").textValue()).isEqualTo("auth/" + jane));
        assertThat(events(operator)).noneMatch(event -> event.toString().contains(jane));
        assertThat(boss.auditEvents("event_type=scim.user.create"))
                .anySatisfy(
                        event -> assertThat(event.path("reason").textValue()).contains(jane));

        erase(jane);

        assertThat(events(boss))
                .hasSizeGreaterThan(failed.size())
                .noneMatch(event -> event.toString().contains(jane));
    }

    @Test
    void shouldNameNowhereAServiceAccountThatIsGone() {
        make(boss, "service-accounts", named(robot));
        make(boss, "teams", named("team-" + mark));
        send("PUT", "/api/v1/teams/team-" + mark + "/members/" + robot, "");
        String assignment = make(
                        boss,
                        "role-assignments",
                        Json.object().put("role", "developer").put("user", robot))
                .path("id")
                .textValue();
        JsonNode key = make(boss, "keys", named("k").put("principal", robot));
        assertThat(boss.withKey(key.path("key").textValue())
                        .get("/api/v1/users")
                        .status())
                .isEqualTo(403);
        assertThat(boss.delete("/api/v1/role-assignments/" + assignment).status())
                .isEqualTo(204);
        assertThat(boss.delete("/api/v1/service-accounts/" + robot).status()).isEqualTo(200);
        assertThat(events(boss)).anyMatch(event -> event.toString().contains(robot));

        erase(robot);

        assertThat(events(boss)).noneMatch(event -> event.toString().contains(robot));
    }
}
