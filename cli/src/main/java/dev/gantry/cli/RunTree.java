package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.client.EventStream;
import dev.gantry.kernel.MicroDollars;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shows a run as a tree of its steps: once, or again and again while it changes. */
final class RunTree {
    private static final Set<String> OVER = Set.of("succeeded", "failed", "cancelled");
    private static final String UP_AND_CLEAR = "\u001B[%dA\u001B[J";

    private final Terminal terminal;
    private final Clock clock;

    RunTree(Context context) {
        this.terminal = context.terminal();
        this.clock = context.clock();
    }

    /** Prints a run as it is. */
    void print(JsonNode run) {
        lines(run).forEach(terminal::print);
        if (run.path("outputs").isObject()) {
            terminal.print("");
            run.path("outputs")
                    .properties()
                    .forEach(output -> terminal.print(output.getKey() + ": "
                            + (output.getValue().isTextual()
                                    ? output.getValue().textValue()
                                    : output.getValue().toPrettyString())));
        }
    }

    /** Shows a run until it is over: a tree that is drawn anew on a terminal, else a line for each thing that happens. */
    int watch(ApiClient client, String run) {
        int drawn = 0;
        try (EventStream events = client.stream(ApiClient.Call.get(RunsCommands.pathOf(run) + "/events", Map.of())
                .within(Duration.ofDays(7)))) {
            for (EventStream.Event event = events.next(); event != null; event = events.next()) {
                if (terminal.outIsTerminal()) {
                    drawn = draw(show(client, run), drawn);
                } else {
                    terminal.print(line(event.data()));
                }
                terminal.flush();
            }
        } catch (IOException brokenOff) {
            throw new CommandFailure(
                    "The connection broke off: " + brokenOff.getMessage(),
                    "The run goes on; watch it again with gantry runs watch " + run);
        }
        JsonNode after = client.send(ApiClient.Call.get(RunsCommands.pathOf(run), Map.of("outputs", "false")));
        if (terminal.outIsTerminal() && drawn > 0) {
            terminal.print(UP_AND_CLEAR.formatted(drawn + 1));
        }
        print(after);
        return after.path("state").asText().equals("succeeded")
                        || !OVER.contains(after.path("state").asText())
                ? ExitCode.DONE
                : ExitCode.FAILED;
    }

    private static JsonNode show(ApiClient client, String run) {
        return client.send(ApiClient.Call.get(RunsCommands.pathOf(run), Map.of("outputs", "false")));
    }

    private int draw(JsonNode run, int drawn) {
        List<String> lines = lines(run);
        if (drawn > 0) {
            terminal.print(UP_AND_CLEAR.formatted(drawn + 1));
        }
        lines.forEach(terminal::print);
        return lines.size();
    }

    private static String line(JsonNode event) {
        StringBuilder line = new StringBuilder(event.path("at").asText())
                .append(' ')
                .append(event.path("kind").asText());
        if (!event.path("step").asText().isEmpty()) {
            line.append(' ').append(event.path("step").asText());
        }
        event.path("data").properties().forEach(fact -> {
            if (!fact.getValue().isNull()) {
                line.append(' ')
                        .append(fact.getKey())
                        .append('=')
                        .append(fact.getValue().asText());
            }
        });
        return Format.printable(line.toString());
    }

    private List<String> lines(JsonNode run) {
        List<String> lines = new ArrayList<>();
        lines.add(run.path("workflow").asText() + " (version "
                + run.path("version").asInt() + ")  "
                + state(run.path("state").asText()) + "  "
                + took(run) + tokens(run.path("tokens").path("used").asLong())
                + cost(run.path("cost").path("micro_usd").asLong()));
        if (run.path("error").isTextual()) {
            lines.add("  " + Format.printable(run.path("error").textValue()));
        }
        if (run.path("advice").isTextual()) {
            lines.add("  " + run.path("advice").textValue() + " (gantry runs retry "
                    + run.path("id").asText() + ")");
        }
        run.path("unreadable").forEach(part -> lines.add("  cannot be shown: " + Format.printable(part.asText())));
        for (JsonNode step : run.path("steps")) {
            String path = step.path("path").asText();
            String indent =
                    "  ".repeat(1 + (int) path.chars().filter(at -> at == '/').count());
            lines.add(indent + mark(step.path("state").asText()) + " " + path + "  "
                    + state(step.path("state").asText()) + "  " + took(step)
                    + tokens(step.path("tokens").asLong())
                    + cost(step.path("cost_micro_usd").asLong())
                    + (step.path("attempt").asInt() > 1
                            ? "  attempt " + step.path("attempt").asInt()
                            : "")
                    + (step.path("cached_from").isTextual() ? "  cached" : ""));
            if (step.path("error").isTextual()) {
                lines.add(indent + "  " + Format.printable(step.path("error").textValue()));
            }
            if (step.path("waits_for").path("path").isTextual()) {
                lines.add(indent + "  waits for a POST to "
                        + Format.printable(step.path("waits_for").path("path").textValue()));
            }
            if (step.path("waits_for").path("message").isTextual()) {
                lines.add(indent + "  asks: "
                        + Format.printable(
                                step.path("waits_for").path("message").textValue()));
            }
        }
        return lines;
    }

    private static String mark(String state) {
        return switch (state) {
            case "done" -> "✓";
            case "failed" -> "✗";
            case "running" -> "▶";
            case "waiting" -> "…";
            case "skipped", "cancelled" -> "-";
            default -> "·";
        };
    }

    private String state(String state) {
        return switch (state) {
            case "done", "succeeded" -> terminal.styled(Terminal.Style.GREEN, state);
            case "failed", "failing" -> terminal.styled(Terminal.Style.RED, state);
            default -> state;
        };
    }

    private String took(JsonNode what) {
        if (!what.path("started_at").isTextual()) {
            return "";
        }
        Instant end = what.path("finished_at").isTextual()
                ? Instant.parse(what.path("finished_at").textValue())
                : clock.instant();
        Duration took = Duration.between(Instant.parse(what.path("started_at").textValue()), end);
        return took.toMillis() < 10_000 ? "%.1f s".formatted(took.toMillis() / 1000.0) : took.toSeconds() + " s";
    }

    private static String tokens(long tokens) {
        return tokens == 0 ? "" : "  " + Format.count(tokens) + " tokens";
    }

    private static String cost(long microUsd) {
        return microUsd == 0 ? "" : "  " + new MicroDollars(microUsd);
    }
}
