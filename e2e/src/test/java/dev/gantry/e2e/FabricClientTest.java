package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Fabric's own clients ask its REST server for, asked of Gantry in the same words. */
@ExtendWith(SharedWorld.class)
class FabricClientTest {
    private static final String ROOT = "/compat/fabric";

    private final Client client;

    FabricClientTest(World world) {
        this.client = world.client();
    }

    private static String name(String beginning) {
        return beginning + "_" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Answer put(String path, String text) {
        return client.send(client.request(ROOT + path)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(text))
                .build());
    }

    private Answer rename(String path) {
        return client.send(client.request(ROOT + path)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private List<String> texts(String path) {
        Answer answer = client.get(ROOT + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<String> texts = new ArrayList<>();
        answer.json().forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** Reads a stream as Fabric's web client does: every line that begins with "data: " is one JSON object. */
    private static List<JsonNode> events(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
        return answer.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> Json.read(line.substring("data: ".length())))
                .toList();
    }

    private static String content(List<JsonNode> events) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(event -> event.path("type").asText().equals("content"))
                .forEach(event -> text.append(event.path("content").asText()));
        return text.toString();
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.path("type").asText())
                .distinct()
                .toList();
    }

    /** A request as Fabric's web client writes it, with every field that it sends. */
    private static ObjectNode chat(String... prompts) {
        ObjectNode body = Json.object();
        for (int index = 0; index < prompts.length; index += 2) {
            body.withArray("prompts")
                    .addObject()
                    .put("userInput", prompts[index + 1])
                    .put("vendor", "openai")
                    .put("model", prompts[index])
                    .put("contextName", "")
                    .put("patternName", "summarize")
                    .put("strategyName", "")
                    .put("sessionName", "");
        }
        return body.put("language", "en")
                .put("temperature", 0.7)
                .put("topP", 0.9)
                .put("frequencyPenalty", 0.0)
                .put("presencePenalty", 0.0);
    }

    @Test
    void shouldWorkWithAPatternByItsName() {
        String name = name("fabric");
        assertThat(put("/patterns/" + name, "# IDENTITY\nYou greet {{who}}.\n").status())
                .isEqualTo(200);
        assertThat(texts("/patterns/names")).contains(name, "summarize").isSorted();
        assertThat(client.get(ROOT + "/patterns/exists/" + name).body()).isEqualTo("true");
        JsonNode pattern = client.get(ROOT + "/patterns/" + name).json();
        assertThat(pattern.path("Name").asText()).isEqualTo(name);
        assertThat(pattern.path("Pattern").asText()).isEqualTo("# IDENTITY\nYou greet {{who}}.\n");
        assertThat(pattern.has("Description")).isTrue();

        JsonNode applied = client.post(
                        ROOT + "/patterns/" + name + "/apply",
                        "{\"input\": \"hello\", \"variables\": {\"who\": \"everybody\"}}")
                .json();
        assertThat(applied.path("Pattern").asText()).contains("You greet everybody.");

        String renamed = name("renamed");
        assertThat(rename("/patterns/rename/" + name + "/" + renamed).status()).isEqualTo(200);
        assertThat(client.get(ROOT + "/patterns/exists/" + name).body()).isEqualTo("false");
        assertThat(client.delete(ROOT + "/patterns/" + renamed).status()).isEqualTo(200);
        Answer gone = client.get(ROOT + "/patterns/" + renamed);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.json().path("error").asText()).contains(renamed);
    }

    @Test
    void shouldWorkWithAContextByItsName() {
        String name = name("company");
        assertThat(put("/contexts/" + name, "We build bridges.").status()).isEqualTo(200);
        assertThat(texts("/contexts/names")).contains(name);
        assertThat(client.get(ROOT + "/contexts/" + name).json().path("Content").asText())
                .isEqualTo("We build bridges.");
        assertThat(client.get(ROOT + "/contexts/exists/" + name).body()).isEqualTo("true");
        String renamed = name("renamed");
        assertThat(rename("/contexts/rename/" + name + "/" + renamed).status()).isEqualTo(200);
        assertThat(client.delete(ROOT + "/contexts/" + renamed).status()).isEqualTo(200);
        assertThat(texts("/contexts/names")).doesNotContain(name, renamed);
    }

    @Test
    void shouldListModelsByTheirVendorsAndStrategiesWithTheirPrompts() {
        JsonNode models = client.get(ROOT + "/models/names").json();
        List<String> names = new ArrayList<>();
        models.path("models").forEach(model -> names.add(model.asText()));
        assertThat(names).contains("openai-echo", "anthropic-words");
        assertThat(models.path("vendors").path("anthropic").toString()).contains("\"anthropic-words\"");

        JsonNode strategies = client.get(ROOT + "/strategies").json();
        assertThat(strategies).anySatisfy(strategy -> {
            assertThat(strategy.path("name").asText()).isEqualTo("cot");
            assertThat(strategy.path("description").asText()).isNotEmpty();
            assertThat(strategy.path("prompt").asText()).isNotEmpty();
        });
    }

