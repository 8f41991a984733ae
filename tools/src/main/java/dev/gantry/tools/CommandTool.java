package dev.gantry.tools;

import dev.gantry.kernel.Text;
import dev.gantry.tools.ToolException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the commands that the operator defined. Thread-safe, blocking. */
final class CommandTool {
    private static final Logger LOG = LoggerFactory.getLogger(CommandTool.class);
    private static final long LOOK_MS = 50;
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofMillis(10);

    private final Map<String, ToolSettings.Command> commands;
    private final Path directory;
    private final Semaphore places;

    /**
     * Commands.
     *
     * @param directory below which each gets a directory of its own, which goes with it
     */
    CommandTool(ToolSettings settings, Path directory) {
        this.commands = settings.commands();
        this.directory = directory;
        this.places = new Semaphore(settings.commandsMax(), true);
    }

    /** Returns a command that an organization may run. */
    ToolSettings.Command require(String name, String organization) throws ToolException {
        ToolSettings.Command command = commands.get(name);
        if (command == null || !Tools.mayUse(command.organizations(), organization)) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "the operator has defined no command '" + Text.shorten(name, 60) + "' (setting tools.commands)"
                            + Text.didYouMean(name, List.copyOf(commands.keySet())));
        }
        return command;
    }

    CommandResult run(
            String name, String organization, Map<String, String> arguments, Duration most, BooleanSupplier cancelled)
            throws ToolException {
        ToolSettings.Command command = require(name, organization);
        List<String> line = new CommandTemplate(name, command).line(arguments);
        Duration timeout = most.compareTo(command.timeout()) < 0 ? most : command.timeout();
        long end = System.nanoTime() + timeout.toNanos();
        try {
            if (!places.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new ToolException(
                        Reason.TIMEOUT, "other commands took all the time (setting tools.commands_max)");
            }
            try {
                return run(name, command, line, end, cancelled);
            } finally {
                places.release();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ToolException(Reason.UNAVAILABLE, "the command was given up", stopping);
        }
    }

    private CommandResult run(
            String name, ToolSettings.Command command, List<String> line, long end, BooleanSupplier cancelled)
            throws ToolException, InterruptedException {
        Map<String, String> environment = new HashMap<>(command.environment());
        command.secretEnvironment().forEach((variable, secret) -> environment.put(variable, secret.reveal()));
        Path fresh = fresh();
        ProcessGroup group;
        try {
            group = start(name, line, environment, fresh);
        } catch (ToolException unstarted) {
            remove(fresh);
            throw unstarted;
        }
        try {
            group.process().getOutputStream().close();
            AtomicBoolean tooMuch = new AtomicBoolean();
            Output stdout = new Output(group.process().getInputStream(), command, tooMuch);
            Output stderr = new Output(group.process().getErrorStream(), command, tooMuch);
            boolean ended = false;
            while (!ended && !tooMuch.get() && !cancelled.getAsBoolean() && System.nanoTime() - end < 0) {
                ended = group.process().waitFor(LOOK_MS, TimeUnit.MILLISECONDS);
            }
            group.end();
            stdout.await();
            stderr.await();
            if (tooMuch.get()) {
                throw new ToolException(
                        Reason.BAD_ANSWER,
                        "the command '" + name + "' wrote more than " + command.outputSizeMax()
                                + " (setting tools.commands." + name + ".output_size_max)");
            }
            if (!ended) {
                throw cancelled.getAsBoolean()
                        ? new ToolException(Reason.UNAVAILABLE, "the command '" + name + "' was given up")
                        : new ToolException(Reason.TIMEOUT, "the command '" + name + "' took too long and was ended");
            }
            CommandResult result = new CommandResult(
                    group.process().exitValue(),
                    withoutSecrets(stdout.text(), command),
                    withoutSecrets(stderr.text(), command));
            if (!command.exitCodes().contains(result.exitCode())) {
                throw new ToolException(
                        Reason.REFUSED,
                        "the command '" + name + "' ended with " + result.exitCode() + ": "
                                + Text.storable(result.stderr().strip(), 300));
            }
            return result;
        } catch (IOException failure) {
            throw new ToolException(Reason.UNAVAILABLE, "the command '" + name + "' could not be run", failure);
        } finally {
            group.close();
            remove(fresh);
        }
    }

    private static ProcessGroup start(String name, List<String> line, Map<String, String> environment, Path fresh)
            throws ToolException {
        try {
            return ProcessGroup.start(line, environment, fresh);
        } catch (IOException failure) {
            throw new ToolException(
                    Reason.UNAVAILABLE, "the program of the command '" + name + "' could not be started", failure);
        }
    }

    private static String withoutSecrets(String text, ToolSettings.Command command) {
        String without = text;
        for (var secret : command.secretEnvironment().values()) {
            without = without.replace(secret.reveal(), secret.toString());
        }
        return without;
    }

    private Path fresh() throws ToolException {
        try {
            Files.createDirectories(directory);
            return Files.createTempDirectory(directory, "command-");
        } catch (IOException failure) {
            throw new ToolException(Reason.UNAVAILABLE, "there is no place for commands to work in", failure);
        }
    }

    private static void remove(Path fresh) {
        try (Stream<Path> files = Files.walk(fresh)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            LOG.warn("{} could not be removed", fresh, left);
        }
    }

    /** Gathers what a command writes, up to a bound, on a thread of its own. */
    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;

        Output(InputStream stream, ToolSettings.Command command, AtomicBoolean tooMuch) {
            long most = command.outputSizeMax().bytes();
            reader = Thread.ofVirtual().name("command-output").start(() -> {
                byte[] buffer = new byte[8_192];
                try (stream) {
                    for (int count = read(stream, buffer); count >= 0; count = read(stream, buffer)) {
                        if (bytes.size() + count > most) {
                            tooMuch.set(true);
                            return;
                        }
                        bytes.write(buffer, 0, count);
                    }
                } catch (IOException | InterruptedException ended) {
                    // With the command.
                }
            });
        }

        /** When a process ends, Java puts what is left of its words in the place of the pipe: who is about to read then fails once. */
        private static int read(InputStream stream, byte[] buffer) throws IOException, InterruptedException {
            try {
                return stream.read(buffer);
            } catch (IOException replaced) {
                Thread.sleep(AGAIN);
                return stream.read(buffer);
            }
        }

        void await() throws InterruptedException {
            reader.join(LAST_WORDS);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
