package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry runs}: runs of workflows, and what may be done about them. */
final class RunsCommands {
    static final String PATH = "/api/v1/runs";

    private RunsCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new ListRuns(context),
                new Show(context),
                new Watch(context),
                new Decide.Approve(context),
                new Decide.Reject(context),
                new Steer.Cancel(context),
                new Steer.Pause(context),
                new Steer.Resume(context),
                new Steer.Retry(context),
                new Fork(context));
    }

    static String pathOf(String run) {
        return PATH + "/" + ApiClient.encode(run);
    }

    /** {@code gantry runs list}. */
    @Command(name = "list", description = "List runs, the newest first")
    static final class ListRuns extends ListCommand {
        @Option(names = "--workflow", paramLabel = "NAME", description = "Only of this workflow, by its qualified name")
        private String workflow = "";

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only those that are running, failed, succeeded, …")
        private String state = "";

        @Option(names = "--team", paramLabel = "TEAM", description = "Only those that were started for this team")
        private String team = "";

        @Option(names = "--mine", description = "Only those that you started")
        private boolean mine;

        ListRuns(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH;
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("workflow", workflow);
            query.put("state", state);
            query.put("team", team);
            query.put("mine", mine ? "true" : "");
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("id").titled("run"),
                    Table.Column.text("workflow"),
                    Table.Column.text("state"),
                    Table.Column.text("user").asExtra(),
                    Table.Column.text("team").asExtra(),
                    Table.Column.number("tokens.used").titled("tokens"),
                    Table.Column.cost("COST", "cost.micro_usd"),
                    Table.Column.time("created_at").titled("created"));
        }

        @Override
        String nothing() {
            return "There are no such runs; start one with gantry workflow run NAME";
        }
    }

    /** {@code gantry runs show}. */
    @Command(name = "show", description = "Show a run, its steps and what it gave")
    static final class Show extends GantryCommand {
        @Parameters(paramLabel = "RUN", description = "Its id")
        private String run = "";

        @Option(names = "--json", description = "Print JSON, with the outputs of all steps")
        private boolean json;

        Show(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode found = platform()
                    .clientStarted()
                    .send(ApiClient.Call.get(pathOf(run), Map.of("outputs", json ? "true" : "false")));
            if (json) {
                terminal().print(found.toPrettyString());
            } else {
                new RunTree(context()).print(found);
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry runs watch}. */
    @Command(name = "watch", description = "Watch a run until it is over")
    static final class Watch extends GantryCommand {
        @Parameters(paramLabel = "RUN", description = "Its id")
        private String run = "";

        Watch(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return new RunTree(context()).watch(platform().clientStarted(), run);
        }
    }

    /** Commands that change a run as a whole. */
    abstract static class Steer extends GantryCommand {
        @Parameters(paramLabel = "RUN", description = "Its id")
        private String run = "";

        private final String verb;

        Steer(Context context, String verb) {
            super(context);
            this.verb = verb;
        }

        @Override
        public final Integer call() {
            JsonNode after = platform().clientStarted().send(ApiClient.Call.of("POST", pathOf(run) + "/" + verb, null));
            terminal().print("Run " + run + " is " + after.path("state").asText());
            return ExitCode.DONE;
        }

        /** {@code gantry runs cancel}. */
        @Command(name = "cancel", description = "Stop a run; what is under way is given up")
        static final class Cancel extends Steer {
            Cancel(Context context) {
                super(context, "cancel");
            }
        }

        /** {@code gantry runs pause}. */
        @Command(name = "pause", description = "Begin nothing new until the run is resumed")
        static final class Pause extends Steer {
            Pause(Context context) {
                super(context, "pause");
            }
        }

        /** {@code gantry runs resume}. */
        @Command(name = "resume", description = "Go on with a paused run")
        static final class Resume extends Steer {
            Resume(Context context) {
                super(context, "resume");
            }
        }

        /** {@code gantry runs retry}. */
        @Command(name = "retry", description = "Do a run anew from where it failed or was cancelled")
        static final class Retry extends Steer {
            Retry(Context context) {
                super(context, "retry");
            }
        }
    }

    /** Commands of those who are asked. */
    abstract static class Decide extends GantryCommand {
        @Parameters(index = "0", paramLabel = "RUN", description = "Its id")
        private String run = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "STEP", description = "Which step, when several wait")
        private String step = "";

        @Option(names = "--comment", paramLabel = "TEXT", description = "Why")
        private String comment = "";

        private final String verb;

        Decide(Context context, String verb) {
            super(context);
            this.verb = verb;
        }

        @Override
        public final Integer call() {
            ObjectNode decision = Json.object();
            Fields.put(decision, "step", step);
            Fields.put(decision, "comment", comment);
            JsonNode after =
                    platform().clientStarted().send(ApiClient.Call.of("POST", pathOf(run) + "/" + verb, decision));
            terminal().print("Run " + run + " is " + after.path("state").asText());
            return ExitCode.DONE;
        }

        /** {@code gantry runs approve}. */
        @Command(name = "approve", description = "Agree to what a step asks")
        static final class Approve extends Decide {
            Approve(Context context) {
                super(context, "approve");
            }
        }

        /** {@code gantry runs reject}. */
        @Command(name = "reject", description = "Refuse what a step asks")
        static final class Reject extends Decide {
            Reject(Context context) {
                super(context, "reject");
            }
        }
    }

    /** {@code gantry runs fork}. */
    @Command(name = "fork", description = "Start another run that takes over what came before a step")
    static final class Fork extends GantryCommand {
        @Parameters(index = "0", paramLabel = "RUN", description = "Its id")
        private String run = "";

        @Parameters(index = "1", paramLabel = "STEP", description = "This step and all that depend on it are done anew")
        private String step = "";

        Fork(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode fork = platform()
                    .clientStarted()
                    .send(ApiClient.Call.of(
                            "POST", pathOf(run) + "/fork", Json.object().put("from", step)));
            terminal().print(fork.path("id").asText());
            return ExitCode.DONE;
        }
    }
}
