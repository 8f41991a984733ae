package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the reply of {@code /ready}, which names each dependency and its state. */
final class Readiness {
    /**
     * One dependency.
     *
     * @param state {@code ready}, or what is wrong
     * @param detail more about it; may be empty
     */
    record Dependency(String name, String state, String detail) {
        boolean isReady() {
            return state.equals("ready") || state.equals("up") || state.equals("ok");
        }
    }

    private Readiness() {}

    /** Returns the dependencies in the reply's order. */
    static List<Dependency> dependencies(JsonNode reply) {
        List<Dependency> dependencies = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : reply.path("dependencies").properties()) {
            JsonNode value = entry.getValue();
            String state = value.isTextual()
                    ? value.asText()
                    : value.path("state").asText(value.path("status").asText(""));
            dependencies.add(
                    new Dependency(entry.getKey(), state, value.path("detail").asText("")));
        }
        return dependencies;
    }

    /** Returns the names of what is not ready yet, joined by commas. */
    static String waitingFor(JsonNode reply) {
        List<String> names = dependencies(reply).stream()
                .filter(dependency -> !dependency.isReady())
                .map(Dependency::name)
                .toList();
        return names.isEmpty() ? "server" : String.join(", ", names);
    }
}
