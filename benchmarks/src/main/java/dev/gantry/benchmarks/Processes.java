package dev.gantry.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process with its descendants, as the kernel counts them. */
record Processes(long root) {
    private static final long MICROS_PER_TICK = 10_000; // USER_HZ is 100 on every Linux that Java runs on

    /** Processor time in microseconds: of PostgreSQL's processes, and of all others. */
    record Cpu(long own, long postgres) {
        Cpu since(Cpu earlier) {
            return new Cpu(own - earlier.own, postgres - earlier.postgres);
        }
    }

    Cpu cpu() {
        long own = 0;
        long postgres = 0;
        for (ProcessHandle process : all()) {
            try {
                String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                long ticks = 0;
                for (int field = 11; field <= 14; field++) { // utime, stime, and those of children that ended
                    ticks += Long.parseLong(fields[field]);
                }
                if (stat.contains("(postgres)")) {
                    postgres += ticks * MICROS_PER_TICK;
                } else {
                    own += ticks * MICROS_PER_TICK;
                }
            } catch (IOException ended) {
                // Its parent has its time now.
            }
        }
        return new Cpu(own, postgres);
    }

    /** Processor time of the JVMs' compilers, in microseconds; no other program has threads of these names. */
    long compilers() {
        long ticks = 0;
        for (ProcessHandle process : all()) {
            try (DirectoryStream<Path> threads =
                    Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
                for (Path thread : threads) {
                    String stat = Files.readString(thread.resolve("stat"));
                    if (stat.contains("(C1 Compiler") || stat.contains("(C2 Compiler")) {
                        String[] fields =
                                stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
                    }
                }
            } catch (IOException | DirectoryIteratorException ended) {
                // What has ended compiles no more.
            }
        }
        return ticks * MICROS_PER_TICK;
    }

    /** Resident memory of the processes that are not PostgreSQL's, in MB. */
    double residentMegabytes() {
        return kilobytes(false, "status", "VmRSS:") / 1024.0;
    }

    /** Memory of PostgreSQL's processes with shared pages counted once, in MB. */
    double postgresMegabytes() {
        return kilobytes(true, "smaps_rollup", "Pss:") / 1024.0;
    }

    private long kilobytes(boolean postgres, String file, String field) {
        long sum = 0;
        for (ProcessHandle process : all()) {
            Path folder = Path.of("/proc/" + process.pid());
            try {
                if (Files.readString(folder.resolve("comm")).startsWith("postgres") == postgres) {
                    sum += Files.readAllLines(folder.resolve(file)).stream()
                            .filter(line -> line.startsWith(field))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                            .sum();
                }
            } catch (IOException ended) {
                // It uses nothing any more.
            }
        }
        return sum;
    }

    private List<ProcessHandle> all() {
        ProcessHandle handle = ProcessHandle.of(root).orElseThrow(() -> new IllegalStateException("It has ended"));
        return Stream.concat(Stream.of(handle), handle.descendants()).toList();
    }
}
