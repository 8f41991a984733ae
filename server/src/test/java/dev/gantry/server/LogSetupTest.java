package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogSetupTest {
    @TempDir
    private Path folder;

    private static void log(LogOptions options, int lines) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        try {
            Appender<ILoggingEvent> appender = LogSetup.appender(context, options);
            Logger logger = context.getLogger("test");
            logger.addAppender(appender);
            for (int line = 1; line <= lines; line++) {
                logger.info("line {}", line);
            }
        } finally {
            context.stop();
        }
    }

    private LogOptions options(String size, String files) {
        return LogOptions.of(Map.of(
                "GANTRY_LOG_FILE", folder.resolve("100% of it.log").toString(),
                "GANTRY_LOG_FILE_SIZE", size,
                "GANTRY_LOG_FILES", files));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    @Nested
    class LogFiles {
        @Test
        void shouldKeepNoMoreAndNoLargerFilesThanWanted() throws IOException {
            log(options("1Ki", "3"), 500);

            assertThat(files())
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly("100% of it.log", "100% of it.log.1", "100% of it.log.2");
            for (Path file : files()) {
                assertThat(Files.size(file)).isLessThan(1_024 + 200);
            }
        }

        @Test
        void shouldLoseNoLineBetweenTwoFiles() throws IOException {
            log(options("1Ki", "20"), 50);

            assertThat(files()).hasSizeGreaterThan(3);
            List<String> messages = files().stream()
                    .flatMap(LogSetupTest::lines)
                    .map(line -> Json.read(line).path("message").textValue())
                    .toList();
            assertThat(messages).hasSize(50).contains("line 1", "line 50");
        }

        @Test
        void shouldAddToTheFileOfAnEarlierProcess() throws IOException {
            log(options("1Mi", "3"), 2);
            log(options("1Mi", "3"), 3);

            assertThat(lines(files().getFirst())).hasSize(5);
        }

        @Test
        void shouldLogToStandardOutputWhenTheFileCannotBeWritten() throws IOException {
            Path blocked = Files.createFile(folder.resolve("a file"));
            LogOptions options = LogOptions.of(
                    Map.of("GANTRY_LOG_FILE", blocked.resolve("server.log").toString()));

            assertThat(LogSetup.appender(new LoggerContext(), options)).isInstanceOf(ConsoleAppender.class);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Nested
    class Environment {
        @Test
        void shouldBeAllOptional() {
            LogOptions options = LogOptions.of(Map.of("GANTRY_LOG_LEVEL", ""));

            assertThat(options.level()).isEqualTo(Level.INFO);
            assertThat(options.file()).isEmpty();
            assertThat(options.fileSizeMax()).hasToString("10Mi");
            assertThat(options.filesMax()).isEqualTo(5);
        }

        @ParameterizedTest
        @CsvSource({
            "GANTRY_LOG_LEVEL, loud, 'one of error, warn, info'",
            "GANTRY_LOG_FILE_SIZE, 10, 'a size of at least 1Ki'",
            "GANTRY_LOG_FILE_SIZE, 1B, 'a size of at least 1Ki'",
            "GANTRY_LOG_FILES, 1, 'from 2 to 20'",
            "GANTRY_LOG_FILES, many, 'from 2 to 20'",
        })
        void shouldBeRefusedWithTheVariableAndWhatItMayBe(String variable, String value, String expected) {
            assertThatThrownBy(() -> LogOptions.of(Map.of(variable, value)))
                    .isInstanceOf(GantryException.class)
                    .hasMessageContaining(variable + " is '" + value + "'")
                    .hasMessageContaining(expected);
        }
    }
}
