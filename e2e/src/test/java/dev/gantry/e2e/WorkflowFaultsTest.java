package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.benchmarks.WorkflowFaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Random workflows on three nodes that are killed and frozen; {@code ./gantry bench workflow-faults} does it at length. */
@EnabledIfSystemProperty(
        named = "gantry.test.all",
        matches = "true",
        disabledReason = "takes minutes; run it with: ./gantry test --all")
class WorkflowFaultsTest {
    private static final int RUNS = 10;
    private static final int FAULTS = 3;

    @Test
    void shouldKeepEveryLawOfRunsWhateverHappensToTheProcesses(@TempDir Path folder) throws Exception {
        // PostgreSQL runs as another user when this one is root.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        long seed = System.nanoTime();
        WorkflowFaults.Report report = WorkflowFaults.run(new WorkflowFaults.Options(
                folder,
                RUNS,
                FAULTS,
                Duration.ofMillis(300),
                seed,
                Path.of(System.getProperty("java.io.tmpdir"), "gantry-testing-" + System.getProperty("user.name")),
                Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off")));

        assertThat(report.broken())
                .as("with seed %d: %s", seed, report.counts())
                .isEmpty();
        assertThat(report.counts()).containsEntry("runs", (long) RUNS).containsEntry("faults", (long) FAULTS);
    }
}
