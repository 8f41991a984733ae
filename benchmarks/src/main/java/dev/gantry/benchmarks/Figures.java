package dev.gantry.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What was measured: for each line and column the values of all rounds, of which the median counts. */
final class Figures {
    private final Map<String, Map<String, List<Double>>> lines = new LinkedHashMap<>();

    void add(String line, String column, long value) {
        add(line, column, (double) value);
    }

    void add(String line, String column, double value) {
        lines.computeIfAbsent(line, name -> new LinkedHashMap<>())
                .computeIfAbsent(column, name -> new ArrayList<>())
                .add(value);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    String table() {
        Set<String> columns = new LinkedHashSet<>();
        lines.values().forEach(line -> columns.addAll(line.keySet()));
        StringBuilder table = new StringBuilder("%-44s".formatted(""));
        columns.forEach(column -> table.append("%12s".formatted(column)));
        lines.forEach((name, line) -> {
            table.append("%n%-44s".formatted(name));
            for (String column : columns) {
                List<Double> values = line.get(column);
                table.append("%12s".formatted(values == null ? "" : readable(median(values))));
            }
        });
        return table.toString();
    }

    private static String readable(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%.2f", value);
    }

    /** Returns every value of every round. */
    String json() {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(lines);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Names and numbers are always JSON", impossible);
        }
    }
}
