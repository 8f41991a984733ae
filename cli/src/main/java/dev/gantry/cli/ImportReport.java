package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.kernel.Json;
import java.util.Map;
import java.util.TreeMap;

/** Sums up what an import did, over all its requests. */
final class ImportReport {
    private final ArrayNode items = Json.mapper().createArrayNode();
    private final Map<String, Integer> counts = new TreeMap<>();

    private boolean written;

    /** Takes one reply. */
    void add(JsonNode reply) {
        written |= reply.path("written").asBoolean(false);
        for (JsonNode item : reply.path("items")) {
            items.add(item);
            counts.merge(item.path("outcome").asText(""), 1, Integer::sum);
        }
    }

    /** Returns whether one of the requests wrote something. */
    boolean written() {
        return written;
    }

    int done() {
        return items.size();
    }

    int rejected() {
        return counts.getOrDefault("rejected", 0);
    }

    /** Returns how many files met something else under their name, for which nothing was written. */
    int conflicts() {
        return counts.getOrDefault("conflict", 0);
    }

    void print(Terminal terminal, boolean json) {
        if (json) {
            terminal.print(items.toPrettyString());
            return;
        }
        for (JsonNode item : items) {
            String notes = Format.cell(item.path("notes"));
            if (!notes.isEmpty()) {
                terminal.print(
                        item.path("path").asText() + ": " + item.path("outcome").asText() + ": " + notes);
            }
        }
        StringBuilder line = new StringBuilder();
        counts.forEach((status, count) -> line.append(line.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(status));
        terminal.print(line.isEmpty() ? "Nothing to import" : line.toString());
    }
}
