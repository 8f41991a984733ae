package dev.gantry.e2e;

import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One run of the program {@code gantry} as a process of its own, as a user at a terminal has it.
 *
 * @param exitCode of the process
 * @param out what it printed
 * @param err what it printed beside that
 */
record CommandRun(int exitCode, String out, String err) {
    /** Runs a command against a server, with the administrator's key. */
    static CommandRun of(GantryProcess server, String... arguments) throws IOException, InterruptedException {
        return with(Map.of("GANTRY_URL", server.url().toString(), "GANTRY_API_KEY", server.key()), arguments);
    }

    /** Runs a command with these variables and no other of Gantry's. */
    static CommandRun with(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.gantry.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("GANTRY_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        CompletableFuture<String> err = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                err.complete(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException failure) {
                err.completeExceptionally(failure);
            }
        });
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(Eventually.PATIENCE)) {
            process.destroyForcibly();
            throw new AssertionError("gantry " + String.join(" ", arguments) + " does not end");
        }
        return new CommandRun(process.exitValue(), out, err.join());
    }
}
