package dev.gantry.cli;

import java.util.ArrayList;
import java.util.Arrays;
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
            description =
                    "team, project, user, model, pattern or day, or up to three with commas (default: ${DEFAULT-VALUE})")
    private String by = "model";

    @Option(names = "--since", paramLabel = "TIME", description = "Such as 2026-11-01 or 7d (default: 30d)")
    private String since = "";

    @Option(names = "--until", paramLabel = "TIME", description = "Such as 2026-12-01, not included")
    private String until = "";

    @Option(names = "--team", paramLabel = "NAME", description = "Only what this team pays for")
    private String team = "";

    @Option(names = "--project", paramLabel = "NAME", description = "Only what carries this tag for cost allocation")
    private String project = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Only this user's, or service account's")
    private String user = "";

    @Option(names = "--csv", description = "Print all lines as comma-separated values, exact amounts in micro-dollars")
    private boolean csv;

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
        query.put("group_by", String.join(",", groupings()));
        query.put("order", wantsAll() ? "key" : "");
        query.put("team", team);
        query.put("project", project);
        query.put("principal", user);
        query.put("from", TimeArgument.instant("--since", since, context().clock()));
        query.put("to", TimeArgument.instant("--until", until, context().clock()));
        return query;
    }

    @Override
    int pageMax() {
        return 1_000;
    }

    /** A table of figures that lacks some is a wrong one. */
    @Override
    boolean wantsAll() {
        return csv || super.wantsAll();
    }

    /** A user is a principal on the wire, where service accounts are meant too. */
    private List<String> groupings() {
        return Arrays.stream(by.split(",", -1))
                .map(name -> name.equals("user") ? "principal" : name)
                .toList();
    }

    @Override
    List<String> csvFields() {
        if (!csv) {
            return List.of();
        }
        List<String> fields = new ArrayList<>(groupings());
        fields.addAll(List.of(
                "requests",
                "estimated_requests",
                "input_tokens",
                "output_tokens",
                "cache_read_tokens",
                "cache_write_tokens",
                "reasoning_tokens",
                "cost.micro_usd",
                "cost.usd"));
        return fields;
    }

    @Override
    List<Table.Column> columns() {
        List<Table.Column> columns = new ArrayList<>();
        for (String grouping : groupings()) {
            columns.add(Table.Column.of(grouping.toUpperCase(Locale.ROOT), false, row -> {
                String key = Format.cell(row.path(grouping));
                return key.isEmpty() ? "(none)" : key;
            }));
        }
        columns.add(Table.Column.number("requests"));
        columns.add(Table.Column.number("input_tokens"));
        columns.add(Table.Column.number("output_tokens"));
        columns.add(Table.Column.cost("cost", "cost.micro_usd"));
        return columns;
    }

    @Override
    String nothing() {
        return "Nothing was used in that time";
    }
}
