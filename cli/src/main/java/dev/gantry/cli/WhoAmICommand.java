package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry whoami}: as whom the platform sees the key that commands use. */
@Command(name = "whoami")
final class WhoAmICommand extends GantryCommand {
    private static final List<String> FIELDS =
            List.of("principal", "kind", "organization", "teams", "team", "project", "key_id");

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    WhoAmICommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        JsonNode caller = platform().clientStarted().send(ApiClient.Call.get("/api/v1/whoami", Map.of()));
        if (json) {
            terminal().print(caller.toPrettyString());
            return ExitCode.DONE;
        }
        for (String field : FIELDS) {
            String value = Format.cell(caller.path(field));
            if (!value.isEmpty()) {
                String title = field.equals("team") ? "paying team" : field.replace('_', ' ');
                terminal().print("%-13s %s".formatted(title, value));
            }
        }
        return ExitCode.DONE;
    }
}
