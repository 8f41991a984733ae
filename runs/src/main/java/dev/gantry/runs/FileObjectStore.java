package dev.gantry.runs;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Objects as files: one folder for each run. Several nodes need a file system that all of them see. Thread-safe. */
public final class FileObjectStore implements ObjectStore {
    private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}/[0-9a-f-]{36}/[0-9a-f-]{36}");

    private final Path root;

    /** A store in a folder, which is made when it is needed. */
    public FileObjectStore(Path root) {
        this.root = root;
    }

    @Override
    public String put(UUID organization, UUID run, byte[] content) {
        String name = organization + "/" + run + "/" + Ids.next();
        Path file = root.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            return name;
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INTERNAL,
                    "An output could not be written below " + root + ": " + failure.getMessage(),
                    failure);
        }
    }

    @Override
    public byte[] get(String name) {
        try {
            return Files.readAllBytes(file(name));
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INTERNAL,
                    "The output " + name + " could not be read below " + root + ": " + failure.getMessage(),
                    failure);
        }
    }

    private Path file(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not the name of an object");
        }
        return root.resolve(name);
    }

    @Override
    public List<String> names(UUID organization, UUID run) {
        Path folder = folder(organization, run);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> organization + "/" + run + "/" + file.getFileName())
                    .toList();
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INTERNAL, "Outputs could not be listed: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INTERNAL, "An output could not be removed: " + failure.getMessage(), failure);
        }
    }

    private Path folder(UUID organization, UUID run) {
        return root.resolve(organization.toString()).resolve(run.toString());
    }

    @Override
    public void removeAll(UUID organization, UUID run) {
        Path folder = folder(organization, run);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INTERNAL, "Outputs could not be removed: " + failure.getMessage(), failure);
        }
    }
}
