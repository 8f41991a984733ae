package dev.gantry.config;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what is wrong, up to a bound; beyond it only counts. Not thread-safe. */
final class Problems {
    /** More than anybody reads at once. */
    static final int KEPT_MAX = 100;

    private final List<Problem> kept = new ArrayList<>();
    private int count;

    void add(Origin origin, String key, String text) {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Problem(origin, Values.printable(key), Values.printable(text)));
        }
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** In the order of the files' lines, since a person mends them from top to bottom. */
    List<Problem> list() {
        return kept.stream().sorted(Problems::compare).toList();
    }

    /** Returns the exception that stops a boot. */
    GantryException toException() {
        List<Problem> list = list();
        String lines = list.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        String more = count > list.size() ? "\n… and " + (count - list.size()) + " more" : "";
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                lines + more,
                list.stream()
                        .map(problem -> new GantryException.FieldError(
                                problem.key(), problem.origin().place() + ": " + problem.text()))
                        .toList(),
                null,
                null);
    }

    private static int compare(Problem left, Problem right) {
        return switch (left.origin()) {
            case Origin.InFile a
            when right.origin() instanceof Origin.InFile b ->
                a.file().equals(b.file())
                        ? Integer.compare(a.line(), b.line())
                        : a.file().compareTo(b.file());
            case Origin.InFile _ -> -1;
            case Origin.InEnvironment _, Origin.BuiltIn _ -> right.origin() instanceof Origin.InFile ? 1 : 0;
        };
    }
}
