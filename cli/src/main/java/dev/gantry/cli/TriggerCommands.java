package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry schedules}, {@code gantry hooks}, {@code gantry event-triggers}: what starts workflows without a person. */
final class TriggerCommands {
    static final Kind SCHEDULE = new Kind("/api/v1/schedules", "schedule", "schedules");
    static final Kind HOOK = new Kind("/api/v1/hooks", "webhook", "hooks");
    static final Kind EVENT = new Kind("/api/v1/event-triggers", "trigger", "event-triggers");

    private TriggerCommands() {}

    /** A kind, by its path, by what it is called and by its command. */
    record Kind(String path, String title, String command) {
        String of(String name) {
            return path + "/" + ApiClient.encode(name);
        }
    }

    static CommandLine schedules(Context context) {
        return CommandGroup.of(
                new ListTriggers(context, SCHEDULE),
                new Show(context, SCHEDULE),
                new TriggerPutCommands.PutSchedule(context),
                new Steer.Pause(context, SCHEDULE),
                new Steer.Resume(context, SCHEDULE),
                new RunNow(context),
                new Delete(context, SCHEDULE));
    }

    static CommandLine hooks(Context context) {
        return CommandGroup.of(
                new ListTriggers(context, HOOK),
                new Show(context, HOOK),
                new TriggerPutCommands.PutHook(context),
                new Rotate(context),
                new Steer.Pause(context, HOOK),
                new Steer.Resume(context, HOOK),
                new Delete(context, HOOK));
    }

    static CommandLine events(Context context) {
        return CommandGroup.of(
                new ListTriggers(context, EVENT),
                new Show(context, EVENT),
                new TriggerPutCommands.PutEvent(context),
                new Steer.Pause(context, EVENT),
                new Steer.Resume(context, EVENT),
                new Delete(context, EVENT));
    }

    /** {@code list}. */
    @Command(name = "list", description = "List them with how they stand")
    static final class ListTriggers extends ListCommand {
        private final Kind kind;

        ListTriggers(Context context, Kind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        String path() {
            return kind.path();
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        List<Table.Column> columns() {
            List<Table.Column> columns = new ArrayList<>(
                    List.of(Table.Column.text("name"), Table.Column.text("state"), Table.Column.text("workflow")));
            if (kind.equals(SCHEDULE)) {
                columns.add(Table.Column.text("cron"));
                columns.add(Table.Column.text("time_zone").titled("zone").asExtra());
                columns.add(Table.Column.of(
                        "NEXT",
                        false,
                        row -> Format.time(row.path("next").path(0).asText(""))));
            } else if (kind.equals(EVENT)) {
                columns.add(Table.Column.text("event"));
            } else {
                columns.add(Table.Column.text("path"));
            }
            columns.add(Table.Column.number("started"));
            columns.add(Table.Column.number("failed"));
            columns.add(Table.Column.text("user").asExtra());
            return columns;
        }

        @Override
        String nothing() {
            return "There are none; make one with gantry " + kind.command() + " put NAME WORKFLOW";
        }
    }

    /** {@code show}. */
    @Command(name = "show", description = "Show one, and what became of it")
    static final class Show extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Its name")
        private String name = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        private final Kind kind;

        Show(Context context, Kind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        public Integer call() {
            JsonNode found = platform().clientStarted().send(ApiClient.Call.get(kind.of(name), Map.of()));
            if (json) {
                terminal().print(found.toPrettyString());
            } else {
                lines(found).forEach(terminal()::print);
            }
            return ExitCode.DONE;
        }
    }

    /** Returns what there is to say of one, a line each. */
    static List<String> lines(JsonNode trigger) {
        List<String> lines = new ArrayList<>();
        lines.add(trigger.path("name").asText() + "  " + trigger.path("state").asText() + "  "
                + trigger.path("workflow").asText() + " for "
                + trigger.path("user").asText());
        add(lines, "why", trigger.path("reason"));
        add(lines, "event", trigger.path("event"));
        add(lines, "path", trigger.path("path"));
        if (trigger.has("cron")) {
            lines.add("  when     " + trigger.path("cron").asText() + " ("
                    + trigger.path("time_zone").asText() + "), missed: "
                    + trigger.path("missed").asText());
        }
        for (JsonNode time : trigger.path("next")) {
            lines.add("  next     " + Format.time(time.asText()));
        }
        add(lines, "if", trigger.path("where"));
        trigger.path("inputs")
                .properties()
                .forEach(input -> lines.add("  input    "
                        + Format.printable(input.getKey() + " = "
                                + (input.getValue().isTextual()
                                        ? input.getValue().textValue()
                                        : input.getValue().toString()))));
        lines.add("  started  " + trigger.path("started").asLong() + ", failed "
                + trigger.path("failed").asLong());
        add(lines, "last run", trigger.path("last_run"));
        add(lines, "problem", trigger.path("problem"));
        return lines;
    }

    private static void add(List<String> lines, String title, JsonNode value) {
        if (value.isTextual()) {
            lines.add("  %-8s ".formatted(title) + Format.printable(value.textValue()));
        }
    }

    /** {@code gantry hooks rotate}. */
    @Command(name = "rotate", description = "Make another secret; the one before goes on working for a time")
    static final class Rotate extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Its name")
        private String name = "";

        @Option(
                names = "--overlap-hours",
                paramLabel = "N",
                defaultValue = "24",
                description =
                        "How long the secret before goes on working; 0 for not at all (default: ${DEFAULT-VALUE})")
        private int hours;

        Rotate(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode rotated = platform()
                    .clientStarted()
                    .send(ApiClient.Call.of(
                            "POST", HOOK.of(name) + "/secret", Json.object().put("overlap_seconds", hours * 3_600L)));
            terminal()
                    .note("The secret before works until "
                            + Format.time(rotated.path("former_secret_until").asText())
                            + "; the new one, shown this once:");
            terminal().print(rotated.path("secret").asText());
            return ExitCode.DONE;
        }
    }

