package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Rows of JSON objects in columns that fit the terminal. */
final class Table {
    private static final String GAP = "  ";
    private static final int WIDTH_LEAST = 8;

    private final List<Column> columns;

    Table(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /**
     * One column.
     *
     * @param right whether numbers in it line up at the right
     */
    record Column(String title, boolean right, Function<JsonNode, String> cell) {
        /** A column of text; the title is the field's name. */
        static Column text(String field) {
            return new Column(title(field), false, row -> Format.cell(at(row, field)));
        }

        /** A column of instants. */
        static Column time(String field) {
            return new Column(
                    title(field.replaceFirst("_at$", "")), false, row -> Format.time(Format.cell(at(row, field))));
        }

        /** A column of whole numbers. */
        static Column number(String field) {
            return new Column(title(field), true, row -> {
                JsonNode value = at(row, field);
                return value.isIntegralNumber() ? Format.count(value.asLong()) : Format.cell(value);
            });
        }

        /** A column of money, from a field in micro-dollars. */
        static Column cost(String title, String field) {
            return new Column(title(title), true, row -> {
                JsonNode value = at(row, field);
                return value.isIntegralNumber() ? Format.cost(value.asLong()) : "";
            });
        }

        /** A column of prices in dollars, with as many decimals as they have. */
        static Column dollars(String title, String field) {
            return new Column(title(title), true, row -> {
                JsonNode value = at(row, field);
                return value.isNumber() ? value.decimalValue().toPlainString() : "";
            });
        }

        Column titled(String other) {
            return new Column(title(other), right, cell);
        }

        private static String title(String field) {
            return field.substring(field.lastIndexOf('.') + 1).replace('_', ' ').toUpperCase(Locale.ROOT);
        }

        private static JsonNode at(JsonNode row, String field) {
            JsonNode value = row;
            for (String name : field.split("\\.")) {
                value = value.path(name);
            }
            return value;
        }
    }

    /** Prints the rows; columns in which every row is empty are left out. */
    void print(Terminal terminal, List<? extends JsonNode> rows) {
        List<Column> shown = new ArrayList<>();
        List<List<String>> cells = new ArrayList<>();
        for (Column column : columns) {
            List<String> texts = rows.stream()
                    .map(row -> column.cell().apply(row).replaceAll("\\s+", " "))
                    .toList();
            if (texts.stream().anyMatch(text -> !text.isEmpty())) {
                shown.add(column);
                cells.add(texts);
            }
        }
        int[] widths = widths(shown, cells, terminal.outColumns());
        List<String> titles = shown.stream().map(Column::title).toList();
        terminal.print(terminal.styled(Terminal.Style.BOLD, line(shown, titles, widths)));
        for (int row = 0; row < rows.size(); row++) {
            List<String> texts = new ArrayList<>();
            for (List<String> column : cells) {
                texts.add(column.get(row));
            }
            terminal.print(line(shown, texts, widths));
        }
    }

    /** Takes from the widest column until the line fits. */
    private static int[] widths(List<Column> columns, List<List<String>> cells, int fit) {
        int[] widths = new int[columns.size()];
        int sum = Math.max(0, columns.size() - 1) * GAP.length();
        for (int index = 0; index < widths.length; index++) {
            int width = columns.get(index).title().length();
            for (String cell : cells.get(index)) {
                width = Math.max(width, length(cell));
            }
            widths[index] = width;
            sum += width;
        }
        while (fit > 0 && sum > fit) {
            int widest = 0;
            for (int index = 1; index < widths.length; index++) {
                widest = widths[index] > widths[widest] ? index : widest;
            }
            if (widths[widest] <= WIDTH_LEAST) {
                break;
            }
            widths[widest]--;
            sum--;
        }
        return widths;
    }

    private static String line(List<Column> columns, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int index = 0; index < widths.length; index++) {
            String text = Text.shorten(cells.get(index), widths[index]);
            String padding = " ".repeat(Math.max(0, widths[index] - length(text)));
            line.append(index == 0 ? "" : GAP).append(columns.get(index).right() ? padding + text : text + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
