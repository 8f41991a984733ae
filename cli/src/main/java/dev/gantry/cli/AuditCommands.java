package dev.gantry.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry audit}. */
final class AuditCommands {
    private AuditCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new ListEvents(context),
                new AuditProofCommands.Verify(context),
                new AuditProofCommands.Prove(context),
                new AuditProofCommands.Export(context),
                new AuditProofCommands.VerifyExport(context),
                new AuditProofCommands.Keys(context),
                new AuditProofCommands.RotateKey(context),
                new AuditProofCommands.Erase(context));
    }

    /** {@code gantry audit list}. */
    @Command(name = "list", description = "Show audit events, newest first")
    static final class ListEvents extends ListCommand {
        @Option(names = "--type", paramLabel = "TYPE", description = "Such as pattern.execute or auth.login")
        private String type = "";

        @Option(names = "--result", paramLabel = "RESULT", description = "success, denied, failed or blocked")
        private String result = "";

        @Option(names = "--user", paramLabel = "NAME", description = "Who did it")
        private String user = "";

        @Option(names = "--team", paramLabel = "NAME", description = "For which team")
        private String team = "";

        @Option(names = "--resource", paramLabel = "NAME", description = "To what, such as patterns/summarize")
        private String resource = "";

        @Option(names = "--request", paramLabel = "ID", description = "In which request")
        private String request = "";

        @Option(names = "--since", paramLabel = "TIME", description = "Such as 2026-11-01 or 24h")
        private String since = "";

        @Option(names = "--until", paramLabel = "TIME", description = "Such as 2026-12-01, not included")
        private String until = "";

        ListEvents(Context context) {
            super(context);
        }

        @Override
        String path() {
            return "/api/v1/audit/events";
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("event_type", type);
            query.put("result", result);
            query.put("actor", user);
            query.put("team", team);
            query.put("resource", resource);
            query.put("request_id", request);
            query.put("from", TimeArgument.instant("--since", since, context().clock()));
            query.put("to", TimeArgument.instant("--until", until, context().clock()));
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.time("timestamp").titled("time"),
                    Table.Column.text("event_type").titled("event"),
                    Table.Column.text("actor.user"),
                    Table.Column.text("team").asExtra(),
                    Table.Column.text("resource"),
                    Table.Column.text("result"),
                    Table.Column.text("reason"),
                    Table.Column.number("tokens_used").titled("tokens").asExtra(),
                    Table.Column.text("request_id").titled("request").asExtra());
        }

        @Override
        String nothing() {
            return "No such events";
        }
    }
}
