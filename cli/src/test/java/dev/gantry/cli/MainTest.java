package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final TestingConsole console = new TestingConsole();

    static Stream<String> commandsOfTheProduct() {
        return Commands.GROUPS.stream()
                .flatMap(group -> group.entries().stream())
                .map(Commands.Entry::name)
                .filter(name -> !name.equals("test") && !name.equals("bench"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void shouldListEveryCommandInTheHelp(String asked) {
        assertThat(console.run(asked)).isEqualTo(ExitCode.DONE);

        assertThat(console.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(commandsOfTheProduct())
                .allSatisfy(name -> assertThat(console.out()).contains("\n  " + name + " "));
        assertThat(console.err()).isEmpty();
    }

    @Test
    void shouldShowTheHelpWithoutArguments() {
        assertThat(console.run()).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).startsWith("gantry COMMAND");
    }

    @ParameterizedTest
    @MethodSource("commandsOfTheProduct")
    void shouldExplainEachCommand(String name) {
        assertThat(console.run(name, "--help")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).startsWith("Usage: gantry " + name);
    }

    @Test
    void shouldExplainSubcommands() {
        assertThat(console.run("help", "patterns", "import")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).startsWith("Usage: gantry patterns import");
    }

    @Test
    void shouldTakeAnUnknownCommandAsWrongUsageAndNameTheNearest() {
        assertThat(console.run("patern")).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).contains("Unknown command 'patern' (did you mean 'patterns'?)");
    }

    @Test
    void shouldNameTheNearestSubcommand() {
        assertThat(console.run("keys", "revok", "x")).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).contains("Unknown command 'gantry keys revok' (did you mean 'revoke'?)");
    }

    @Test
    void shouldTakeAnUnknownOptionAsWrongUsage() {
        assertThat(console.run("status", "--nope")).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).contains("--nope").contains("gantry status --help");
    }

    @Test
    void shouldTakeAMissingArgumentAsWrongUsage() {
        assertThat(console.run("run")).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).contains("PATTERN");
    }

    @Test
    void shouldPrintTheVersionOfTheBuild() {
        assertThat(console.run("--version")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).matches("gantry \\d+\\.\\d+\\.\\d+, Java 2\\d.*\\R");
    }

    @Test
    void shouldColourOnATerminalOnly() {
        console.run("--help");
        assertThat(console.out()).doesNotContain("\u001B");

        TestingConsole colourful = new TestingConsole().terminals(80, "out");
        colourful.run("--help");
        assertThat(colourful.out()).contains("\u001B[1m");

        TestingConsole plain = new TestingConsole().terminals(80, "out").with("NO_COLOR", "1");
        plain.run("--help");
        assertThat(plain.out()).doesNotContain("\u001B");
    }
}
