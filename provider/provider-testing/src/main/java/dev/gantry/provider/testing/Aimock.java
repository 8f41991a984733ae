package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The public mock {@code @copilotkit/aimock} as a process: what others understand by the providers' interfaces. It is
 * installed once, in the version and with the checksum of {@code aimock/package-lock.json}, below {@code target}.
 */
public final class Aimock implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://127\\.0\\.0\\.1:[0-9]+)");
    private static final long INSTALL_MINUTES_MAX = 5;

    private final Process process;
    private final URI address;

    private Aimock(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** Starts it on a free port. Without Node.js on the machine the calling test is skipped, and says so. */
    public static Aimock start() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                hasNode(), "Node.js is not installed: the contract is not run against @copilotkit/aimock");
        Path source = source();
        Path installed = install(source);
        Process process = new ProcessBuilder(
                        "node",
                        installed
                                .resolve("node_modules/@copilotkit/aimock/dist/cli.js")
                                .toString(),
                        "--port",
                        "0",
                        "--fixtures",
                        source.resolve("fixtures").toString())
                .redirectErrorStream(true)
                .start();
        return new Aimock(process, awaitAddress(process));
    }

    private static URI awaitAddress(Process process) throws IOException {
        StringBuilder said = new StringBuilder();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
                return URI.create(matcher.group(1));
            }
        }
        throw new IllegalStateException("aimock did not start: " + said);
    }

    private static boolean hasNode() {
        try {
            Process process = new ProcessBuilder("node", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(Simulator.PATIENCE.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Finds the folder with the lock file, from the module whose tests run or from any folder above it. */
    private static Path source() {
        for (@Nullable Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            for (String below : List.of("provider-testing/aimock", "provider/provider-testing/aimock", "aimock")) {
                if (Files.exists(folder.resolve(below).resolve("package-lock.json"))) {
                    return folder.resolve(below);
                }
            }
        }
        throw new IllegalStateException(
                "provider/provider-testing/aimock is not above " + Path.of("").toAbsolutePath());
    }

    private static Path install(Path source) throws IOException, InterruptedException {
        Path target = Files.createDirectories(source.resolveSibling("target").resolve("aimock"));
        try (FileChannel channel = FileChannel.open(
                        target.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            Path stamp = target.resolve("installed.json");
            byte[] wanted = Files.readAllBytes(source.resolve("package-lock.json"));
            if (!Files.exists(stamp) || !Arrays.equals(Files.readAllBytes(stamp), wanted)) {
                for (String file : List.of("package.json", "package-lock.json")) {
                    Files.copy(source.resolve(file), target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
                }
                npmCi(target);
                Files.write(stamp, wanted);
            }
        }
        return target;
    }

    private static void npmCi(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("npm-ci.txt");
        Process process = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(INSTALL_MINUTES_MAX, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException("npm ci failed:\n" + Files.readString(log));
        }
    }

    /** Returns its address. */
    public URI address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
