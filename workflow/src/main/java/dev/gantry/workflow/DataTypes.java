package dev.gantry.workflow;

import dev.gantry.config.YamlNode;
import dev.gantry.kernel.Text;
import dev.gantry.workflow.Finding.Rule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads types: {@code string}, {@code [string]}, {@code {title: string, score: integer}}. */
final class DataTypes {
    /** The names of types; {@code array} is a list of anything, {@code object} any object. */
    static final List<String> NAMES = List.of("string", "integer", "number", "boolean", "array", "object", "any");

    static final DataType ANY_LIST = new DataType.ListOf(DataType.Simple.ANY);
    static final DataType ANY_OBJECT = new DataType.ObjectOf(Map.of());

    private static final int FIELDS_MAX = 100;
    private static final int NESTING_MAX = 10;

    private DataTypes() {}

    static DataType read(YamlNode node, String path, Findings findings) {
        return read(node, path, findings, 0);
    }

    private static DataType read(YamlNode node, String path, Findings findings, int depth) {
        if (depth > NESTING_MAX) {
            findings.add(Rule.INVALID_VALUE, Section.place(node), path, "is a type nested deeper than " + NESTING_MAX);
            return DataType.Simple.ANY;
        }
        switch (node) {
            case YamlNode.Scalar scalar -> {
                DataType named = named(scalar.text());
                if (named != null) {
                    return named;
                }
                findings.add(
                        Rule.INVALID_VALUE,
                        Section.place(node),
                        path,
                        "must be a type: " + String.join(", ", NAMES) + ", [TYPE] for a list or {field: TYPE}"
                                + Text.didYouMean(scalar.text(), NAMES));
            }
            case YamlNode.Sequence sequence -> {
                if (sequence.items().size() == 1) {
                    return new DataType.ListOf(read(sequence.items().getFirst(), path + "[0]", findings, depth + 1));
                }
                findings.add(
                        Rule.INVALID_VALUE,
                        Section.place(node),
                        path,
                        "a list's type is one type in brackets: [string]");
            }
            case YamlNode.Mapping mapping -> {
                Map<String, DataType> fields = new LinkedHashMap<>();
                for (YamlNode.Entry entry : mapping.entries()) {
                    if (!Section.isIdentifier(entry.key()) || fields.size() >= FIELDS_MAX) {
                        findings.add(
                                Rule.INVALID_VALUE,
                                Section.place(entry.keyOrigin()),
                                path,
                                "a type has at most " + FIELDS_MAX
                                        + " fields, named by letters, digits and underscores");
                        break;
                    }
                    fields.put(entry.key(), read(entry.value(), path + "." + entry.key(), findings, depth + 1));
                }
                return new DataType.ObjectOf(fields);
            }
        }
        return DataType.Simple.ANY;
    }

    /** Returns a type by its name, or null. */
    static @Nullable DataType named(String name) {
        return switch (name) {
            case "string" -> DataType.Simple.STRING;
            case "integer" -> DataType.Simple.INTEGER;
            case "number" -> DataType.Simple.NUMBER;
            case "boolean" -> DataType.Simple.BOOLEAN;
            case "any" -> DataType.Simple.ANY;
            case "array" -> ANY_LIST;
            case "object" -> ANY_OBJECT;
            default -> null;
        };
    }
}
