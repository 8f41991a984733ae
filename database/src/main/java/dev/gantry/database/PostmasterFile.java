package dev.gantry.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running PostgreSQL server writes about itself into {@code postmaster.pid}; the lines are those of
 * {@code src/include/utils/pidfile.h}.
 *
 * @param pid the server's process id
 * @param port the port it listens on; 0 while it does not say yet
 * @param status {@code starting}, {@code ready}, {@code stopping} or {@code standby}; empty while it does not say yet
 */
record PostmasterFile(long pid, int port, String status) {
    /** Reads the file of a data folder; empty when there is none or it is not written whole yet. */
    static Optional<PostmasterFile> read(Path data) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        try {
            long pid = Math.abs(Long.parseLong(line(lines, 0)));
            String port = line(lines, 3);
            return Optional.of(new PostmasterFile(pid, port.isEmpty() ? 0 : Integer.parseInt(port), line(lines, 7)));
        } catch (NumberFormatException notWhole) {
            return Optional.empty();
        }
    }

    boolean isReady() {
        return status.equals("ready");
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index).strip() : "";
    }
}
