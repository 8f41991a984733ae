package dev.gantry.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry limits}. */
@Command(name = "limits")
final class LimitsCommand extends ListCommand {
    @Option(names = "--model", paramLabel = "MODEL", description = "Show the limits of this model too")
    private String model = "";

    @Option(names = "--pattern", paramLabel = "NAME", description = "Show the limits of this pattern too")
    private String pattern = "";

    LimitsCommand(Context context) {
        super(context);
    }

    @Override
    String path() {
        return "/api/v1/limits";
    }

    @Override
    Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("model", model);
        query.put("pattern", pattern);
        return query;
    }

    @Override
    boolean paged() {
        return false;
    }

    @Override
    List<Table.Column> columns() {
        return List.of(
                Table.Column.text("scope"),
                Table.Column.text("name"),
                Table.Column.text("measure"),
                Table.Column.number("limit"),
                Table.Column.number("remaining"),
                Table.Column.number("window_seconds").titled("window s"),
                Table.Column.number("reset_seconds").titled("reset s"));
    }

    @Override
    String nothing() {
        return "Nothing limits how often you may ask";
    }
}
