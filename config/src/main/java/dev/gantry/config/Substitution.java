package dev.gantry.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${NAME}} and {@code ${NAME:-default}} by environment variables, once: what a variable holds is never
 * looked at again. <code>$${</code> stands for a literal <code>${</code>. As in a shell, the default also replaces a variable
 * that is set to nothing. Thread-safe.
 */
final class Substitution {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]{0,199})(?<default>:-[^}]*)?}");

    private final Map<String, String> environment;

    Substitution(Map<String, String> environment) {
        this.environment = environment;
    }

    /** What became of a text. */
    sealed interface Result {
        /**
         * A text with its references replaced.
         *
         * @param variables the names in it, in order
         * @param isReference whether the text is nothing but one reference without a default
         */
        record Expanded(String text, List<String> variables, boolean isReference) implements Result {}

        /** A text that cannot be expanded; the message quotes names of variables only. */
        record Failed(String text) implements Result {}
    }

    Result expand(String text) {
        if (!text.contains("${")) {
            return new Result.Expanded(text, List.of(), false);
        }
        StringBuilder out = new StringBuilder();
        List<String> variables = new ArrayList<>();
        Matcher matcher = REFERENCE.matcher(text);
        int from = 0;
        boolean isReference = false;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
            if (at > from && text.charAt(at - 1) == '$') {
                out.append(text, from, at - 1).append("${");
                from = at + 2;
                continue;
            }
            if (!matcher.find(at) || matcher.start() != at) {
                return new Result.Failed(
                        "a reference to an environment variable reads ${NAME} or ${NAME:-default}; for a literal '${' write"
                                + " '$${'");
            }
            String name = matcher.group("name");
            String value = environment.getOrDefault(name, "");
            String fallback = matcher.group("default");
            if (fallback != null && value.isEmpty()) {
                value = fallback.substring(2);
            } else if (!environment.containsKey(name)) {
                return new Result.Failed("the environment variable " + name + " is not set; set it before the start");
            }
            isReference = fallback == null && at == 0 && matcher.end() == text.length();
            out.append(text, from, at).append(value);
            variables.add(name);
            from = matcher.end();
        }
        return new Result.Expanded(out.append(text, from, text.length()).toString(), variables, isReference);
    }
}
