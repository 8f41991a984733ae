package dev.gantry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, for what cannot be seen from inside: signals, locks, inherited streams. */
record TestingProcess(Process process, Path outFile, Path errFile) {
    /**
     * Starts it.
     *
     * @param options of the JVM
     */
    static TestingProcess start(Map<String, String> environment, List<String> options, String... arguments)
            throws IOException {
        Path out = temporary("gantry-out");
        Path err = temporary("gantry-err");
        List<String> command = new ArrayList<>(List.of(
                // a shell lets its background jobs ignore Ctrl-C, and a test run may be one: the program must not
                // inherit that
                "/usr/bin/env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new TestingProcess(builder.start(), out, err);
    }

    private static Path temporary(String prefix) throws IOException {
        Path file = Files.createTempFile(prefix, ".txt");
        file.toFile().deleteOnExit();
        return file;
    }

    /** Presses Ctrl-C. */
    void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** Waits for the end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("The command has not ended: " + err());
        }
        return process.exitValue();
    }

    String out() {
        return read(outFile);
    }

    String err() {
        return read(errFile);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }
}
