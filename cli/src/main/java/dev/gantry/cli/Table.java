package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Rows of JSON objects in columns that fit the terminal: long texts are shortened first, then columns that can be missed
 * are left out; where even that is too wide, each row becomes a block of lines.
 */
final class Table {
    private static final String GAP = "  ";
    private static final int WIDTH_READABLE = 12;
    private static final int WIDTH_LEAST = 8;

    private final List<Column> columns;

    Table(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /**
     * One column.
     *
     * @param right whether numbers in it line up at the right
     * @param whole whether a part of a cell is of no use, as with identifiers and numbers
     * @param extra whether it can be left out where there is no room
     */
    record Column(String title, boolean right, boolean whole, boolean extra, Function<JsonNode, String> cell) {
        /** A column of anything; numbers, which line up at the right, are never shortened. */
        static Column of(String title, boolean right, Function<JsonNode, String> cell) {
            return new Column(title, right, right, false, cell);
        }

        /** A column of text; the title is the field's name. */
        static Column text(String field) {
            return new Column(title(field), false, field.equals("id"), false, row -> Format.cell(at(row, field)));
        }

        /** A column of instants. */
        static Column time(String field) {
            return new Column(
                    title(field.replaceFirst("_at$", "")),
                    false,
                    true,
                    false,
                    row -> Format.time(Format.cell(at(row, field))));
        }

        /** A column of whole numbers. */
        static Column number(String field) {
            return new Column(title(field), true, true, false, row -> {
                JsonNode value = at(row, field);
                return value.isIntegralNumber() ? Format.count(value.asLong()) : Format.cell(value);
            });
        }

        /** A column of money, from a field in micro-dollars. */
        static Column cost(String title, String field) {
            return new Column(title(title), true, true, false, row -> {
                JsonNode value = at(row, field);
                return value.isIntegralNumber() ? Format.cost(value.asLong()) : "";
            });
        }

        /** A column of prices in dollars, with as many decimals as they have. */
        static Column dollars(String title, String field) {
            return new Column(title(title), true, true, false, row -> {
                JsonNode value = at(row, field);
                return value.isNumber() ? value.decimalValue().toPlainString() : "";
            });
        }

        Column titled(String other) {
            return new Column(title(other), right, whole, extra, cell);
        }

        /** The same, to be left out where there is no room. */
        Column asExtra() {
            return new Column(title, right, whole, true, cell);
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

    /** A column with what it shows. */
    private record Filled(Column column, List<String> cells) {
        int width() {
            int width = column.title().length();
            for (String cell : cells) {
                width = Math.max(width, length(cell));
            }
            return width;
        }

        int widthLeast(int atMost) {
            return column.whole() ? width() : Math.min(width(), atMost);
        }
    }

    /** Prints the rows; columns in which every row is empty are left out. */
    void print(Terminal terminal, List<? extends JsonNode> rows) {
        List<Filled> shown = new ArrayList<>();
        for (Column column : columns) {
            List<String> texts = rows.stream()
                    .map(row -> column.cell().apply(row).replaceAll("\\s+", " "))
                    .toList();
            if (texts.stream().anyMatch(text -> !text.isEmpty())) {
                shown.add(new Filled(column, texts));
            }
        }
        int fit = terminal.outColumns() > 0 ? terminal.outColumns() : Integer.MAX_VALUE;
        List<Filled> all = List.copyOf(shown);
        while (sum(shown, WIDTH_READABLE) > fit && removeExtra(shown)) {
            // Until it fits, or nothing can be missed any more.
        }
        if (sum(shown, WIDTH_LEAST) > fit) {
            printBlocks(terminal, all, rows.size());
            return;
        }
        int least = sum(shown, WIDTH_READABLE) > fit ? WIDTH_LEAST : WIDTH_READABLE;
        int[] widths = widths(shown, least, fit);
        List<Column> titled = shown.stream().map(Filled::column).toList();
        terminal.print(terminal.styled(
                Terminal.Style.BOLD,
                line(titled, titled.stream().map(Column::title).toList(), widths)));
        for (int row = 0; row < rows.size(); row++) {
            List<String> texts = new ArrayList<>();
            for (Filled column : shown) {
                texts.add(column.cells().get(row));
            }
            terminal.print(line(titled, texts, widths));
        }
    }

    private static int sum(List<Filled> columns, int least) {
        int gaps = Math.max(0, columns.size() - 1) * GAP.length();
        return gaps
                + columns.stream().mapToInt(column -> column.widthLeast(least)).sum();
    }

    /** Takes out the last column that can be missed; returns false if there is none. */
    private static boolean removeExtra(List<Filled> columns) {
        for (int index = columns.size() - 1; index >= 0; index--) {
            if (columns.get(index).column().extra()) {
                columns.remove(index);
                return true;
            }
        }
        return false;
    }

    private static void printBlocks(Terminal terminal, List<Filled> columns, int rows) {
        int width = columns.stream()
                .mapToInt(column -> column.column().title().length())
                .max()
                .orElse(0);
        for (int row = 0; row < rows; row++) {
            if (row > 0) {
                terminal.print("");
            }
            for (Filled column : columns) {
                String cell = column.cells().get(row);
                if (!cell.isEmpty()) {
                    String title = column.column().title();
                    terminal.print(terminal.styled(Terminal.Style.BOLD, title)
                            + " ".repeat(width - title.length())
                            + GAP
                            + cell);
                }
            }
        }
    }

    /** Takes from the widest column that can be shortened until the line fits. */
    private static int[] widths(List<Filled> columns, int least, int fit) {
        int[] widths = columns.stream().mapToInt(Filled::width).toArray();
        int sum = Math.max(0, columns.size() - 1) * GAP.length()
                + Arrays.stream(widths).sum();
        while (sum > fit) {
            int widest = -1;
            for (int index = 0; index < widths.length; index++) {
                boolean canShrink = widths[index] > columns.get(index).widthLeast(least);
                widest = canShrink && (widest < 0 || widths[index] > widths[widest]) ? index : widest;
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
