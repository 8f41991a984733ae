package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /** Returns the events of a type that say that something was done to a resource, oldest first. */
    private List<JsonNode> done(String type, String resource) {
        List<JsonNode> found = admin.auditEvents("event_type=" + type).stream()
                .filter(event -> event.path("resource").asText().equals(resource))
                .filter(event -> event.path("result").asText().equals("success"))
                .sorted(Comparator.comparing(event -> event.path("id").asText()))
                .map(event -> event.path("details"))
                .toList();
        assertThat(found).as(type + " of " + resource).isNotEmpty();
        return found;
    }

    /** Returns the one such event; what is made here has a name that nothing else has. */
    private JsonNode event(String type, String resource) {
        assertThat(done(type, resource)).hasSize(1);
        return done(type, resource).getFirst();
    }

    /** Returns a list that events tell, over however many details. */
    private static List<String> told(List<JsonNode> events, String name) {
        List<String> values = new ArrayList<>();
        for (JsonNode details : events) {
            details.properties().stream()
                    .filter(detail -> detail.getKey().matches(name + "(_[0-9]+)?"))
                    .flatMap(detail -> Stream.of(detail.getValue().asText().split(", ", -1)))
                    .forEach(values::add);
        }
        return values;
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
    void shouldSayWhichPermissionsARoleGotAndLost() {
        List<String> many = IntStream.range(0, 40)
                .mapToObj(number -> "patterns:execute:shared/analysis/number-" + number + "-" + mark)
                .toList();
        ObjectNode role = named(group);
        many.forEach(role.putArray("permissions")::add);
        make("roles", role);
        ObjectNode change = Json.object();
        many.subList(1, 40).forEach(change.putArray("permissions")::add);
        ((ArrayNode) change.path("permissions")).add("models:*");
        Client.Answer changed = admin.send(admin.request("/api/v1/roles/" + group)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(change.toString()))
                .build());
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(admin.delete("/api/v1/roles/" + group).status()).isEqualTo(204);

        assertThat(told(done("role.create", "roles/" + group), "permissions"))
                .containsExactlyInAnyOrderElementsOf(many);
        JsonNode update = event("role.update", "roles/" + group);
        assertThat(update.path("permissions_added").asText()).isEqualTo("models:*");
        assertThat(update.path("permissions_removed").asText()).isEqualTo(many.getFirst());
        assertThat(event("role.delete", "roles/" + group)
                        .path("permissions_removed_count")
                        .intValue())
                .isEqualTo(40);
    }

    @Test
    void shouldNameEverybodyWhomAProviderPutsIntoAGroupAndTakesOut() {
        List<String> people = IntStream.range(0, 120)
                .mapToObj(number -> scim(
                                "POST", "Users", "{\"userName\":\"crew-" + number + "-" + mark + "@example.com\"}")
                        .path("id")
                        .textValue())
                .toList();
        String members = people.stream().map(id -> "{\"value\":\"" + id + "\"}").collect(Collectors.joining(","));
        String crew = scim("POST", "Groups", "{\"displayName\":\"crew-" + mark + "\"}")
                .path("id")
                .textValue();
        scim(
                "PATCH",
                "Groups/" + crew,
                "{\"Operations\":[{\"op\":\"add\",\"path\":\"members\",\"value\":[" + members + "]}]}");
        assertThat(admin.delete("/scim/v2/Groups/" + crew).status()).isEqualTo(204);

        List<JsonNode> joined = done("scim.group.update", "scim/Groups/" + crew);
        assertThat(told(joined, "members_added")).containsExactlyInAnyOrderElementsOf(people);
        assertThat(joined.getFirst().path("members_added_count").intValue()).isEqualTo(120);
        assertThat(joined)
                .extracting(details -> details.path("parts").intValue())
                .containsOnly(joined.size());
        List<JsonNode> left = done("scim.group.delete", "scim/Groups/" + crew);
        assertThat(told(left, "members_removed")).containsExactlyInAnyOrderElementsOf(people);
        assertThat(left.getFirst().path("group").asText()).isEqualTo("crew-" + mark);
    }

    @Test
    void shouldNameWhomAProviderRenamesAndDeletes() {
        String person = scim("POST", "Users", "{\"userName\":\"" + user + "\"}")
                .path("id")
                .textValue();
        String next = "renamed-" + user;
        make("groups", named(group));
        assertThat(admin.send(admin.request("/api/v1/groups/" + group + "/members/" + user)
                                .PUT(BodyPublishers.noBody())
                                .build())
                        .status())
                .isEqualTo(204);
        scim(
                "PATCH",
                "Users/" + person,
                "{\"Operations\":[{\"op\":\"replace\",\"path\":\"userName\",\"value\":\"" + next + "\"}]}");
        assertThat(admin.delete("/scim/v2/Users/" + person).status()).isEqualTo(204);

        assertThat(event("scim.user.update", "scim/Users/" + person + "/" + next)
                        .path("renamed")
                        .booleanValue())
                .isTrue();
        assertThat(event("scim.user.delete", "scim/Users/" + person + "/" + next)
                        .path("groups_left")
                        .asText())
                .isEqualTo(group);
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
        assertThat(event("scim.user.update", "scim/Users/" + person + "/" + user)
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
