package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.client.ClientException;
import dev.gantry.client.EventStream;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows what a run produced: the answer on standard output or in a file, what it took as the last line of errors. */
final class RunOutput {
    private final Terminal terminal;
    private final @Nullable Path file;
    private final boolean json;

    RunOutput(Terminal terminal, @Nullable Path file, boolean json) {
        this.terminal = terminal;
        this.file = file;
        this.json = json;
    }

    /** Prints a reply that came whole. */
    void print(JsonNode reply) {
        String answer = reply.path("output").asText("");
        if (file != null) {
            AtomicFile.write(file, json ? reply.toPrettyString() + "\n" : withNewline(answer));
        } else if (json) {
            terminal.print(reply.toPrettyString());
        } else {
            terminal.out().print(withNewline(answer));
        }
        summarize(reply);
    }

    /**
     * Prints an answer as it comes.
     *
     * @throws CommandFailure if the platform reports an error on the way or the stream ends early
     */
    void follow(EventStream events) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (true) {
            EventStream.Event event = events.next();
            if (event == null) {
                endLine(answer);
                throw new CommandFailure("The answer broke off before its end", "What is above is incomplete");
            }
            if (json) {
                printEvent(event);
            }
            switch (event.name()) {
                case "delta" -> {
                    String text = event.data().path("text").asText("");
                    answer.append(text);
                    if (!json) {
                        terminal.out().print(text);
                        terminal.out().flush();
                    }
                }
                case "error" -> {
                    endLine(answer);
                    throw ApiProblem.of(
                            ClientException.refusal(event.data().path("status").asInt(500), event.data(), "", null),
                            "while streaming");
                }
                case "done" -> {
                    endLine(answer);
                    if (file != null) {
                        AtomicFile.write(file, withNewline(answer.toString()));
                    }
                    summarize(event.data());
                    return;
                }
                default -> {
                    // "start", and whatever a later server adds.
                }
            }
        }
    }

    private void printEvent(EventStream.Event event) {
        ObjectNode line = Json.object().put("event", event.name());
        line.set("data", event.data());
        terminal.print(line.toString());
        terminal.out().flush();
    }

    private void endLine(CharSequence answer) {
        if (!json && !answer.isEmpty() && answer.charAt(answer.length() - 1) != '\n') {
            terminal.print("");
        }
        terminal.out().flush();
    }

    /** Prints the assembled prompt with its estimates. */
    void printDryRun(JsonNode reply) {
        if (json) {
            terminal.print(reply.toPrettyString());
            return;
        }
        for (JsonNode message : reply.path("messages")) {
            terminal.print(terminal.styled(
                    Terminal.Style.BOLD, "--- " + message.path("role").asText() + " ---"));
            terminal.out().print(withNewline(Format.cell(message.path("content"))));
        }
        List<String> facts = new ArrayList<>();
        facts.add("Would run " + name(reply) + " on " + reply.path("model").asText());
        facts.add("about " + Format.count(reply.path("tokens").asLong()) + " tokens in");
        JsonNode cost = reply.path("estimated_cost");
        facts.add("about " + Format.cost(cost.path("input").path("micro_usd").asLong()) + " for them");
        if (cost.has("at_most")) {
            facts.add("at most "
                    + Format.cost(cost.path("at_most").path("micro_usd").asLong()));
        }
        terminal.note(terminal.styledNote(Terminal.Style.DIM, String.join(" · ", facts)));
        JsonNode policy = reply.path("policy");
        String team = Format.cell(policy.path("team"));
        terminal.note(terminal.styledNote(
                Terminal.Style.DIM,
                "Needs " + Format.cell(policy.path("permissions"))
                        + (team.isEmpty() ? "; no team pays" : "; team " + team + " pays")));
        warn(reply.path("warnings"));
    }

    /** The last line: model, tokens, cost, time, execution id. */
    private void summarize(JsonNode reply) {
        warn(reply.path("metadata").path("warnings"));
        JsonNode usage = reply.path("usage");
        String about = usage.path("estimated").asBoolean(false) ? "about " : "";
        List<String> facts = new ArrayList<>();
        if (file != null) {
            facts.add("Wrote " + file);
        }
        facts.add(reply.path("model").asText(""));
        facts.add(about + Format.count(promptTokens(usage)) + " tokens in, "
                + Format.count(usage.path("output_tokens").asLong()) + " out");
        facts.add(Format.cost(reply.path("cost").path("micro_usd").asLong()));
        facts.add(Format.duration(
                Duration.ofMillis(reply.path("metadata").path("duration_ms").asLong())));
        facts.add(reply.path("id").asText(""));
        facts.removeIf(String::isEmpty);
        terminal.note(terminal.styledNote(Terminal.Style.DIM, String.join(" · ", facts)));
    }

    private void warn(JsonNode warnings) {
        for (JsonNode warning : warnings) {
            terminal.note(terminal.styledNote(Terminal.Style.YELLOW, "Note: " + warning.asText()));
        }
    }

    private static long promptTokens(JsonNode usage) {
        return usage.path("input_tokens").asLong()
                + usage.path("cache_read_tokens").asLong()
                + usage.path("cache_write_tokens").asLong()
                + usage.path("cache_write_long_tokens").asLong();
    }

    private static String name(JsonNode reply) {
        String version = reply.path("version").asText("");
        return reply.path("pattern").asText() + (version.isEmpty() ? "" : " v" + version);
    }

    private static String withNewline(String text) {
        return text.endsWith("\n") ? text : text + "\n";
    }
}
