package dev.gantry.config;

import java.util.regex.Pattern;

/**
 * The name of a setting in two forms.
 *
 * @param shown as in the files: {@code role_assignments[2].role}, {@code models."gpt-4.1".tier}
 * @param declared as in the schema, where a chosen name is a star, a list's place is left out and the kind stands after
 *     a list of kinds: {@code role_assignments.role}, {@code models.*.tier}, {@code authentication.providers.api_key.header}
 */
record Key(String shown, String declared) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@/*-]+");

    static final Key ROOT = new Key("", "");

    Key child(String name) {
        return new Key(join(shown, quoted(name)), join(declared, name));
    }

    Key entry(String name) {
        return new Key(join(shown, quoted(name)), join(declared, "*"));
    }

    Key element(int index) {
        return new Key(shown + "[" + index + "]", declared);
    }

    Key kind(String name) {
        return new Key(shown, join(declared, name));
    }

    private static String join(String before, String name) {
        return before.isEmpty() ? name : before + "." + name;
    }

    private static String quoted(String name) {
        return PLAIN.matcher(name).matches() ? name : '"' + name + '"';
    }
}
