package dev.gantry.cli;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code gantry models}. */
@Command(name = "models")
final class ModelsCommand extends ListCommand {
    ModelsCommand(Context context) {
        super(context);
    }

    @Override
    String path() {
        return "/api/v1/models";
    }

    @Override
    boolean paged() {
        return false;
    }

    @Override
    List<Table.Column> columns() {
        return List.of(
                Table.Column.text("name"),
                Table.Column.text("provider"),
                Table.Column.text("tier"),
                Table.Column.number("context_tokens").titled("context"),
                Table.Column.dollars("in $/1M", "usd_per_million_tokens.input"),
                Table.Column.dollars("out $/1M", "usd_per_million_tokens.output"),
                Table.Column.of("DEFAULT", false, row -> row.path("default").asBoolean(false) ? "yes" : ""),
                Table.Column.text("aliases").asExtra());
    }

    @Override
    String nothing() {
        return "No provider serves a model; set OPENAI_API_KEY or ANTHROPIC_API_KEY, or start Ollama, then: gantry up";
    }
}
