package dev.gantry.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry usage}. */
@Command(name = "usage")
final class UsageCommand extends ListCommand {
    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "model",
            description = "team, principal, model, pattern, project or day (default: ${DEFAULT-VALUE})")
    private String by = "model";

    @Option(names = "--since", paramLabel = "TIME", description = "Such as 2026-11-01 or 7d (default: 30d)")
    private String since = "";

    @Option(names = "--until", paramLabel = "TIME", description = "Such as 2026-12-01, not included")
    private String until = "";

    UsageCommand(Context context) {
        super(context);
    }

    @Override
    String path() {
        return "/api/v1/usage";
    }

    @Override
    Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("group_by", by);
        query.put("from", TimeArgument.instant("--since", since, context().clock()));
        query.put("to", TimeArgument.instant("--until", until, context().clock()));
        return query;
    }

    @Override
    boolean paged() {
        return false;
    }

    @Override
    List<Table.Column> columns() {
        return List.of(
                new Table.Column(by.toUpperCase(Locale.ROOT), false, row -> {
                    String key = Format.cell(row.path(by));
                    return key.isEmpty() ? "(none)" : key;
                }),
                Table.Column.number("requests"),
                Table.Column.number("input_tokens"),
                Table.Column.number("output_tokens"),
                Table.Column.cost("cost", "cost.micro_usd"));
    }

    @Override
    String nothing() {
        return "Nothing was used in that time";
    }
}
