package dev.gantry.workflow;

/**
 * A key of the file format.
 *
 * @param meaning one sentence, for editors
 */
record FormatKey(String name, Form form, boolean required, String meaning) {
    static FormatKey must(String name, Form form, String meaning) {
        return new FormatKey(name, form, true, meaning);
    }

    static FormatKey may(String name, Form form, String meaning) {
        return new FormatKey(name, form, false, meaning);
    }
}