    /** Commands that say whether it starts anything. */
    abstract static class Steer extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Its name")
        private String name = "";

        private final Kind kind;
        private final String verb;

        Steer(Context context, Kind kind, String verb) {
            super(context);
            this.kind = kind;
            this.verb = verb;
        }

        @Override
        public final Integer call() {
            JsonNode after =
                    platform().clientStarted().send(ApiClient.Call.of("POST", kind.of(name) + "/" + verb, null));
            lines(after).forEach(terminal()::print);
            return ExitCode.DONE;
        }

        /** {@code pause}. */
        @Command(name = "pause", description = "Start nothing until it is resumed")
        static final class Pause extends Steer {
            Pause(Context context, Kind kind) {
                super(context, kind, "pause");
            }
        }

        /** {@code resume}. */
        @Command(
                name = "resume",
                description = "Go on from now, also after it was stopped; your own then uses this key")
        static final class Resume extends Steer {
            Resume(Context context, Kind kind) {
                super(context, kind, "resume");
            }
        }
    }

    /** {@code gantry schedules run}. */
    @Command(name = "run", description = "Start the workflow now, on the rights of the schedule's owner")
    static final class RunNow extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Its name")
        private String name = "";

        @Option(names = "--watch", description = "Stay, and show the steps until the run is over")
        private boolean watch;

        RunNow(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            String run = client.send(ApiClient.Call.of("POST", SCHEDULE.of(name) + "/runs", null))
                    .path("id")
                    .asText();
            if (!watch) {
                terminal().print(run);
                return ExitCode.DONE;
            }
            terminal().note("Run " + run);
            terminal().flush();
            return new RunTree(context()).watch(client, run);
        }
    }

    /** {@code delete}. */
    @Command(name = "delete", description = "Remove it; runs that it has started go on")
    static final class Delete extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Its name")
        private String name = "";

        private final Kind kind;

        Delete(Context context, Kind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", kind.of(name), null));
            terminal().note("Removed the " + kind.title() + " " + name);
            return ExitCode.DONE;
        }
    }
}
