package dev.gantry.workflow;

import dev.gantry.kernel.Text;
import dev.gantry.workflow.Finding.Rule;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of the language's compiler, in words that say what to do. */
final class Messages {
    private static final Pattern OVERLOAD =
            Pattern.compile("found no matching overload for '([^']+)' applied to '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("undefined field '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("undeclared reference to '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern TYPE_NAME = Pattern.compile("gantry\\.T\\d+");

    private Messages() {}

    static String ofSyntax(String message) {
        String first = message.lines().findFirst().orElse("").strip();
        return "the expression cannot be read: "
                + Text.shorten(TYPE_NAME.matcher(first).replaceAll("object"), 200);
    }

    static Rule rule(String message) {
        if (FIELD.matcher(message).matches() || NAME.matcher(message).matches()) {
            return Rule.DANGLING_REFERENCE;
        }
        return Rule.TYPE_MISMATCH;
    }

    /**
     * Returns a compiler's complaint in our words.
     *
     * @param names what can be used where the expression stands, for the nearest one
     */
    static String ofCheck(String written, Collection<String> names) {
        String message = TYPE_NAME.matcher(written).replaceAll("object").replace("wrapper(", "optional(");
        Matcher overload = OVERLOAD.matcher(message);
        if (overload.matches()) {
            String operator = overload.group(1).replace("_", "").replace("@", "");
            return "'" + operator + "' does not go with "
                    + overload.group(2).replace("(", "").replace(")", "")
                    + "; convert one with string(…), int(…) or double(…)";
        }
        Matcher field = FIELD.matcher(message);
        if (field.matches()) {
            return "there is no '" + field.group(1) + "'" + Text.didYouMean(field.group(1), names);
        }
        Matcher name = NAME.matcher(message);
        if (name.matches()) {
            return "there is no '" + name.group(1) + "' here" + Text.didYouMean(name.group(1), names);
        }
        return message.lines().findFirst().orElse(message);
    }
}
