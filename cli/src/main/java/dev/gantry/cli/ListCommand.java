package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** A command that shows what a list endpoint returns, page by page. */
abstract class ListCommand extends GantryCommand {

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Show at most N (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--all", description = "Show all, however many there are")
    private boolean all;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    ListCommand(Context context) {
        super(context);
    }

    /** Returns the endpoint, such as {@code /api/v1/keys}. */
    abstract String path();

    /** Returns the filters; empty values are left out. */
    Map<String, String> query() {
        return Map.of();
    }

    /** Returns whether the endpoint gives pages; otherwise it gives everything at once. */
    boolean paged() {
        return true;
    }

    /** Returns the longest page that is asked for. */
    int pageMax() {
        return 200;
    }

    /** Returns whether everything is wanted, however much it is. */
    boolean wantsAll() {
        return all;
    }

    /** Returns the parameter that asks for the next page; the reply has its value in {@code next_} and this name. */
    String cursorParameter() {
        return "cursor";
    }

    /** Returns the columns of the table. */
    abstract List<Table.Column> columns();

    /** Returns the fields to print as CSV, with dots where they are nested; empty for a table. */
    List<String> csvFields() {
        return List.of();
    }

    /** Returns what to say when there is nothing. */
    abstract String nothing();

    @Override
    public final Integer call() {
        ApiClient client = platform().clientStarted();
        List<JsonNode> rows = new ArrayList<>();
        boolean more = fetch(client, rows);
        if (json) {
            ArrayNode array = Json.mapper().createArrayNode();
            rows.forEach(array::add);
            terminal().print(array.toPrettyString());
        } else if (!csvFields().isEmpty()) {
            Csv.lines(csvFields(), rows).forEach(terminal()::print);
        } else if (rows.isEmpty()) {
            terminal().note(nothing());
        } else {
            new Table(columns()).print(terminal(), rows);
        }
        if (more) {
            terminal()
                    .note(terminal()
                            .styledNote(
                                    Terminal.Style.DIM,
                                    paged()
                                            ? "There are more; --all shows them"
                                            : "There are more; narrow down what is asked for"));
        }
        return ExitCode.DONE;
    }

    /** Reads pages until there are enough rows; returns whether more are left. */
    private boolean fetch(ApiClient client, List<JsonNode> rows) {
        int wanted = wantsAll() ? Integer.MAX_VALUE : Math.max(1, limit);
        String cursor = "";
        while (true) {
            Map<String, String> query = new LinkedHashMap<>(query());
            if (paged()) {
                query.put("limit", String.valueOf(Math.min(pageMax(), wanted - rows.size())));
                query.put(cursorParameter(), cursor);
            }
            JsonNode page = client.send(ApiClient.Call.get(path(), query));
            for (JsonNode item : page.path("items")) {
                rows.add(item instanceof ObjectNode ? item : Json.object().set("name", item));
            }
            cursor = page.path("next_" + cursorParameter()).asText("");
            if (cursor.isEmpty() || rows.size() >= wanted) {
                return !cursor.isEmpty() || page.path("truncated").asBoolean();
            }
        }
    }
}
