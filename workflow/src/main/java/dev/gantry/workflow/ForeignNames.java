package dev.gantry.workflow;

import dev.gantry.workflow.Imported.Note;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the names of another system's workflow mean in ours, and texts with such names rewritten. */
final class ForeignNames {
    private static final Pattern NOT_IN_IDENTIFIERS = Pattern.compile("[^A-Za-z0-9_]+");

    private final Map<String, String> meanings = new HashMap<>();
    private final List<Note> notes;

    ForeignNames(List<Note> notes) {
        this.notes = notes;
    }

    /** Returns a name as our expressions can use it. */
    static String identifier(String name) {
        String plain = NOT_IN_IDENTIFIERS.matcher(name.strip()).replaceAll("_");
        String bounded = plain.length() > 60 ? plain.substring(0, 60) : plain;
        String started = bounded.isEmpty() || Character.isDigit(bounded.charAt(0)) ? "s_" + bounded : bounded;
        return Section.isIdentifier(started) ? started : started + "_";
    }

    /** Returns a name as the registry takes it. */
    static String assetName(String name) {
        String plain =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return plain.isEmpty() ? "imported" : plain.length() > 80 ? plain.substring(0, 80) : plain;
    }

    void define(String name, String expression) {
        meanings.put(name, expression);
    }

    /** Returns these names and more, which the original's scope keeps apart. */
    ForeignNames with(Map<String, String> more) {
        ForeignNames names = new ForeignNames(notes);
        names.meanings.putAll(meanings);
        names.meanings.putAll(more);
        return names;
    }

    /** Returns our expression for a name with parts, such as {@code plan.steps}; null when nothing has that name. */
    @Nullable
    String expression(String written) {
        String name = written.strip();
        String known = meanings.get(name);
        if (known != null) {
            return known;
        }
        int dot = name.indexOf('.');
        if (dot > 0 && name.substring(dot + 1).matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*")) {
            String head = meanings.get(name.substring(0, dot));
            return head == null ? null : head + name.substring(dot);
        }
        return null;
    }

    /**
     * Rewrites the references in a text.
     *
     * @param reference finds them; its first group that matched is the name
     */
    String rewrite(String text, Pattern reference, String path) {
        StringBuilder rewritten = new StringBuilder();
        Matcher matcher = reference.matcher(text);
        int from = 0;
        while (matcher.find()) {
            rewritten.append(plain(text.substring(from, matcher.start())));
            String name = group(matcher);
            String expression = expression(name);
            if (expression == null) {
                notes.add(new Note(true, path, "nothing is called '" + name + "'; it stays as plain text"));
                rewritten.append(plain(matcher.group()));
            } else {
                rewritten.append("${").append(expression).append('}');
            }
            from = matcher.end();
        }
        return rewritten.append(plain(text.substring(from))).toString();
    }

    static String group(Matcher matcher) {
        for (int group = 1; group <= matcher.groupCount(); group++) {
            String found = matcher.group(group);
            if (found != null) {
                return found;
            }
        }
        return matcher.group();
    }

    /** Returns text in which nothing begins an expression. */
    static String plain(String text) {
        return text.replace("${", "$${");
    }

    /** Returns a text as a literal of expressions. */
    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }
}
