package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Packages of npm that tests use, in the versions of their lock files. */
final class NodePackages {
    private NodePackages() {}

    /** Returns whether there is a Node to run them. */
    static boolean isNodePresent() throws InterruptedException {
        try {
            return Programs.run(new ProcessBuilder("npm", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD))
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /**
     * Installs what the lock file of a folder says, unless that was done before.
     *
     * @param folder with {@code package.json} and {@code package-lock.json}
     * @return where the packages are
     */
    static synchronized Path install(String folder) throws IOException, InterruptedException {
        Path sources = Path.of(folder).toAbsolutePath();
        Path installed = Path.of("target", folder).toAbsolutePath();
        Files.createDirectories(installed);
        Path lock = installed.resolve("package-lock.json");
        Path done = installed.resolve("node_modules", ".package-lock.json");
        if (Files.exists(done)
                && Files.exists(lock)
                && Files.mismatch(lock, sources.resolve("package-lock.json")) == -1) {
            return installed;
        }
        for (String name : List.of("package.json", "package-lock.json")) {
            Files.copy(sources.resolve(name), installed.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = Files.createTempFile("gantry-npm-", ".log");
        int status = Programs.run(new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                .directory(installed.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        assertThat(status).as(Files.readString(log)).isZero();
        Files.delete(log);
        return installed;
    }
}
