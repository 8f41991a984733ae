package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/**
 * The folder {@code postgres-18} below the data directory of Gantry.
 *
 * <ul>
 *   <li>{@code data}: the database cluster itself
 *   <li>{@code passwords}: of the three roles, generated, readable by its owner only
 *   <li>{@code port}: on which the server listened last
 *   <li>{@code lock}: held by the Gantry that uses the folder
 *   <li>{@code postgres-18-binaries-…}: the programs
 * </ul>
 *
 * @param path the folder
 */
record PostgresDirectory(Path path) {
    private static final String NAME_PREFIX = "postgres-";

    /** The generated passwords. */
    record Passwords(Secret superuser, Secret owner, Secret application) {}

    /** Makes the folder below the data directory, unless it is there. */
    static PostgresDirectory below(Path dataDirectory) throws IOException {
        Path path = dataDirectory.toAbsolutePath().resolve(NAME_PREFIX + PostgresBinaries.MAJOR_VERSION);
        if (!Files.isDirectory(path)) {
            refuseOtherMajorVersion(dataDirectory);
            Files.createDirectories(path);
        }
        return new PostgresDirectory(path.toRealPath());
    }

    Path data() {
        return path.resolve("data");
    }

    /** Where a new cluster is prepared before it takes the name {@link #data()}. */
    Path preparation() {
        return path.resolve("data.new");
    }

    boolean isInitialized() {
        return Files.exists(data().resolve("PG_VERSION"));
    }

    /** Refuses data that the embedded programs cannot read. */
    void requireMajorVersion() throws IOException {
        String version = Files.readString(data().resolve("PG_VERSION")).strip();
        if (!version.equals(String.valueOf(PostgresBinaries.MAJOR_VERSION))) {
            throw otherMajorVersion(data(), version);
        }
    }

    /** Returns the passwords, generating them before the first start. */
    Passwords passwords() throws IOException {
        Path file = path.resolve("passwords");
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
        } catch (NoSuchFileException none) {
            if (isInitialized()) {
                throw new GantryException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The file " + file + " is missing: without it nobody can log in to the database beside it."
                                + " Restore it from a backup.");
            }
            SecureRandom random = new SecureRandom();
            Directories.writePrivately(
                    file,
                    "superuser=%s\nowner=%s\napplication=%s\n"
                            .formatted(generate(random), generate(random), generate(random)));
            properties.load(new StringReader(Files.readString(file)));
        }
        return new Passwords(
                secret(properties, "superuser"), secret(properties, "owner"), secret(properties, "application"));
    }

    /** Returns the port of the last start. */
    Optional<Integer> lastPort() {
        try {
            return Optional.of(
                    Integer.parseInt(Files.readString(path.resolve("port")).strip()));
        } catch (IOException | NumberFormatException unknown) {
            return Optional.empty();
        }
    }

    void rememberPort(int port) throws IOException {
        Directories.writePrivately(path.resolve("port"), port + "\n");
    }

    private static void refuseOtherMajorVersion(Path dataDirectory) throws IOException {
        if (!Files.isDirectory(dataDirectory)) {
            return;
        }
        try (var siblings = Files.newDirectoryStream(dataDirectory, NAME_PREFIX + "*")) {
            for (Path sibling : siblings) {
                Path versionFile = sibling.resolve("data").resolve("PG_VERSION");
                if (Files.exists(versionFile)) {
                    throw otherMajorVersion(
                            sibling, Files.readString(versionFile).strip());
                }
            }
        }
    }

    private static GantryException otherMajorVersion(Path where, String version) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                where + " holds data of PostgreSQL " + version + ", this Gantry embeds PostgreSQL "
                        + PostgresBinaries.MAJOR_VERSION
                        + ". Move the data with a dump and restore, or choose another data directory.");
    }

    private Secret secret(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null || value.isEmpty()) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    path.resolve("passwords") + " has no '" + name + "'. Restore it from a backup.");
        }
        return Secret.of(value);
    }

    private static String generate(SecureRandom random) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
