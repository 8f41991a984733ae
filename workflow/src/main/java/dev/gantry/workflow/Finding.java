package dev.gantry.workflow;

import java.util.Locale;

/**
 * Something that a check of a workflow found.
 *
 * @param rule what kind of mistake it is
 * @param position where it is
 * @param path where it is in the document, such as {@code steps[2].params.input}; empty for the file as a whole
 * @param text what is wrong and what to do; never a value that could be a secret
 */
public record Finding(Rule rule, Position position, String path, String text) {
    /** What kind of mistake it is; stable names, for programs. */
    public enum Rule {
        /** The text is not YAML that we read. */
        SYNTAX(true),
        /** A key that the format does not have. */
        UNKNOWN_KEY(true),
        /** A key that must be there and is not. */
        MISSING_KEY(true),
        /** A value of a wrong kind or out of bounds. */
        INVALID_VALUE(true),
        /** Two steps of one id. */
        DUPLICATE_ID(true),
        /** A reference to a step, input, pattern, model or workflow that is not there or cannot be seen from here. */
        DANGLING_REFERENCE(true),
        /** Steps that wait for each other. */
        CYCLE(true),
        /** An expression that cannot be read. */
        EXPRESSION(true),
        /** A value of a type that does not fit. */
        TYPE_MISMATCH(true),
        /** A step that can never be executed. */
        UNREACHABLE_STEP(true),
        /** A permission that a step needs and nobody would have. */
        MISSING_PERMISSION(true),
        /** A tool, address, command or secret that the operator's configuration does not allow. */
        NOT_ALLOWED(true),
        /** Fewer tokens than the steps are estimated to use. */
        BUDGET_TOO_SMALL(true),
        /** Less time than a step may wait. */
        DEADLINE_TOO_SHORT(true),
        /** Something that works, but hardly as it was meant. */
        ADVICE(false);

        private final boolean error;

        Rule(boolean error) {
            this.error = error;
        }

        /** Returns the name on the wire, such as {@code unknown_key}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns whether a workflow with it cannot be stored or run. */
        public boolean isError() {
            return error;
        }
    }

    /** Returns the line that is shown behind the file's name: {@code 12:7: steps[0].when: …}. */
    @Override
    public String toString() {
        String place = position.line() == 0 ? "" : position.line() + ":" + position.column() + ": ";
        return place + (path.isEmpty() ? "" : path + ": ") + text;
    }
}
