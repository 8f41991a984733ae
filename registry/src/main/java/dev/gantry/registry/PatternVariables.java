package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which values the variables of a pattern have. A variable may be given if the pattern declares it or shows it
 * between braces; any other is a mistake that would otherwise go unnoticed.
 */
final class PatternVariables {
    private static final int COUNT_MAX = 100;
    private static final int VALUE_LENGTH_MAX = 256 * 1024;

    private PatternVariables() {}

    /**
     * Returns the values by name, defaults included.
     *
     * @param shown every name that the template has between braces
     * @throws GantryException {@link ErrorCode#INVALID_VARIABLE} naming the variable that is unknown, missing or has a
     *     value that is not among its choices
     */
    static Map<String, String> resolve(
            List<VariableDeclaration> declared, Set<String> shown, Map<String, String> given) {
        Set<String> known = new TreeSet<>(shown);
        declared.forEach(declaration -> known.add(declaration.name()));
        known.remove(Template.INPUT);
        Map<String, String> values = given(known, given);
        for (VariableDeclaration declaration : declared) {
            String name = declaration.name();
            String value = values.get(name);
            if (value == null) {
                value = declaration.defaultValue();
            } else if (!declaration.choices().isEmpty()
                    && !declaration.choices().contains(value)) {
                throw invalid(
                        name,
                        "The variable '" + name + "' must be one of " + String.join(", ", declaration.choices())
                                + Text.didYouMean(value, declaration.choices()));
            }
            if (value == null && declaration.required()) {
                throw invalid(
                        name,
                        "The variable '" + name + "' is missing"
                                + (declaration.description() == null ? "" : ": " + declaration.description()));
            }
            values.put(name, value == null ? "" : value);
        }
        return values;
    }

    private static Map<String, String> given(Set<String> known, Map<String, String> given) {
        if (given.size() > COUNT_MAX) {
            throw invalid("", "There are more than " + COUNT_MAX + " variables");
        }
        Map<String, String> values = new LinkedHashMap<>();
        given.forEach((written, value) -> {
            String name = written.startsWith("#") ? written.substring(1) : written;
            if (name.equals(Template.INPUT)) {
                throw invalid(written, "The input is given as 'input' and not as a variable");
            }
            if (!known.contains(name)) {
                throw invalid(
                        written,
                        "The pattern has no variable '" + Text.shorten(name, 60) + "'" + Text.didYouMean(name, known)
                                + choices(known));
            }
            if (value.length() > VALUE_LENGTH_MAX) {
                throw invalid(
                        written, "The value of '" + name + "' is longer than " + VALUE_LENGTH_MAX + " characters");
            }
            if (values.put(name, value) != null) {
                throw invalid(written, "The variable '" + name + "' is given twice");
            }
        });
        return values;
    }

    private static String choices(Set<String> known) {
        if (known.isEmpty()) {
            return "; it has none at all";
        }
        List<String> some = known.stream().limit(10).toList();
        return "; it has " + String.join(", ", some) + (known.size() > some.size() ? ", …" : "");
    }

    private static GantryException invalid(String name, String message) {
        String pointer =
                "/variables/" + Text.shorten(name, 60).replace("~", "~0").replace("/", "~1");
        return new GantryException(
                ErrorCode.INVALID_VARIABLE, message, List.of(new FieldError(pointer, message)), null, null);
    }
}