    @Test
    void shouldNameAssetsOfOtherNamespacesByTheirWholeNames() {
        String team = name("team").replace('_', '-');
        assertThat(client.post("/api/v1/teams", "{\"name\": \"" + team + "\"}").status())
                .isEqualTo(201);
        for (String kind : List.of("strategies", "patterns")) {
            Answer made = client.post(
                    "/api/v1/" + kind,
                    Json.object()
                            .put("name", team + "/" + team + "-own")
                            .put("content", "Do it in steps.\n")
                            .toString());
            assertThat(made.status()).as(made.body()).isEqualTo(201);
        }
        String whole = team + "/" + team + "-own";

        Answer strategies = client.get(ROOT + "/strategies");
        assertThat(strategies.status()).as(strategies.body()).isEqualTo(200);
        assertThat(strategies.json()).anySatisfy(strategy -> {
            assertThat(strategy.path("name").asText()).isEqualTo(whole);
            assertThat(strategy.path("prompt").asText()).contains("in steps");
        });
        assertThat(texts("/patterns/names")).contains(whole, "summarize");
        assertThat(client.get(ROOT + "/patterns/" + whole).status()).isEqualTo(200);
    }

    @Test
    void shouldRenameWhollyOrNotAtAll() {
        String name = name("kept");
        String other = name("copy");
        assertThat(put("/patterns/shared/" + name, "Say hello.\n").status()).isEqualTo(200);
        JsonNode key = client.post("/api/v1/keys", """
                {"name": "no deleting", "permissions": ["patterns:read", "patterns:create", "patterns:update"]}""").json();
        Client lesser = client.withKey(key.path("key").textValue());

        Answer refused = lesser.send(lesser.request(ROOT + "/patterns/rename/" + name + "/" + other)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(refused.status()).as(refused.body()).isEqualTo(403);
        assertThat(client.get(ROOT + "/patterns/exists/" + other).body()).isEqualTo("false");
        assertThat(client.get(ROOT + "/patterns/exists/" + name).body()).isEqualTo("true");
    }

    @Nested
    class Chat {
        @Test
        void shouldStreamAnAnswerWithItsUsage() {
            List<JsonNode> events = events(client.post(
                    ROOT + "/chat", chat("openai-words", "One two three.").toString()));
            assertThat(types(events)).containsExactly("content", "usage", "complete");
            assertThat(events.stream()
                            .filter(event -> event.path("type").asText().equals("content"))
                            .count())
                    .isGreaterThan(1);
            assertThat(events.getFirst().path("format").asText()).isEqualTo("markdown");
            assertThat(content(events)).isNotBlank();
            JsonNode usage = events.get(events.size() - 2).path("usage");
            assertThat(usage.path("total_tokens").asLong())
                    .isEqualTo(usage.path("input_tokens").asLong()
                            + usage.path("output_tokens").asLong())
                    .isPositive();
        }

        @Test
        void shouldAnswerSeveralPromptsInOneStream() {
            List<JsonNode> events = events(client.post(
                    ROOT + "/chat",
                    chat("openai-counted", "a", "openai-json", "b").toString()));
            assertThat(content(events)).isEqualTo("ok{\"city\":\"Paris\"}");
            assertThat(events.stream()
                            .filter(event -> event.path("type").asText().equals("complete"))
                            .count())
                    .isEqualTo(2);
        }

        @Test
        void shouldGoOnWithASession() {
            String session = name("talk");
            ObjectNode request = chat("openai-counted", "First question.");
            ((ObjectNode) request.path("prompts").get(0)).put("sessionName", session);
            events(client.post(ROOT + "/chat", request.toString()));
            assertThat(texts("/sessions/names")).contains(session);
            assertThat(client.get(ROOT + "/sessions/exists/" + session).body()).isEqualTo("true");
            JsonNode messages = client.get(ROOT + "/sessions/" + session).json().path("Messages");
            assertThat(messages).hasSize(2);
            assertThat(messages.get(0).path("role").asText()).isEqualTo("user");
            assertThat(messages.get(0).path("content").asText()).contains("First question.");
            assertThat(messages.get(1).path("content").asText()).isEqualTo("ok");
            assertThat(client.delete(ROOT + "/sessions/" + session).status()).isEqualTo(200);
            assertThat(client.get(ROOT + "/sessions/exists/" + session).body()).isEqualTo("false");
        }

        @Test
        void shouldRefuseWithAStatusBeforeTheFirstAnswerAndWithAnEventAfterIt() {
            Answer unknown =
                    client.post(ROOT + "/chat", chat("no-such-model", "a").toString());
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.json().path("code").asText()).isEqualTo("unknown_model");

            List<JsonNode> events = events(client.post(
                    ROOT + "/chat",
                    chat("openai-counted", "a", "no-such-model", "b").toString()));
            assertThat(events.getLast().path("type").asText()).isEqualTo("error");
            assertThat(events.getLast().path("content").asText()).contains("no-such-model");
        }

        @Test
        void shouldReportAnAnswerThatBreaksOff() {
            List<JsonNode> events = events(client.post(
                    ROOT + "/chat", chat("openai-complaining", "One two three.").toString()));
            assertThat(types(events)).contains("error").doesNotContain("complete");
        }

        @Test
        void shouldRefuseStrangersAndWhatIsNoRequest() {
            assertThat(client.withKey(null)
                            .post(ROOT + "/chat", chat("openai-counted", "a").toString())
                            .status())
                    .isEqualTo(401);
            assertThat(client.withKey(null).get(ROOT + "/patterns/names").status())
                    .isEqualTo(401);
            assertThat(client.post(ROOT + "/chat", "{\"prompts\": []}").status())
                    .isEqualTo(400);
            assertThat(client.post(ROOT + "/chat", "{").status()).isEqualTo(400);
            Answer nowhere = client.get(ROOT + "/config");
            assertThat(nowhere.status()).isEqualTo(404);
            assertThat(client.get(ROOT + "//").status()).isEqualTo(404);
            assertThat(nowhere.json().path("error").asText()).contains("patterns, contexts");
        }
    }
}
