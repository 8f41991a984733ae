package dev.gantry.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one conversation looks like in each schema, written from the public references of the interfaces. A file has the cases
 * of one schema under {@code # name}; a case has its sections under {@code ## request}, {@code ## reply}, {@code ## stream}.
 * A star stands for any value.
 */
final class MatrixFixtures {
    /** The schemas of clients. */
    static final List<String> CLIENTS = List.of("chat", "messages", "responses");

    /** The schemas of providers, by the name of the provider that the tests configure for it. */
    static final List<String> PROVIDERS = List.of("openai", "anthropic", "gemini", "bedrock", "ollama");

    private MatrixFixtures() {}

    /**
     * One conversation in one schema.
     *
     * @param stream only for providers: clients' streams are put together again and compared with {@code reply}
     */
    record Case(String request, String reply, String stream) {}

    /** Returns the cases of a schema by their names. */
    static Map<String, Case> read(String schema) {
        Map<String, Case> cases = new LinkedHashMap<>();
        for (String text : text(schema).split("(?m)^# ")) {
            int end = text.indexOf('\n');
            if (end > 0) {
                cases.put(
                        text.substring(0, end),
                        new Case(section(text, "request"), section(text, "reply"), section(text, "stream")));
            }
        }
        return cases;
    }

    /** Returns a case of a schema. */
    static Case read(String schema, String name) {
        Case found = read(schema).get(name);
        if (found == null) {
            throw new IllegalStateException("There is no fixture '" + name + "' of " + schema);
        }
        return found;
    }

    private static String section(String text, String name) {
        String heading = "\n## " + name + "\n";
        int heads = text.indexOf(heading);
        if (heads < 0) {
            return "";
        }
        int from = heads + heading.length();
        int to = text.indexOf("\n## ", from);
        return to < 0 ? text.substring(from) : text.substring(from, to + 1);
    }

    private static String text(String schema) {
        try (InputStream file = MatrixFixtures.class.getResourceAsStream("/matrix/" + schema + ".txt")) {
            if (file == null) {
                throw new IllegalStateException("There are no fixtures of " + schema);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Returns the name under which clients find the model that answers a case. */
    static String model(String provider, String name) {
        return provider + "-matrix-" + name;
    }

    /** Returns the name by which the provider knows it. */
    static String upstreamName(String provider, String name) {
        return "matrix-" + provider + "-" + name;
    }
}
