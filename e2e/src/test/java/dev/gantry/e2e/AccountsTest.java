package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** People who sign in with passwords, and identity providers that keep people in step. */
@ExtendWith(SharedWorld.class)
class AccountsTest {
    private static final String PASSWORD = "mighty walrus sings";
    private static final String OTHER = "seven lamps at noon";

    private final World world;
    private final Client admin;

    AccountsTest(World world) {
        this.world = world;
        this.admin = world.client();
    }

    /** Makes a user with {@link #PASSWORD}; returns their name. */
    private String user() {
        String name = "user-" + UUID.randomUUID() + "@example.com";
        assertThat(admin.post("/api/v1/users", "{\"name\": \"" + name + "\"}").status())
                .isEqualTo(201);
        assertThat(put(
                                "/api/v1/users/" + name + "/password",
                                "{\"password\": \"" + PASSWORD + "\", \"must_change\": false}")
                        .status())
                .isEqualTo(204);
        return name;
    }

    private Client.Answer put(String path, String json) {
        return admin.send(admin.request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json))
                .build());
    }

    private Client.Answer signIn(String name, String password) {
        ObjectNode body = Json.object().put("username", name).put("password", password);
        return admin.withKey(null).post("/api/v1/auth/sessions", body.toString());
    }

    /** Asks who is signed in, with the cookie of a reply. */
    private Client.Answer session(Client.Answer signedIn) {
        String cookie = signedIn.header("Set-Cookie").split(";", 2)[0];
        return admin.send(admin.withKey(null)
                .request("/api/v1/auth/session")
                .header("Cookie", cookie)
                .GET()
                .build());
    }

    @Test
    void shouldSignInAndOutOfAllSessionsWhenThePasswordChanges() {
        String name = user();
        Client.Answer signedIn = signIn(name, PASSWORD);
        assertThat(signedIn.status()).as(signedIn.body()).isEqualTo(201);
        assertThat(signedIn.json().path("provider").textValue()).isEqualTo("password");
        assertThat(signedIn.json().path("amr").toString()).isEqualTo("[\"pwd\"]");
        assertThat(session(signedIn).json().path("user").path("name").textValue())
                .isEqualTo(name);

        assertThat(put("/api/v1/users/" + name + "/password", "{\"password\": \"" + OTHER + "\"}")
                        .status())
                .isEqualTo(204);

        Eventually.within(
                Duration.ofSeconds(1),
                "the session ended",
                () -> session(signedIn).status() == 401);
        assertThat(signIn(name, PASSWORD).status()).isEqualTo(401);
        assertThat(signIn(name, OTHER).json().path("code").textValue()).isEqualTo("password_change_required");
    }

    @Test
    void shouldSignInAgainOnceAnAdministratorHasEndedTheLock() {
        String name = user();
        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(signIn(name, OTHER).status()).isEqualTo(401);
        }
        assertThat(signIn(name, PASSWORD).json().path("code").textValue()).isEqualTo("rate_limited");
        assertThat(admin.get("/api/v1/users/" + name + "/sign-in")
                        .json()
                        .path("locked_until")
                        .textValue())
                .isNotNull();

        assertThat(admin.delete("/api/v1/users/" + name + "/lockout").status()).isEqualTo(204);

        assertThat(signIn(name, PASSWORD).status()).isEqualTo(201);
    }

    @Test
    void shouldLetAnAdministratorSeeAndEndTheSessionsOfSomebodyElse() throws Exception {
        String name = user();
        Client.Answer one = signIn(name, PASSWORD);
        Client.Answer other = signIn(name, PASSWORD);
        assertThat(CommandRun.of(world.server(), "users", "sessions", name).out())
                .contains("password", "127.0.0.1");

        CommandRun signOut = CommandRun.of(world.server(), "users", "sign-out", name);

        assertThat(signOut.out()).contains("Ended 2 sessions of " + name);
        Eventually.within(
                Duration.ofSeconds(1),
                "both sessions ended",
                () -> session(one).status() == 401 && session(other).status() == 401);
        assertThat(admin.get("/api/v1/users/" + name + "/sessions").json().path("items"))
                .isEmpty();
        assertThat(signIn(name, PASSWORD).status()).isEqualTo(201);
        Eventually.holds(
                "it is audited",
                () -> admin.auditEvents("event_type=user.sessions.end").stream()
                        .anyMatch(event -> event.toString().contains(name)));
    }

    @Test
    void shouldEndSessionsOfOthersOnlyWithThePermission() {
        String name = user();
        Client.Answer signedIn = signIn(name, PASSWORD);
        Client theirs = admin.withKey(admin.post("/api/v1/keys", "{\"name\": \"k\", \"principal\": \"" + user() + "\"}")
                .json()
                .path("key")
                .textValue());

        assertThat(theirs.get("/api/v1/users/" + name + "/sessions").status()).isEqualTo(403);
        assertThat(theirs.delete("/api/v1/users/" + name + "/sessions").status())
                .isEqualTo(403);
        assertThat(session(signedIn).status()).isEqualTo(200);
    }

    @Test
    void shouldEndNothingWhenThereIsNoPasswordToTakeAway() {
        String name = user();
        assertThat(admin.delete("/api/v1/users/" + name + "/password").status()).isEqualTo(204);
        JsonNode key = admin.post("/api/v1/keys", "{\"name\": \"k\", \"principal\": \"" + name + "\"}")
                .json();
        Client.Answer signedIn = admin.withKey(null)
                .post(
                        "/api/v1/auth/sessions",
                        Json.object()
                                .put("api_key", key.path("key").textValue())
                                .toString());

        assertThat(admin.delete("/api/v1/users/" + name + "/password").status()).isEqualTo(404);

        assertThat(session(signedIn).status()).isEqualTo(200);
    }

    @Test
    void shouldEndAllSessionsButTheOneThatAsks() {
        String name = user();
        Client.Answer other = signIn(name, PASSWORD);
        Client.Answer mine = signIn(name, PASSWORD);

        Client.Answer ended = admin.send(admin.withKey(null)
                .request("/api/v1/auth/sessions")
                .header("Cookie", mine.header("Set-Cookie").split(";", 2)[0])
                .header("X-CSRF-Token", mine.json().path("csrf_token").textValue())
                .DELETE()
                .build());

        assertThat(ended.json().path("ended").intValue()).as(ended.body()).isEqualTo(1);
        Eventually.within(
                Duration.ofSeconds(1), "the other ended", () -> session(other).status() == 401);
        assertThat(session(mine).status()).isEqualTo(200);
    }

    @Test
    void shouldTellNothingToThoseWhoGuess() {
        String name = user();
        Client.Answer wrong = signIn(name, OTHER);
        Client.Answer nobody = signIn("nobody-" + name, OTHER);

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.json().path("detail")).isEqualTo(wrong.json().path("detail"));
        Eventually.holds(
                "the attempts are audited",
                () -> admin.auditEvents("event_type=auth.failed").stream()
                        .anyMatch(event -> event.toString().contains(name)));
    }

    @Test
    void shouldChooseAPasswordByAToken() {
        String name = user();
        String token = admin.post("/api/v1/users/" + name + "/password/reset", "")
                .json()
                .path("token")
                .textValue();
        String body =
                Json.object().put("token", token).put("new_password", OTHER).toString();
        Client stranger = admin.withKey(null);

        assertThat(stranger.post("/api/v1/auth/password/reset", body).status()).isEqualTo(204);
        assertThat(stranger.post("/api/v1/auth/password/reset", body).status()).isEqualTo(401);
        assertThat(signIn(name, OTHER).status()).isEqualTo(201);
    }

    @Test
    void shouldNotLetAnAdministratorOfUsersBecomeOneOfEverything() {
        String helper = user();
        String role = "helpdesk-" + UUID.randomUUID().toString().substring(0, 8);
        admin.post("/api/v1/roles", "{\"name\": \"" + role + "\", \"permissions\": [\"users:*\"]}");
        admin.post("/api/v1/role-assignments", "{\"role\": \"" + role + "\", \"user\": \"" + helper + "\"}");
        Client helpdesk =
                admin.withKey(admin.post("/api/v1/keys", "{\"name\": \"k\", \"principal\": \"" + helper + "\"}")
                        .json()
                        .path("key")
                        .textValue());

        assertThat(helpdesk.post("/api/v1/users/admin@localhost/password/reset", "")
                        .status())
                .isEqualTo(403);
        assertThat(helpdesk.post("/api/v1/users/" + user() + "/password/reset", "")
                        .status())
                .isEqualTo(200);

        String owner = user();
        admin.post("/api/v1/role-assignments", "{\"role\": \"owner\", \"user\": \"" + owner + "\"}");
        Client.Answer signedIn = signIn(owner, PASSWORD);
        Client.Answer refused = helpdesk.delete("/api/v1/users/" + owner + "/sessions");
        assertThat(refused.status()).as(refused.body()).isEqualTo(403);
        assertThat(refused.json().path("detail").textValue()).contains("Ending the sessions of " + owner);
        assertThat(session(signedIn).status()).isEqualTo(200);
        String colleague = user();
        signIn(colleague, PASSWORD);
        assertThat(helpdesk.delete("/api/v1/users/" + colleague + "/sessions")
                        .json()
                        .path("ended")
                        .intValue())
                .isEqualTo(1);
    }

    /** The ways in which somebody loses access. */
    enum Route {
        API,
        SCIM,
        CLI
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void shouldEndSessionsAndKeysWithinASecondOfDeactivation(Route route) throws Exception {
        String name = user();
        Client.Answer signedIn = signIn(name, PASSWORD);
        JsonNode created = admin.post("/api/v1/keys", "{\"name\": \"k\", \"principal\": \"" + name + "\"}")
                .json();
        Client theirs = admin.withKey(created.path("key").textValue());
        assertThat(theirs.get("/api/v1/auth/factors").status()).isEqualTo(200);
        assertThat(session(signedIn).status()).isEqualTo(200);

        switch (route) {
            case API ->
                assertThat(admin.delete("/api/v1/users/" + name).status()).isEqualTo(200);
            case SCIM -> {
                Client provider = provider();
                String id = provider.get("/scim/v2/Users?filter=userName%20eq%20%22" + name + "%22")
                        .json()
                        .path("Resources")
                        .path(0)
                        .path("id")
                        .textValue();
                String patch = "{\"Operations\": [{\"op\": \"Replace\", \"path\": \"active\", \"value\": \"False\"}]}";
                assertThat(scim(provider, "PATCH", "Users/" + id, patch).status())
                        .isEqualTo(200);
            }
            case CLI ->
                assertThat(CommandRun.of(world.server(), "users", "deactivate", name)
                                .exitCode())
                        .isZero();
        }

        Eventually.within(
                Duration.ofSeconds(1),
                "key and session ended",
                () -> theirs.get("/api/v1/auth/factors").status() == 401
                        && session(signedIn).status() == 401);
        assertThat(signIn(name, PASSWORD).status()).isEqualTo(401);
    }

    /** A service account that may provision and nothing else. */
    private Client provider() {
        String name = "scim-" + UUID.randomUUID().toString().substring(0, 8);
        admin.post("/api/v1/service-accounts", "{\"name\": \"" + name + "\"}");
        admin.post("/api/v1/roles", "{\"name\": \"" + name + "\", \"permissions\": [\"users:provision\"]}");
        admin.post("/api/v1/role-assignments", "{\"role\": \"" + name + "\", \"user\": \"" + name + "\"}");
        JsonNode key = admin.post("/api/v1/keys", "{\"name\": \"scim\", \"principal\": \"" + name + "\"}")
                .json();
        return admin.withKey(key.path("key").textValue());
    }

    private static Client.Answer scim(Client client, String method, String path, String json, String... headers) {
        HttpRequest.Builder request = client.request("/scim/v2/" + path)
                .header("Content-Type", "application/scim+json")
                .method(method, BodyPublishers.ofString(json));
        return client.send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    @Nested
    class Scim {
        private final Client provider = provider();
        private final String mark = UUID.randomUUID().toString().substring(0, 8);

        private Client.Answer create() {
            return scim(provider, "POST", "Users", """
                    {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
                       "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
                     "userName": "Jane.%1$s@Example.com", "externalId": "ext-%1$s", "active": true,
                     "name": {"givenName": "Jane", "familyName": "Doe"},
                     "emails": [{"type": "work", "value": "jane@example.com", "primary": true}],
                     "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D"}}
                    """.formatted(mark));
        }

        @Test
        void shouldCreateFindChangeAndDeleteAUser() {
            Client.Answer created = create();
            assertThat(created.status()).as(created.body()).isEqualTo(201);
            String id = created.json().path("id").textValue();
            assertThat(created.json().path("displayName").textValue()).isEqualTo("Jane Doe");
            assertThat(create().json().path("scimType").textValue()).isEqualTo("uniqueness");

            JsonNode found = provider.get("/scim/v2/Users?filter=externalId%20eq%20%22ext-" + mark + "%22")
                    .json();
            assertThat(found.path("totalResults").intValue()).isEqualTo(1);
            assertThat(found.path("Resources")
                            .path(0)
                            .path("name")
                            .path("familyName")
                            .textValue())
                    .isEqualTo("Doe");

            String rename = "{\"Operations\": [{\"op\": \"Replace\", \"value\": {\"name.familyName\": \"Roe\"}}]}";
            Client.Answer changed = scim(provider, "PATCH", "Users/" + id, rename, "If-Match", "W/\"1\"");
            assertThat(changed.header("ETag")).isEqualTo("W/\"2\"");
            assertThat(scim(provider, "PATCH", "Users/" + id, rename, "If-Match", "W/\"1\"")
                            .status())
                    .isEqualTo(412);

            assertThat(provider.delete("/scim/v2/Users/" + id).status()).isEqualTo(204);
            assertThat(provider.get("/scim/v2/Users/" + id).status()).isEqualTo(404);
            assertThat(create().json().path("id").textValue()).isNotEmpty().isNotEqualTo(id);
        }

        @Test
        void shouldEndAllThatSomebodyHadWhenTheyAreDeletedAndMakeThemAnewWithoutIt() {
            String id = create().json().path("id").textValue();
            String name = "jane." + mark + "@example.com";
            put("/api/v1/users/" + name + "/password", "{\"password\": \"" + PASSWORD + "\", \"must_change\": false}");
            admin.post("/api/v1/role-assignments", "{\"role\": \"developer\", \"user\": \"" + name + "\"}");
            Client.Answer signedIn = signIn(name, PASSWORD);
            Client theirs =
                    admin.withKey(admin.post("/api/v1/keys", "{\"name\": \"k\", \"principal\": \"" + name + "\"}")
                            .json()
                            .path("key")
                            .textValue());
            assertThat(session(signedIn).json().path("roles").toString()).contains("developer");
            assertThat(theirs.get("/api/v1/auth/factors")
                            .json()
                            .path("password")
                            .booleanValue())
                    .isTrue();

            assertThat(provider.delete("/scim/v2/Users/" + id).status()).isEqualTo(204);
            assertThat(session(signedIn).status()).isEqualTo(401);
            assertThat(theirs.get("/api/v1/auth/factors").status()).isEqualTo(401);
            assertThat(create().status()).isEqualTo(201);

            assertThat(session(signedIn).status()).isEqualTo(401);
            assertThat(theirs.get("/api/v1/auth/factors").status()).isEqualTo(401);
            assertThat(signIn(name, PASSWORD).status()).isEqualTo(401);
            JsonNode fresh = admin.get("/api/v1/users/" + name).json();
            assertThat(fresh.path("id").textValue()).isNotEqualTo(id);
            assertThat(fresh.path("roles")).isEmpty();
            assertThat(admin.get("/api/v1/users/" + name + "/sign-in")
                            .json()
                            .path("password")
                            .booleanValue())
                    .isFalse();
            assertThat(admin.get("/api/v1/keys?principal=" + name).json().path("items"))
                    .isEmpty();
        }

        /** As Entra and Okta look for somebody, and as they read everybody. */
        @Test
        void shouldFindByWhatProvidersAskForAndCutPages() {
            String id = create().json().path("id").textValue();
            for (String filter : List.of(
                    "userName eq \"JANE.%s@example.com\"",
                    "externalId eq \"ext-%s\"",
                    "externalId eq \"ext-%s\" and active eq \"True\"",
                    "emails[type eq \"work\"].value eq \"Jane@Example.com\" and externalId eq \"ext-%s\"",
                    "emails.value eq \"jane@example.com\" and externalId eq \"ext-%s\"",
                    "displayName eq \"jane doe\" and externalId eq \"ext-%s\"",
                    "userName sw \"jane.%s\"",
                    "userName eq \"nobody\" or externalId eq \"ext-%s\"",
                    "id eq \"" + id + "\"")) {
                JsonNode found = list("Users", filter.formatted(mark), "");
                assertThat(found.path("totalResults").intValue()).as(filter).isEqualTo(1);
                assertThat(found.path("Resources").path(0).path("id").textValue())
                        .as(filter)
                        .isEqualTo(id);
            }
            assertThat(list("Users", "externalId eq \"ext-" + mark + "\" and active eq false", "")
                            .path("totalResults")
                            .intValue())
                    .isZero();
            assertThat(list("Users", "externalId eq \"ext-" + mark + "\"", "&count=0")
                            .path("totalResults")
                            .intValue())
                    .isEqualTo(1);
            JsonNode brief = list("Users", "externalId eq \"ext-" + mark + "\"", "&attributes=userName")
                    .path("Resources")
                    .path(0);
            assertThat(brief.properties())
                    .extracting(Map.Entry::getKey)
                    .containsExactlyInAnyOrder("schemas", "id", "userName");

            JsonNode second =
                    provider.get("/scim/v2/Users?startIndex=2&count=1").json();
            assertThat(second.path("startIndex").intValue()).isEqualTo(2);
            assertThat(second.path("itemsPerPage").intValue()).isEqualTo(1);
            assertThat(second.path("Resources")).hasSize(1);
            assertThat(second.path("totalResults").intValue()).isGreaterThan(1);
        }

        private JsonNode list(String kind, String filter, String more) {
            return provider.get(
                            "/scim/v2/" + kind + "?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8) + more)
                    .json();
        }

        @Test
        void shouldListGroupsWithTheirMembersUnlessTheyAreNotWanted() {
            String id = create().json().path("id").textValue();
            String body = "{\"displayName\": \"G " + mark + "\", \"members\": [{\"value\": \"" + id + "\"}]}";
            String group =
                    scim(provider, "POST", "Groups", body).json().path("id").textValue();
            for (String filter : List.of(
                    "displayName eq \"g " + mark + "\"",
                    "members eq \"" + id + "\"",
                    "members[value eq \"" + id + "\"]",
                    "id eq \"" + group + "\" and members.value eq \"" + id + "\"")) {
                JsonNode found = list("Groups", filter, "");
                assertThat(found.path("totalResults").intValue()).as(filter).isEqualTo(1);
                assertThat(found.path("Resources")
                                .path(0)
                                .path("members")
                                .path(0)
                                .path("value")
                                .textValue())
                        .isEqualTo(id);
                assertThat(list("Groups", filter, "&excludedAttributes=members")
                                .path("Resources")
                                .path(0)
                                .has("members"))
                        .isFalse();
            }
        }

        @Test
        void shouldKeepAGroupInStep() {
            String id = create().json().path("id").textValue();
            Client.Answer created =
                    scim(provider, "POST", "Groups", "{\"displayName\": \"Group " + mark + "\", \"members\": []}");
            String group = created.json().path("id").textValue();
            String add = "{\"Operations\": [{\"op\": \"Add\", \"path\": \"members\", \"value\": [{\"value\": \"" + id
                    + "\"}]}]}";

            assertThat(scim(provider, "PATCH", "Groups/" + group, add)
                            .json()
                            .path("members")
                            .path(0)
                            .path("value")
                            .textValue())
                    .isEqualTo(id);
            assertThat(admin.get("/api/v1/users/" + id)
                            .json()
                            .path("groups")
                            .path(0)
                            .textValue())
                    .isEqualTo("Group " + mark);
            String remove =
                    "{\"Operations\": [{\"op\": \"remove\", \"path\": \"members[value eq \\\"" + id + "\\\"]\"}]}";
            assertThat(scim(provider, "PATCH", "Groups/" + group, remove).json().path("members"))
                    .isEmpty();
            assertThat(provider.delete("/scim/v2/Groups/" + group).status()).isEqualTo(204);
        }

        @Test
        void shouldStopAtAdministrators() {
            String id =
                    admin.get("/api/v1/users/admin@localhost").json().path("id").textValue();
            String patch = "{\"Operations\": [{\"op\": \"replace\", \"value\": {\"active\": false}}]}";

            assertThat(scim(provider, "PATCH", "Users/" + id, patch).status()).isEqualTo(403);
            assertThat(provider.delete("/scim/v2/Users/" + id).status()).isEqualTo(403);
        }

        @Test
        void shouldServeNobodyWithoutThePermission() {
            assertThat(admin.withKey(null).get("/scim/v2/Users").status()).isEqualTo(401);
            assertThat(provider.get("/api/v1/users").status()).isEqualTo(403);
            assertThat(provider.get("/scim/v2/ServiceProviderConfig")
                            .json()
                            .path("bulk")
                            .path("supported")
                            .booleanValue())
                    .isFalse();
            assertThat(scim(provider, "POST", "Bulk", "{}").status()).isEqualTo(501);
            assertThat(provider.get("/scim/v2/Users?filter=" + "(".repeat(300))
                            .json()
                            .path("scimType")
                            .textValue())
                    .isEqualTo("invalidFilter");
            assertThat(scim(provider, "POST", "Users", "{\"userName\": \"no address\"}")
                            .status())
                    .isEqualTo(400);
        }
    }
}
