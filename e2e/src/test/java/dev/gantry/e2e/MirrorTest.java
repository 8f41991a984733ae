package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One server mirrors another, over a line that fails and with processes that die. */
@ExtendWith(SharedWorld.class)
class MirrorTest {
    private static final String TEAM = "e2e-mirrored";
    private static final int MANY = 100;
    private static final String REVIEWED_TEAM = "e2e-handed-in";

    private final Client upstream;

    @TempDir
    private Path directory;

    MirrorTest(World world) {
        this.upstream = world.client();
    }

    private Answer put(Client client, String name, String content) {
        return client.send(client.request("/api/v1/patterns/" + name)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        Json.object().put("content", content).toString()))
                .build());
    }

    private static JsonNode state(Client mirror) {
        return mirror.get("/api/v1/mirrors/hub").json();
    }

    private static String text(Client mirror, String name) {
        return mirror.get("/api/v1/patterns/shared/" + TEAM + "/" + name)
                .json()
                .path("content")
                .asText();
    }

    private GantryProcess start(Relay relay) throws IOException, InterruptedException {
        return start(relay, TEAM, false);
    }

    private GantryProcess start(Relay relay, String team, boolean reviewed) throws IOException, InterruptedException {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("gantry.yaml"), """
                patterns:
                  approval_workflow: {enabled: %1$s, required_reviews: 1, require_approved: %1$s}
                mirrors:
                  allow_http: true
                  registries:
                    hub:
                      url: %2$s
                      api_key: ${HUB_KEY}
                      interval: 1s
                      namespaces: [%3$s]
                      namespace: shared
                      visibility: organization
                      approval_workflow: %1$s
                """.formatted(reviewed, relay.url(), team));
        return GantryProcess.start(directory.resolve("data"), config, Map.of("HUB_KEY", upstreamKey()));
    }

    private String upstreamKey() {
        return Optional.ofNullable(upstream.key()).orElseThrow();
    }

    @Test
    void shouldFollowAnotherServerThroughOutagesAndDeath() throws Exception {
        assertThat(upstream.post("/api/v1/teams", "{\"name\": \"" + TEAM + "\"}")
                        .status())
                .isEqualTo(201);
        for (int number = 0; number < MANY; number++) {
            put(upstream, TEAM + "/many-%03d".formatted(number), "Pattern number " + number + ".");
        }
        put(upstream, TEAM + "/many-000", "Pattern number 0, second edition.");
        put(upstream, TEAM + "/review", "Review the text.");
        put(upstream, TEAM + "/review", "Review the text. Say what is missing.");
        upstream.send(upstream.request("/api/v1/assets/patterns/" + TEAM + "/review/labels/production")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"version\": \"1\"}"))
                .build());
        try (Relay relay = new Relay(upstream.url())) {
            // The list and a part of the texts get through; then the line is silent and the process dies.
            relay.silentAfter(2);
            GantryProcess first = start(relay);
            Eventually.holds("a part is here", () -> relay.connections() > 2);
            first.kill();
            relay.mend();
            try (GantryProcess second = start(relay)) {
                follow(second.client(), relay);
            }
        }
    }

    private static List<JsonNode> reviews(Client mirror) {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        do {
            Answer page = mirror.get("/api/v1/reviews?limit=200" + cursor);
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            page.json().path("items").forEach(all::add);
            String next = page.json().path("next_cursor").textValue();
            cursor = next == null ? "" : "&cursor=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
        } while (!cursor.isEmpty());
        return all;
    }

    @Test
    void shouldHandInEachAssetOnceThoughItDiesWhileItDoes() throws Exception {
        assertThat(upstream.post("/api/v1/teams", "{\"name\": \"" + REVIEWED_TEAM + "\"}")
                        .status())
                .isEqualTo(201);
        for (int number = 0; number < MANY; number++) {
            put(upstream, REVIEWED_TEAM + "/new-%03d".formatted(number), "Pattern number " + number + ".");
        }
        try (Relay relay = new Relay(upstream.url())) {
            GantryProcess first = start(relay, REVIEWED_TEAM, true);
            List<JsonNode> handedIn = new ArrayList<>();
            Eventually.holds("some are handed in", () -> handedIn.addAll(reviews(first.client())));
            first.kill();

            try (GantryProcess second = start(relay, REVIEWED_TEAM, true)) {
                Client mirror = second.client();
                Eventually.holds("all are handed in", () -> reviews(mirror).size() >= MANY);
                mirror.post("/api/v1/mirrors/hub/sync", "");
                String before = state(mirror).path("tried_at").asText();
                Eventually.holds(
                        "it looks again",
                        () -> !state(mirror).path("tried_at").asText().equals(before));

                List<JsonNode> all = reviews(mirror);
                assertThat(all)
                        .as("each once")
                        .extracting(review -> review.path("name").asText())
                        .doesNotHaveDuplicates()
                        .hasSize(MANY);
                assertThat(all)
                        .as("what was handed in before the death stays")
                        .extracting(review -> review.path("id").asText())
                        .containsAll(handedIn.stream()
                                .map(review -> review.path("id").asText())
                                .toList());
                assertThat(all).as("whole").allSatisfy(review -> {
                    assertThat(review.path("state").asText()).isEqualTo("open");
                    assertThat(review.path("submitted_by").asText()).isEqualTo("mirror:hub");
                    assertThat(review.path("version").asInt()).isEqualTo(1);
                    assertThat(review.path("checks")).isNotEmpty();
                });
                assertThat(mirror.execute("shared/" + REVIEWED_TEAM + "/new-000", "x")
                                .json()
                                .path("code")
                                .asText())
                        .isEqualTo("not_approved");
            }
        }
    }

    @Test
    void shouldFeedNoMoreThanARestrictedKeyMayRead() {
        put(upstream, "shared/e2e-fed/open/one", "For all to see.");
        put(upstream, "shared/e2e-fed/closed/two", "For few to see.");
        Map<String, String> ids = new HashMap<>();
        upstream.get("/api/v1/mirror-feed/assets?namespaces=shared")
                .json()
                .path("items")
                .forEach(item ->
                        ids.put(item.path("name").asText(), item.path("id").asText()));
        Client restricted = restricted("patterns:read:shared/e2e-fed/open/*");

        Answer feed = restricted.get("/api/v1/mirror-feed/assets?namespaces=shared");
        assertThat(feed.json().path("items"))
                .extracting(item -> item.path("name").asText())
                .containsExactly("shared/e2e-fed/open/one");
        assertThat(feed.header("ETag"))
                .as("what one may read is not what the other may")
                .isNotEqualTo(upstream.get("/api/v1/mirror-feed/assets?namespaces=shared")
                        .header("ETag"));
        Answer texts = restricted.get("/api/v1/mirror-feed/versions?assets=" + ids.get("shared/e2e-fed/closed/two")
                + ":0," + ids.get("shared/e2e-fed/open/one") + ":0");
        assertThat(texts.json().path("items"))
                .extracting(item -> item.path("content").asText().strip())
                .containsExactly("For all to see.");
        assertThat(texts.body()).doesNotContain("few", "closed");
        assertThat(restricted("models:read").get("/api/v1/mirror-feed/assets").status())
                .isEqualTo(403);
    }

    private Client restricted(String permission) {
        Answer made =
                upstream.post("/api/v1/keys", "{\"name\": \"restricted\", \"permissions\": [\"" + permission + "\"]}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return upstream.withKey(made.json().path("key").textValue());
    }

    @Test
    void shouldCompareEntityTagsOfItsFeedAsProxiesWriteThem() {
        String feed = "/api/v1/mirror-feed/assets?namespaces=shared";
        String tag = upstream.get(feed).header("ETag");
        assertThat(tag).isNotEmpty();
        for (String known : List.of(tag, "W/" + tag, "\"other\", W/" + tag, "*")) {
            assertThat(upstream.send(upstream.request(feed)
                                    .header("If-None-Match", known)
                                    .build())
                            .status())
                    .as(known)
                    .isEqualTo(304);
        }
        assertThat(upstream.send(upstream.request(feed)
                                .header("If-None-Match", "\"other\"")
                                .build())
                        .status())
                .isEqualTo(200);
    }

    private void follow(Client mirror, Relay relay) {
        Eventually.holds(
                "all is here", () -> state(mirror).path("state").asText().equals("synced"));
        assertThat(state(mirror).path("assets").asInt()).isEqualTo(MANY + 1);
        JsonNode review =
                mirror.get("/api/v1/patterns/shared/" + TEAM + "/review").json();
        assertThat(review.path("version").asInt()).isEqualTo(2);
        assertThat(review.path("mirror").asText()).isEqualTo("hub");
        assertThat(review.path("origin").path("name").asText()).isEqualTo(TEAM + "/review");
        assertThat(text(mirror, "review@production")).isEqualTo("Review the text.");
        assertThat(mirror.get("/api/v1/patterns/shared/" + TEAM + "/many-000/versions")
                        .json()
                        .path("items"))
                .as("what came before the death did not come twice")
                .extracting(version -> version.path("version").asInt())
                .containsExactlyInAnyOrder(1, 2);

        Answer refused = put(mirror, "shared/" + TEAM + "/review", "Mine.");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("read-only here; fork it");

        relay.cut();
        Eventually.holds(
                "it notices", () -> state(mirror).path("state").asText().equals("unreachable"));
        assertThat(state(mirror).path("failing_since").asText()).isNotEmpty();
        assertThat(text(mirror, "review")).as("the last good state").contains("missing");
        put(upstream, TEAM + "/review", "Review the text, third edition.");
        upstream.delete("/api/v1/patterns/" + TEAM + "/many-001");
        relay.mend();

        Eventually.holds("it is in step again", () -> text(mirror, "review").contains("third edition"));
        Eventually.holds(
                "the whole look has ended",
                () -> state(mirror).path("failing_since").isNull());
        JsonNode gone =
                mirror.get("/api/v1/patterns/shared/" + TEAM + "/many-001").json();
        assertThat(gone.path("deprecation").path("message").asText()).contains("no longer");
        assertThat(gone.path("content").asText()).as("what runs goes on").isEqualTo("Pattern number 1.");
        assertThat(mirror.auditEvents("event_type=mirror.sync")).anySatisfy(event -> {
            assertThat(event.path("result").asText()).isEqualTo("failed");
            assertThat(event.toString()).doesNotContain(upstreamKey());
        });
    }
}
