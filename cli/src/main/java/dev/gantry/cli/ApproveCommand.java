package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry reviews approve}: one version, or all that are open, each by a request and an audit event of its own. */
@Command(name = "approve", description = "Approve a version, or all that wait in a namespace")
final class ApproveCommand extends GantryCommand {
    private static final String PATH = "/api/v1/reviews";
    private static final String REASON = "reason";
    private static final String REFUSED = "refused";

    /** No answer came. */
    private static final String UNKNOWN = "unknown";

    @Parameters(index = "0", arity = "0..1", paramLabel = "REVIEW", description = "Its id")
    private String review = "";

    @Option(names = "--namespace", paramLabel = "NAMESPACE", description = "All open reviews in this namespace")
    private String namespace = "";

    @Option(names = "--all", description = "All open reviews that you see")
    private boolean all;

    @Option(names = "--dry-run", description = "Only show which are open, and what keeps each from being published")
    private boolean dryRun;

    @Option(names = "--publish", description = "Publish each at once, where nothing is missing any more")
    private boolean publish;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "What is to be said")
    private String message = "";

    @Option(names = "--line", paramLabel = "N=TEXT", description = "A remark on a line of the version; may be repeated")
    private Map<Integer, String> lines = Map.of();

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    ApproveCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        boolean many = all || !namespace.isEmpty();
        if (many != review.isEmpty() || (all && !namespace.isEmpty())) {
            throw new CommandFailure(
                    "Say which: the id of one review, --namespace NAME, or --all", "gantry reviews list --state open");
        }
        if (many && !lines.isEmpty()) {
            throw new CommandFailure("--line is about one version", "leave it out, or name one review");
        }
        ApiClient client = platform().clientStarted();
        List<String> ids = many ? open(client) : List.of(review);
        if (ids.isEmpty()) {
            terminal().note("No review is open there");
            return ExitCode.DONE;
        }
        ArrayNode outcomes = Json.mapper().createArrayNode();
        try {
            for (String id : ids) {
                // Told also when what follows is no refusal but the end of the connection: the approvals before it are
                // stored.
                ObjectNode outcome = outcomes.addObject().put("id", id).put("outcome", UNKNOWN);
                try {
                    one(client, outcome);
                } finally {
                    if (!json) {
                        print(outcome);
                    }
                }
            }
        } finally {
            if (json) {
                terminal().print(outcomes.toPrettyString());
            } else if (many) {
                terminal().print(sum(outcomes));
            }
        }
        return stream(outcomes).anyMatch(outcome -> outcome.has(REASON)) ? ExitCode.FAILED : ExitCode.DONE;
    }

    private String sum(ArrayNode outcomes) {
        long refused = count(outcomes, REFUSED);
        long unknown = count(outcomes, UNKNOWN);
        long unpublished = stream(outcomes).filter(one -> one.has(REASON)).count() - refused;
        return (outcomes.size() - refused - unknown) + (dryRun ? " would be approved, " : " approved, ") + refused
                + " refused" + (unpublished == 0 ? "" : ", " + unpublished + " approved and not published")
                + (unknown == 0 ? "" : ", " + unknown + " unknown");
    }

    private static long count(ArrayNode outcomes, String outcome) {
        return stream(outcomes)
                .filter(one -> one.path("outcome").asText().equals(outcome))
                .count();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private List<String> open(ApiClient client) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("state", "open");
            query.put("namespace", namespace);
            query.put("limit", "200");
            query.put("cursor", cursor);
            JsonNode page = client.send(ApiClient.Call.get(PATH, query));
            page.path("items").forEach(item -> ids.add(item.path("id").asText()));
            cursor = page.path("next_cursor").asText("");
        } while (!cursor.isEmpty());
        return ids;
    }

    private void one(ApiClient client, ObjectNode outcome) {
        String path = PATH + "/" + ApiClient.encode(outcome.path("id").asText());
        JsonNode shown;
        try {
            shown = dryRun
                    ? client.send(ApiClient.Call.get(path, Map.of()))
                    : client.send(ApiClient.Call.of("POST", path + "/entries", entry()));
        } catch (ApiProblem refused) {
            outcome.put("outcome", REFUSED).put(REASON, refused.getMessage());
            return;
        }
        describe(outcome.put("outcome", dryRun ? "open" : "approved"), shown);
        if (publish && !dryRun && shown.path("ready").asBoolean()) {
            publish(client, path, outcome);
        }
    }

    private static void publish(ApiClient client, String path, ObjectNode outcome) {
        try {
            JsonNode shown = client.send(ApiClient.Call.of("POST", path + "/publish", null));
            describe(outcome.put("outcome", "published"), shown);
        } catch (ApiProblem refused) {
            outcome.put(REASON, "it was not published: " + refused.getMessage());
        }
    }

    private ObjectNode entry() {
        ObjectNode body = Json.object().put("verdict", "approve");
        Fields.put(body, "body", message);
        ArrayNode remarks = body.putArray("lines");
        lines.forEach((line, text) -> remarks.addObject().put("line", line).put("text", text));
        return body;
    }

    private static void describe(ObjectNode outcome, JsonNode review) {
        outcome.put("name", review.path("name").asText())
                .put("version", review.path("version").asInt());
        outcome.set("missing", review.path("missing"));
    }

    private void print(JsonNode outcome) {
        List<String> missing =
                stream(outcome.path("missing")).map(JsonNode::asText).toList();
        boolean done = outcome.path("outcome").asText().equals("published");
        String name = outcome.has("name")
                ? outcome.path("name").asText() + "@" + outcome.path("version").asText()
                : "review " + outcome.path("id").asText();
        terminal()
                .print(name + ": " + outcome.path("outcome").asText()
                        + (outcome.has(REASON) ? ": " + outcome.path(REASON).asText() : "")
                        + (missing.isEmpty() || done ? "" : ", missing: " + String.join("; ", missing)));
    }
}
