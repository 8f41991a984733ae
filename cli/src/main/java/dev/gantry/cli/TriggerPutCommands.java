package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How schedules, webhooks and triggers by events are set up. */
final class TriggerPutCommands {
    private TriggerPutCommands() {}

    /** Commands that make a trigger or replace it. */
    abstract static class Put extends GantryCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Its name: lower-case letters, digits, - and _")
        private String name = "";

        @Parameters(
                index = "1",
                paramLabel = "WORKFLOW",
                description = "Which workflow to start; with @3 that version, otherwise the newest at the time")
        private String workflow = "";

        @Option(
                names = {"-v", "--variable"},
                paramLabel = "NAME=VALUE",
                description = "An input: name=text, name:=JSON, or name=@FILE; $${event.…} is put in when it starts")
        private List<String> inputs = new ArrayList<>();

        @Option(
                names = "--region",
                paramLabel = "REGION",
                description = "Where the models must be that it asks, such as eu")
        private String region = "";

        private final TriggerCommands.Kind kind;

        Put(Context context, TriggerCommands.Kind kind) {
            super(context);
            this.kind = kind;
        }

        abstract void add(ObjectNode request);

        @Override
        public final Integer call() {
            ObjectNode request = Json.object().put("workflow", workflow);
            ObjectNode given = request.putObject("inputs");
            inputs.forEach(input -> WorkflowRunCommand.put(context(), given, input));
            Fields.put(request, "region", region);
            add(request);
            JsonNode put = platform().clientStarted().send(ApiClient.Call.of("PUT", kind.of(name), request));
            TriggerCommands.lines(put).forEach(terminal()::note);
            if (put.path("secret").isTextual()) {
                terminal().note("Its secret, which is shown this once:");
                terminal().print(put.path("secret").textValue());
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry schedules put}. */
    @Command(name = "put", description = "Start a workflow at times; replaces the schedule of that name")
    static final class PutSchedule extends Put {
        @Option(
                names = "--cron",
                required = true,
                paramLabel = "TIMES",
                description = "Five fields: minute hour day month weekday, such as '30 6 * * mon-fri'")
        private String cron = "";

        @Option(
                names = "--zone",
                paramLabel = "ZONE",
                defaultValue = "UTC",
                description = "Time zone, such as Europe/Berlin (default: ${DEFAULT-VALUE})")
        private String zone = "";

        @Option(
                names = "--missed",
                paramLabel = "RULE",
                defaultValue = "once",
                description = "Times that passed while no node ran: skip, once, all (default: ${DEFAULT-VALUE})")
        private String missed = "";

        PutSchedule(Context context) {
            super(context, TriggerCommands.SCHEDULE);
        }

        @Override
        void add(ObjectNode request) {
            request.put("cron", cron).put("time_zone", zone).put("missed", missed);
        }
    }

    /** {@code gantry hooks put}. */
    @Command(
            name = "put",
            description = "Start a workflow by a signed call from outside; replaces the webhook of that name")
    static final class PutHook extends Put {
        @Option(names = "--where", paramLabel = "EXPRESSION", description = "Only for calls for which it is true")
        private String where = "";

        PutHook(Context context) {
            super(context, TriggerCommands.HOOK);
        }

        @Override
        void add(ObjectNode request) {
            Fields.put(request, "where", where);
        }
    }

    /** {@code gantry event-triggers put}. */
    @Command(
            name = "put",
            description = "Start a workflow by an event of the platform; replaces the trigger of that name")
    static final class PutEvent extends Put {
        @Option(
                names = "--event",
                required = true,
                paramLabel = "EVENT",
                description = "Such as run.failed, asset.published or budget.alert")
        private String event = "";

        @Option(names = "--where", paramLabel = "EXPRESSION", description = "Only for events for which it is true")
        private String where = "";

        PutEvent(Context context) {
            super(context, TriggerCommands.EVENT);
        }

        @Override
        void add(ObjectNode request) {
            request.put("event", event);
            Fields.put(request, "where", where);
        }
    }
}
