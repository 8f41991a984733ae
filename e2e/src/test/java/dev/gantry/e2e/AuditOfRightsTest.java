package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who got which right, told by the audit log alone. */
@ExtendWith(SharedWorld.class)
class AuditOfRightsTest {
    private final Client admin;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String user = "rights-" + mark + "@example.com";
    private final String group = "rights-" + mark;

    AuditOfRightsTest(World world) {
        this.admin = world.client();
    }

    private JsonNode make(String collection, ObjectNode body) {
        Client.Answer answer = admin.post("/api/v1/" + collection, body.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private static ObjectNode named(String name) {
        return Json.object().put("name", name);
    }

    /** Returns the newest event of a type whose resource has a text; what is made here has a name that nothing else has. */
    private JsonNode event(String type, String resource) {
        List<JsonNode> found = admin.auditEvents("event_type=" + type).stream()
                .filter(event -> event.path("resource").asText().equals(resource))
                .toList();
        assertThat(found).as(type + " of " + resource).isNotEmpty();
        return found.getFirst().path("details");
    }

    @Test
    void shouldNameWhatWasMadeAndGiven() {
        make("users", named(user));
        make("groups", named(group));
        make("teams", named(group));
        make("service-accounts", named("sa-" + mark));
        ObjectNode role = named(group);
        role.putArray("permissions").add("patterns:read").add("runs:read");
        make("roles", role);
        String toUser = make(
                        "role-assignments", Json.object().put("role", group).put("user", user))
                .path("id")
                .textValue();
        String toGroup = make(
                        "role-assignments", Json.object().put("role", group).put("group", group))
                .path("id")
                .textValue();
        ObjectNode request = named("ci").put("principal", user).put("expires_at", "2099-01-01T00:00:00Z");
        request.putArray("permissions").add("patterns:read");
        String key = make("keys", request).path("id").textValue();
        assertThat(admin.delete("/api/v1/role-assignments/" + toUser).status()).isEqualTo(204);
        assertThat(admin.post("/api/v1/users", named(user).toString()).status()).isEqualTo(409);

        event("user.create", "users/" + user);
        event("group.create", "groups/" + group);
        event("team.create", "teams/" + group);
        event("service_account.create", "service-accounts/sa-" + mark);
        assertThat(event("role.create", "roles/" + group).path("permissions").asText())
                .isEqualTo("patterns:read, runs:read");
        for (String type : List.of("role.assign", "role.unassign")) {
            assertThat(event(type, "role-assignments/" + toUser + "/" + user)
                            .path("role")
                            .asText())
                    .isEqualTo(group);
        }
        assertThat(event("role.assign", "role-assignments/" + toGroup)
                        .path("group")
                        .asText())
                .isEqualTo(group);
        JsonNode made = event("key.create", "keys/" + key + "/" + user);
        assertThat(made.path("permissions").asText()).isEqualTo("patterns:read");
        assertThat(made.path("expires_at").asText()).isEqualTo("2099-01-01T00:00:00Z");
    }

    @Test
    void shouldSayWhatAProviderChanged() {
        String person = scim("POST", "Users", "{\"userName\":\"" + user + "\"}")
                .path("id")
                .textValue();
        String crew = scim("POST", "Groups", "{\"displayName\":\"" + group + "\"}")
                .path("id")
                .textValue();
        String patch =
                "{\"Operations\":[{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"" + person + "\"}]}]}";
        scim("PATCH", "Groups/" + crew, patch);
        scim("PATCH", "Users/" + person, "{\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}");

        event("scim.user.create", "scim/Users/" + person + "/" + user);
        assertThat(event("scim.group.create", "scim/Groups/" + crew)
                        .path("group")
                        .asText())
                .isEqualTo(group);
        JsonNode joined = event("scim.group.update", "scim/Groups/" + crew);
        assertThat(joined.path("members_added").asText()).isEqualTo(person);
        assertThat(joined.path("members_added_count").intValue()).isEqualTo(1);
        assertThat(joined.path("members_removed_count").intValue()).isZero();
        assertThat(event("scim.user.update", "scim/Users/" + person)
                        .path("active")
                        .toString())
                .isEqualTo("false");
    }

    private JsonNode scim(String method, String path, String json) {
        Client.Answer answer = admin.send(admin.request("/scim/v2/" + path)
                .header("Content-Type", "application/scim+json")
                .method(method, BodyPublishers.ofString(json))
                .build());
        assertThat(answer.status()).as(answer.body()).isBetween(200, 201);
        return answer.json();
    }
}
