package dev.gantry.server;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param configOptional whether the configuration directory may be absent, because nobody named it
 * @param host overrides {@code server.host}
 * @param port overrides {@code server.port}
 * @param key of {@code config explain}; of {@code workflow validate} the file
 * @param json whether output is for a program
 */
record Options(
        Command command,
        Path configDirectory,
        boolean configOptional,
        Path dataDirectory,
        Optional<String> host,
        Optional<Integer> port,
        @Nullable String key,
        boolean json) {

    enum Command {
        SERVE,
        CONFIG_CHECK,
        CONFIG_EXPLAIN,
        WORKFLOW_VALIDATE
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with a message for the user
     */
    static Options parse(String[] arguments) {
        Reader reader = new Reader(arguments);
        Command command = command(reader);
        Path config = null;
        Path data = null;
        String host = null;
        Integer port = null;
        String key = null;
        boolean json = false;
        for (String argument = reader.next(); argument != null; argument = reader.next()) {
            switch (argument) {
                case "--config" -> config = Path.of(reader.value(argument));
                case "--data-dir" -> data = Path.of(reader.value(argument));
                case "--host" -> host = reader.value(argument);
                case "--port" -> port = port(reader.value(argument));
                case "--json" -> json = true;
                default -> {
                    if (command == Command.SERVE
                            || command == Command.CONFIG_CHECK
                            || (argument.startsWith("-") && argument.length() > 1)
                            || key != null) {
                        throw new IllegalArgumentException("'" + argument + "' is not an option here");
                    }
                    key = argument;
                }
            }
        }
        return new Options(
                command,
                config == null ? Path.of("config") : config,
                config == null,
                (data == null ? defaultDataDirectory() : data).toAbsolutePath().normalize(),
                Optional.ofNullable(host),
                Optional.ofNullable(port),
                key,
                json);
    }

    private static Command command(Reader reader) {
        String first = reader.next();
        if ("serve".equals(first)) {
            return Command.SERVE;
        }
        if ("config".equals(first)) {
            String second = reader.next();
            if ("check".equals(second)) {
                return Command.CONFIG_CHECK;
            }
            if ("explain".equals(second)) {
                return Command.CONFIG_EXPLAIN;
            }
        }
        if ("workflow".equals(first) && "validate".equals(reader.next())) {
            return Command.WORKFLOW_VALIDATE;
        }
        throw new IllegalArgumentException(
                "usage: serve | config check | config explain [KEY] | workflow validate FILE, with --config DIR --data-dir DIR --host HOST --port PORT");
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException malformed) {
            // Reported below.
        }
        throw new IllegalArgumentException("--port must be from 0 to 65535, not '" + text + "'");
    }

    private static Path defaultDataDirectory() {
        String configured = System.getenv("GANTRY_DATA_DIR");
        if (configured != null && !configured.isEmpty()) {
            return Path.of(configured);
        }
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/gantry");
        }
        String shared = System.getenv("XDG_DATA_HOME");
        return shared != null && !shared.isEmpty()
                ? Path.of(shared, "gantry")
                : Path.of(System.getProperty("user.home"), ".local", "share", "gantry");
    }

    private static final class Reader {
        private final String[] arguments;
        private int position;

        Reader(String[] arguments) {
            this.arguments = arguments;
        }

        @Nullable
        String next() {
            return position < arguments.length ? arguments[position++] : null;
        }

        String value(String option) {
            String value = next();
            if (value == null) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            return value;
        }
    }
}
