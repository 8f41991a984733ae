package dev.gantry.cli;

import java.time.Duration;
import java.util.Locale;

/** A line on the terminal that shows that something goes on, and for how long; silent elsewhere. Thread-safe. */
final class Spinner implements AutoCloseable {
    private static final String FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static final Duration STEP = Duration.ofMillis(100);
    private static final String CLEAR = "\r\u001B[K";

    private final Terminal terminal;
    private final Thread painter;
    private final Thread cleaner;
    private volatile String text;
    private boolean closed;

    private Spinner(Terminal terminal, String text) {
        this.terminal = terminal;
        this.text = text;
        this.painter = Thread.ofVirtual().unstarted(this::paint);
        this.cleaner = new Thread(this::erase);
    }

    /** Starts one that says what is waited for. */
    static Spinner start(Terminal terminal, String text) {
        Spinner spinner = new Spinner(terminal, text);
        if (terminal.errIsTerminal()) {
            // Ctrl-C must leave the terminal without half a line.
            Runtime.getRuntime().addShutdownHook(spinner.cleaner);
            spinner.painter.start();
        }
        return spinner;
    }

    /** Says something else from now on. */
    void say(String other) {
        text = other;
    }

    private void paint() {
        long start = System.nanoTime();
        for (int frame = 0; !Thread.currentThread().isInterrupted(); frame++) {
            double seconds = (System.nanoTime() - start) / 1e9;
            String line = FRAMES.charAt(frame % FRAMES.length())
                    + String.format(Locale.ROOT, " %s … %.0f s", text, Math.floor(seconds));
            synchronized (this) {
                if (closed) {
                    return;
                }
                terminal.err().print(CLEAR + line);
                terminal.err().flush();
            }
            try {
                Thread.sleep(STEP);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    private synchronized void erase() {
        if (!closed && terminal.errIsTerminal()) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
        }
        closed = true;
    }

    /** Removes the line. */
    @Override
    public void close() {
        erase();
        painter.interrupt();
        if (terminal.errIsTerminal()) {
            try {
                Runtime.getRuntime().removeShutdownHook(cleaner);
            } catch (IllegalStateException stopping) {
                // The program is ending already and has erased the line itself.
                return;
            }
        }
    }
}
