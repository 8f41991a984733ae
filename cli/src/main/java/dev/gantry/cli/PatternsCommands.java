package dev.gantry.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry patterns}. */
final class PatternsCommands {
    private static final AssetKind KIND = new AssetKind("pattern", "/api/v1/patterns");

    private PatternsCommands() {}

    static CommandLine create(Context context) {
        List<Object> commands = new ArrayList<>(List.of(
                new AssetCommands.ListAssets(context, KIND),
                new AssetCommands.Show(context, KIND),
                new Search(context),
                new AssetCommands.Put(context, KIND),
                new AssetCommands.Edit(context, KIND),
                new AssetCommands.Versions(context, KIND),
                new AssetCommands.Delete(context, KIND),
                new RegistryCommands.Publish(context, KIND),
                new ImportCommand(context)));
        commands.add(new PatternTestCommand(context, KIND));
        commands.addAll(RegistryCommands.of(context, KIND));
        return CommandGroup.of(commands.toArray());
    }

    /** {@code gantry patterns search}. */
    @Command(name = "search", description = "Search patterns by words")
    static final class Search extends ListCommand {
        @Parameters(paramLabel = "WORD", arity = "1..*", description = "Words, or a part of a name")
        private List<String> words = List.of();

        @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag")
        private String tag = "";

        @Option(
                names = "--visibility",
                paramLabel = "WHO",
                description = "Only what is private, or seen by a team or the organization")
        private String visibility = "";

        Search(Context context) {
            super(context);
        }

        @Override
        String path() {
            return KIND.path();
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("q", String.join(" ", words));
            query.put("tag", tag);
            query.put("visibility", visibility);
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return AssetCommands.COLUMNS;
        }

        @Override
        String nothing() {
            return "No pattern matches";
        }
    }
}
