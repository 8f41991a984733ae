package dev.gantry.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Adds events to a file, one JSON object a line, written through to the disk; full files are numbered, the oldest goes. */
record FileSink(Path path, long sizeMax, int keep) implements AuditSink {
    @Override
    public void deliver(String delivery, List<AuditEvent> events) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(events.size() * 512);
        for (AuditEvent event : events) {
            lines.writeBytes(event.toCanonicalJson().getBytes(StandardCharsets.UTF_8));
            lines.write('\n');
        }
        Files.createDirectories(Durable.folder(path));
        if (Files.exists(path) && Files.size(path) + lines.size() > sizeMax && Files.size(path) > 0) {
            rotate();
        }
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            Durable.write(channel, ByteBuffer.wrap(lines.toByteArray()));
            channel.force(true);
        }
    }

    private void rotate() throws IOException {
        Files.deleteIfExists(numbered(keep));
        for (int number = keep - 1; number >= 1; number--) {
            if (Files.exists(numbered(number))) {
                Files.move(numbered(number), numbered(number + 1), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        Files.move(path, numbered(1), StandardCopyOption.ATOMIC_MOVE);
        Durable.syncFolder(Durable.folder(path));
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }
}
