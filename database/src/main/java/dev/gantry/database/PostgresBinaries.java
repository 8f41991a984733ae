package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs for this platform, unpacked from the archive on the class path.
 *
 * <p>The folder carries the CRC-32 of the archive in its name, so that a new minor version is unpacked beside the old
 * one and an unpacked folder is recognised without reading the archive. It appears by one rename: whoever sees it sees
 * it whole.
 */
record PostgresBinaries(Path directory) {
    /** The major version of the programs, which is also the version of the data they read. */
    static final int MAJOR_VERSION = 18;

    /** Unpacks the archive below {@code parent}, unless that was done before. */
    static PostgresBinaries unpack(Path parent) {
        URL archive = locateArchive(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        try {
            Path directory = parent.resolve("postgres-" + MAJOR_VERSION + "-binaries-" + checksum(archive));
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(parent);
                unpackInto(archive, directory);
            }
            return new PostgresBinaries(directory);
        } catch (IOException failure) {
            throw EmbeddedPostgresErrors.io("The PostgreSQL programs cannot be unpacked into " + parent, failure);
        }
    }

    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    /** Returns the archive's name for a platform as the JDK names it. */
    static String archiveName(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT);
        String os = system.startsWith("linux") ? "linux" : system.startsWith("mac") ? "darwin" : "";
        String architecture = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> "";
        };
        if (os.isEmpty() || architecture.isEmpty()) {
            throw unsupported(osName, osArch);
        }
        return "postgres-" + os + "-" + architecture + ".txz";
    }

    private static URL locateArchive(String osName, String osArch) {
        URL archive = PostgresBinaries.class.getClassLoader().getResource(archiveName(osName, osArch));
        if (archive == null) {
            throw unsupported(osName, osArch);
        }
        return archive;
    }

    private static GantryException unsupported(String osName, String osArch) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "This build embeds no PostgreSQL for " + osName + " on " + osArch
                        + " (it exists for Linux and macOS on x86-64 and ARM64). Configure 'database' or set"
                        + " DATABASE_URL to use a PostgreSQL server of your own.");
    }

    private static String checksum(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return HexFormat.of().toHexDigits((int) jar.getJarEntry().getCrc());
        }
        CRC32 checksum = new CRC32();
        try (InputStream content = connection.getInputStream()) {
            byte[] buffer = new byte[1 << 16];
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                checksum.update(buffer, 0, count);
            }
        }
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    private static void unpackInto(URL archive, Path directory) throws IOException {
        Path temporary = Files.createTempDirectory(directory.getParent(), ".unpacking-");
        try {
            try (InputStream content = archive.openStream();
                    TarArchiveInputStream tar =
                            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(content, 1 << 16)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpackEntry(tar, entry, temporary);
                }
            }
            setMode(temporary, "rwxr-xr-x");
            Directories.syncTree(temporary);
            Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
            Directories.sync(directory.resolveSibling("."));
        } catch (FileAlreadyExistsException alreadyThere) {
            Directories.delete(temporary);
        } catch (IOException failure) {
            Directories.delete(temporary);
            // Renaming onto a folder with content fails with a system-dependent exception.
            if (!Files.isDirectory(directory)) {
                throw failure;
            }
        }
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path root) throws IOException {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("the archive names a path outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            makeFolder(target, root);
            return;
        }
        makeFolder(target.resolveSibling(""), root);
        if (entry.isSymbolicLink()) {
            Path link = target.resolveSibling(entry.getLinkName()).normalize();
            if (!link.startsWith(root)) {
                throw new IOException("the archive links outside of itself: " + entry.getName());
            }
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            setMode(target, executable ? "rwxr-xr-x" : "rw-r--r--");
        }
    }

    /** Makes a folder that everyone may enter, whatever the umask; the archive does not name all of them itself. */
    private static void makeFolder(Path folder, Path root) throws IOException {
        Path made = root;
        for (Path name : root.relativize(folder)) {
            made = made.resolve(name);
            if (!Files.isDirectory(made)) {
                Files.createDirectory(made);
                setMode(made, "rwxr-xr-x");
            }
        }
    }

    private static void setMode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
