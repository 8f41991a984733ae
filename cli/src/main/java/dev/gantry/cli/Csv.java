package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of JSON objects as comma-separated values (RFC 4180), one line each after a line of names. */
final class Csv {
    private Csv() {}

    static List<String> lines(List<String> fields, List<? extends JsonNode> rows) {
        List<String> lines = new ArrayList<>(rows.size() + 1);
        lines.add(fields.stream().map(field -> field.replace('.', '_')).collect(Collectors.joining(",")));
        for (JsonNode row : rows) {
            lines.add(fields.stream().map(field -> cell(at(row, field))).collect(Collectors.joining(",")));
        }
        return lines;
    }

    private static JsonNode at(JsonNode row, String field) {
        JsonNode value = row;
        for (String name : field.split("\\.", -1)) {
            value = value.path(name);
        }
        return value;
    }

    /** Text that a spreadsheet would take for a formula is marked as text. */
    private static String cell(JsonNode value) {
        String text = Format.cell(value);
        if (value.isTextual() && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
