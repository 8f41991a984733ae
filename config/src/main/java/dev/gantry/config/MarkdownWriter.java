package dev.gantry.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a schema as the reference part of {@code docs/configuration.md}: one table for each section. */
final class MarkdownWriter {
    private MarkdownWriter() {}

    static String write(List<Shape.Field> sections) {
        StringBuilder out = new StringBuilder();
        for (Shape.Field section : sections) {
            out.append("## `").append(section.name()).append("`\n\n");
            out.append(section.described().meaning()).append("\n\n");
            out.append("| Key | Meaning | Value | Default | Environment |\n|---|---|---|---|---|\n");
            List<Explanation> settings = new ArrayList<>();
            ConfigSchema.collect(section, Key.ROOT, settings);
            settings.forEach(setting -> row(out, setting));
            out.append('\n');
        }
        return out.toString();
    }

    private static void row(StringBuilder out, Explanation setting) {
        String unit = setting.unit() == null ? "" : ", in " + setting.unit();
        out.append("| `").append(setting.key()).append("` | ");
        out.append(cell(setting.meaning())).append(" | ");
        out.append(cell(setting.type() + unit)).append(" | ");
        out.append(code(setting.defaultValue())).append(" | ");
        out.append(code(setting.environment())).append(" |\n");
    }

    private static String code(@Nullable String text) {
        return text == null ? "" : "`" + cell(text) + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
