package dev.gantry.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The three standard streams and what is known of them. Results go to {@code out}; progress, notes and errors go to
 * {@code err}, so that a pipe carries results alone.
 *
 * @param terminals which of {@code in}, {@code out} and {@code err} are terminals
 * @param columns width of the terminal, or 0 when nothing is to be cut
 * @param colors whether colours are wanted where the stream is a terminal
 */
record Terminal(InputStream in, PrintStream out, PrintStream err, Set<String> terminals, int columns, boolean colors) {
    private static final String RESET = "\u001B[0m";

    /** A colour or weight of text. */
    enum Style {
        BOLD("\u001B[1m"),
        DIM("\u001B[2m"),
        RED("\u001B[31m"),
        GREEN("\u001B[32m"),
        YELLOW("\u001B[33m");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    Terminal {
        terminals = Set.copyOf(terminals);
    }

    /**
     * The terminal of this process. The launcher says by system properties which streams are terminals, because Java
     * can tell that only of all three together.
     */
    static Terminal ofProcess(Map<String, String> environment) {
        Set<String> terminals =
                Set.copyOf(List.of(System.getProperty("gantry.terminal", "").split(",")));
        boolean colors = environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
        return new Terminal(
                System.in,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                terminals,
                columns(System.getProperty("gantry.columns", "")),
                colors);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), 16_384), false, StandardCharsets.UTF_8);
    }

    private static int columns(String text) {
        try {
            return Math.max(0, Integer.parseInt(text.strip()));
        } catch (NumberFormatException absent) {
            return 0;
        }
    }

    boolean inIsTerminal() {
        return terminals.contains("in");
    }

    boolean outIsTerminal() {
        return terminals.contains("out");
    }

    boolean errIsTerminal() {
        return terminals.contains("err");
    }

    /** Prints a line of the result. */
    void print(String line) {
        out.println(line);
    }

    /** Prints a note that is no part of the result, at once. */
    void note(String line) {
        out.flush();
        err.println(line);
        err.flush();
    }

    /** Returns text for {@code out} in a style, if that is a terminal that shows it. */
    String styled(Style style, String text) {
        return outIsTerminal() && colors && !text.isEmpty() ? style.code + text + RESET : text;
    }

    /** Returns text for {@code err} in a style, if that is a terminal that shows it. */
    String styledNote(Style style, String text) {
        return errIsTerminal() && colors && !text.isEmpty() ? style.code + text + RESET : text;
    }

    /** Returns the width to fit tables into, or 0 when the output is not for a person's screen. */
    int outColumns() {
        return outIsTerminal() ? (columns == 0 ? 100 : columns) : 0;
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
