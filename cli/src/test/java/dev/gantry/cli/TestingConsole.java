package dev.gantry.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs commands in this process and keeps what they print. */
final class TestingConsole {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private byte[] input = new byte[0];
    private Set<String> terminals = Set.of();
    private int columns;
    private @Nullable Path home;
    private String build = "";

    /** A console that talks to a platform, with the key {@code gk_test}. */
    static TestingConsole of(TestingPlatform platform) {
        return new TestingConsole().with("GANTRY_URL", platform.url()).with("GANTRY_API_KEY", "gk_test");
    }

    TestingConsole with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    TestingConsole typing(String text) {
        return typing(text.getBytes(StandardCharsets.UTF_8));
    }

    TestingConsole typing(byte[] bytes) {
        input = bytes;
        return this;
    }

    TestingConsole terminals(int width, String... names) {
        terminals = Set.of(names);
        columns = width;
        return this;
    }

    TestingConsole home(Path folder, String buildName) {
        home = folder;
        build = buildName;
        return this;
    }

    Context context() {
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminals,
                columns,
                environment.getOrDefault("NO_COLOR", "").isEmpty());
        return new Context(terminal, environment, home, build, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    int run(String... arguments) {
        return Main.run(context(), arguments);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
