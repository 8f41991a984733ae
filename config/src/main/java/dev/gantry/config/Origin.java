package dev.gantry.config;

import java.nio.file.Path;
import java.util.List;

/** Where a value comes from. */
public sealed interface Origin {
    /** Returns the place in words, as it stands in front of an error: {@code config/gantry.yaml:12}. */
    String place();

    /**
     * A place in a file.
     *
     * @param line counted from 1; 0 means the file as a whole
     * @param column counted from 1; 0 means the line as a whole
     * @param variables the environment variables that the value names, in order, mostly none
     */
    record InFile(Path file, int line, int column, List<String> variables) implements Origin {
        /** Copies the list. */
        public InFile {
            variables = List.copyOf(variables);
        }

        InFile(Path file, int line, int column) {
            this(file, line, column, List.of());
        }

        InFile with(List<String> names) {
            return names.isEmpty() ? this : new InFile(file, line, column, names);
        }

        @Override
        public String place() {
            return line == 0 ? file.toString() : file + ":" + line;
        }
    }

    /**
     * An environment variable that a setting falls back to when no file gives it.
     *
     * @param variable its name
     */
    record InEnvironment(String variable) implements Origin {
        @Override
        public String place() {
            return "environment variable " + variable;
        }
    }

    /** Nobody said anything: the default that is built in. */
    record BuiltIn() implements Origin {
        @Override
        public String place() {
            return "default";
        }
    }
}
