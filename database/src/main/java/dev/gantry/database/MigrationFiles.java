package dev.gantry.database;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarFile;

/** The migrations of one module on the class path. */
record MigrationFiles(String module) {
    /** Where they lie on the class path. */
    String location() {
        return "db/migration/" + module;
    }

    /**
     * Returns a digest of all names and contents: as long as it stays the same there is nothing to migrate.
     *
     * @throws IllegalArgumentException if the module has no migrations
     */
    String fingerprint() throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (URL folder : Collections.list(MigrationFiles.class.getClassLoader().getResources(location()))) {
            URLConnection connection = folder.openConnection();
            if (connection instanceof JarURLConnection jar) {
                readJar(jar.getJarFile(), files);
            } else {
                readFolder(folder, files);
            }
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("there are no migrations in " + location());
        }
        MessageDigest digest = sha256();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            digest.update((file.getKey() + '\0' + file.getValue().length + '\0').getBytes(StandardCharsets.UTF_8));
            digest.update(file.getValue());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void readJar(JarFile jar, Map<String, byte[]> files) throws IOException {
        for (var entry : Collections.list(jar.entries())) {
            if (entry.getName().startsWith(location() + "/") && !entry.isDirectory()) {
                try (InputStream content = jar.getInputStream(entry)) {
                    files.put(entry.getName().substring(location().length() + 1), content.readAllBytes());
                }
            }
        }
    }

    private static void readFolder(URL folder, Map<String, byte[]> files) throws IOException {
        try (DirectoryStream<Path> content = Files.newDirectoryStream(path(folder.toExternalForm()))) {
            for (Path file : content) {
                files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    private static Path path(String url) throws IOException {
        try {
            return Path.of(new URI(url));
        } catch (URISyntaxException malformed) {
            throw new IOException(malformed);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
