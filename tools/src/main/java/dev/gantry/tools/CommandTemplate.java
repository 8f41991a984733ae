package dev.gantry.tools;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.gantry.kernel.Text;
import dev.gantry.tools.ToolException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How a command's arguments are put together: each item of {@code argv} stays one argument, whatever a value holds. */
final class CommandTemplate {
    private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final int VALUE_LENGTH_MAX = 8_192;

    private final String name;
    private final List<String> argv;
    private final Map<String, Pattern> parameters = new HashMap<>();

    CommandTemplate(String name, ToolSettings.Command command) {
        this.name = name;
        this.argv = command.argv();
        command.parameters().forEach((parameter, form) -> parameters.put(parameter, Pattern.compile(form)));
    }

    static Set<String> parameters(String item) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = PARAMETER.matcher(item);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    Set<String> parameters() {
        return new TreeSet<>(parameters.keySet());
    }

    /** Checks the names of arguments. */
    void require(Set<String> given) throws ToolException {
        for (String parameter : given) {
            if (!parameters.containsKey(parameter)) {
                throw new ToolException(
                        Reason.INVALID,
                        "the command '" + name + "' has no parameter '" + Text.shorten(parameter, 60) + "'"
                                + Text.didYouMean(parameter, parameters()));
            }
        }
        for (String parameter : parameters()) {
            if (!given.contains(parameter)) {
                throw new ToolException(Reason.INVALID, "the command '" + name + "' needs '" + parameter + "'");
            }
        }
    }

    List<String> line(Map<String, String> values) throws ToolException {
        require(values.keySet());
        for (Map.Entry<String, String> value : values.entrySet()) {
            check(value.getKey(), value.getValue());
        }
        List<String> line = new ArrayList<>();
        for (String item : argv) {
            line.add(filled(item, values));
        }
        return line;
    }

    private void check(String parameter, String value) throws ToolException {
        Pattern form = parameters.get(parameter);
        if (value.length() > VALUE_LENGTH_MAX || value.indexOf('\0') >= 0 || form == null || !form.matches(value)) {
            throw new ToolException(
                    Reason.INVALID,
                    "the value of '" + parameter + "' is not what the command '" + name + "' takes: "
                            + (form == null ? "" : form.pattern()));
        }
    }

    private String filled(String item, Map<String, String> values) throws ToolException {
        Matcher matcher = PARAMETER.matcher(item);
        StringBuilder filled = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
            filled.append(item, from, matcher.start()).append(values.get(matcher.group(1)));
            from = matcher.end();
        }
        filled.append(item.substring(from));
        if (item.startsWith("{") && !filled.isEmpty() && filled.charAt(0) == '-') {
            throw new ToolException(
                    Reason.INVALID, "a value for the command '" + name + "' begins with '-', like an option");
        }
        return filled.toString();
    }
}
