package dev.gantry.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The three standard streams and what is known of them. Results go to {@code out}; progress, notes and errors go to
 * {@code err}, so that a pipe carries results alone.
 *
 * @param terminals which of {@code in}, {@code out} and {@code err} are terminals
 * @param columns width of the terminal, or 0 when nothing is to be cut
 * @param colors whether colours are wanted where the stream is a terminal
 */
record Terminal(InputStream in, PrintStream out, PrintStream err, Set<String> terminals, int columns, boolean colors) {
    private static final int LINE_BYTES_MAX = 8_192;
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

    /** Asks a person for a line, or reads the next one of standard input; empty if there is none. */
    Optional<String> askLine(String prompt) {
        Console console = inIsTerminal() ? System.console() : null;
        return console == null ? nextLine() : given(console.readLine("%s", prompt));
    }

    /** The same for what must not be seen on the screen. */
    Optional<String> askSecret(String prompt) {
        Console console = inIsTerminal() ? System.console() : null;
        if (console == null) {
            if (inIsTerminal()) {
                throw new CommandFailure(
                        "The terminal would show what is typed, since the output goes elsewhere",
                        "Run the command with its output on the terminal, or write the secret to standard input");
            }
            return nextLine();
        }
        char[] typed = console.readPassword("%s", prompt);
        return given(typed == null ? null : new String(typed));
    }

    /** Byte by byte, so that the lines that follow stay for who asks next. */
    private Optional<String> nextLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0 && next != '\n' && line.size() < LINE_BYTES_MAX; next = in.read()) {
                line.write(next);
            }
        } catch (IOException unreadable) {
            throw new CommandFailure("Standard input cannot be read: " + unreadable.getMessage());
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return given(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    private static Optional<String> given(@Nullable String line) {
        return Optional.ofNullable(line).filter(text -> !text.isEmpty());
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
