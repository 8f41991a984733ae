package dev.gantry.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import dev.gantry.kernel.GantryException;
import java.io.Console;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Sets up logging without a configuration file, by {@link LogOptions}: into files of bounded size and number where one is
 * named; otherwise to standard output, as text where a person watches and as JSON lines everywhere else. A file that cannot
 * be written is no reason to be silent: then standard output gets the lines.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** What these tell at a start is of no use to an operator. */
    private static final List<String> LIBRARIES = List.of(
            "com.github.kagkarlsson",
            "com.zaxxer.hikari",
            "io.netty",
            "io.vertx",
            "org.apache.sshd",
            "org.eclipse.jgit",
            "org.flywaydb");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LogOptions options = options();
        ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(options.level());
        root.addAppender(appender(context, options));
        LIBRARIES.forEach(library -> context.getLogger(library).setLevel(Level.WARN));
        // Says that a machine without a network has no hardware address.
        context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
        context.getLogger("io.lettuce").setLevel(Level.ERROR);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** {@code Main} refuses to start with an environment that cannot be read, and says why. */
    private static LogOptions options() {
        try {
            return LogOptions.of(System.getenv());
        } catch (GantryException refusedByTheStart) {
            return LogOptions.standard();
        }
    }

    static Appender<ILoggingEvent> appender(LoggerContext context, LogOptions options) {
        if (options.file().isPresent()) {
            RollingFileAppender<ILoggingEvent> files =
                    rolling(context, options.file().get(), options);
            if (files.isStarted()) {
                return files;
            }
            System.err.println("gantry: cannot write the log file "
                    + options.file().get() + " (GANTRY_LOG_FILE); logging to standard output");
        }
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setEncoder(started(context, isTerminal() ? text() : new JsonLogEncoder()));
        console.start();
        return console;
    }

    /** {@code server.log} is written to; {@code server.log.1} is the one before, and so on up to the bound. */
    private static RollingFileAppender<ILoggingEvent> rolling(LoggerContext context, Path file, LogOptions options) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setName("file");
        appender.setFile(file.toString());
        appender.setEncoder(started(context, new JsonLogEncoder()));
        NumberedFiles names = new NumberedFiles(file, options.filesMax());
        names.setContext(context);
        names.setParent(appender);
        names.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(new FileSize(options.fileSizeMax().bytes()));
        size.setCheckIncrement(Duration.buildByMilliseconds(0));
        size.start();
        appender.setRollingPolicy(names);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    private static Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n");
        return encoder;
    }

    private static Encoder<ILoggingEvent> started(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
