package dev.gantry.testing;

import dev.gantry.database.DatabaseSettings;
import dev.gantry.kernel.Secret;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A server of the oldest PostgreSQL that Gantry supports, as an operator would run it: with a superuser, and without
 * anything of Gantry in it. Close it to stop it and delete its data.
 */
public final class ExternalPostgres implements AutoCloseable {
    private static final String SUPERUSER = "postgres";
    private static final String PASSWORD = "postgres-password";

    private final Path directory;
    private final int port;

    private ExternalPostgres(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts a server that takes passwords over plain connections. */
    public static ExternalPostgres start() {
        return start(List.of(), Optional.empty());
    }

    /**
     * Starts a server that takes encrypted connections only.
     *
     * @param certificate PEM file of the server's certificate
     * @param key PEM file of its private key
     */
    public static ExternalPostgres startWithTls(Path certificate, Path key) {
        return start(List.of(certificate, key), Optional.of("hostssl all all 127.0.0.1/32 scram-sha-256\n"));
    }

    private static ExternalPostgres start(List<Path> certificateAndKey, Optional<String> access) {
        try {
            Path directory = Files.createTempDirectory("gantry-external-postgres-");
            unpack(directory);
            ExternalPostgres postgres = new ExternalPostgres(directory, freePort());
            postgres.initialize(certificateAndKey, access);
            postgres.controlled(
                    "start",
                    "--wait",
                    "--options=-p " + postgres.port
                            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
                            + (certificateAndKey.isEmpty() ? "" : " -c ssl=on"));
            return postgres;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the address of a database for one of its users, in the form of {@code DATABASE_URL}. */
    public String url(String database, String user, String password) {
        return "postgresql://" + user + ":" + password + "@127.0.0.1:" + port + "/" + database;
    }

    /** Returns settings that name a database and a user, with more parameters of the address such as {@code sslmode=…}. */
    public DatabaseSettings settings(String database, String user, String password, String parameters) {
        DatabaseSettings defaults = DatabaseSettings.embedded();
        return new DatabaseSettings(
                Optional.of(Secret.of(url(database, user, password) + parameters)),
                Optional.empty(),
                defaults.port(),
                defaults.name(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                defaults.sslMode(),
                Optional.empty(),
                0,
                10,
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Optional.empty());
    }

    /** Returns an address of JDBC with the credentials of the superuser. */
    public String superuserJdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?currentSchema=gantry,public&user=" + SUPERUSER
                + "&password=" + PASSWORD;
    }

    /** Runs statements as superuser in a database, {@code postgres} being there from the beginning. */
    public void execute(String database, String... statements) {
        try (Connection connection = DriverManager.getConnection(superuserJdbcUrl(database));
                Statement sql = connection.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        try {
            controlled("stop", "--mode=immediate");
            new TestingFolder(directory).close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void initialize(List<Path> certificateAndKey, Optional<String> access) throws IOException {
        Path passwordFile = Files.writeString(directory.resolve("password"), PASSWORD);
        Path data = Files.createDirectory(directory.resolve("data"));
        giveToUnprivilegedUser(passwordFile);
        giveToUnprivilegedUser(data);
        giveToUnprivilegedUser(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        run(
                program("initdb"),
                "--pgdata=" + data,
                "--username=" + SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        List<String> names = List.of("server.crt", "server.key");
        for (int index = 0; index < certificateAndKey.size(); index++) {
            Path copy = Files.copy(certificateAndKey.get(index), data.resolve(names.get(index)));
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
            giveToUnprivilegedUser(copy);
        }
        if (access.isPresent()) {
            Files.writeString(data.resolve("pg_hba.conf"), access.get(), StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    private void controlled(String action, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program("pg_ctl"),
                action,
                "--pgdata=" + directory.resolve("data"),
                "--log=" + directory.resolve("log")));
        if (action.equals("stop")) {
            command.removeLast();
        }
        command.addAll(List.of(options));
        run(command.toArray(String[]::new));
    }

    private void run(String... program) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of(program));
        Path output = Files.createTempFile("gantry-external-postgres-", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ":\n" + Files.readString(output));
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException(interruption);
        } finally {
            Files.delete(output);
        }
    }

    private String program(String name) {
        return directory.resolve("programs/bin").resolve(name).toString();
    }

    private static void giveToUnprivilegedUser(Path path) throws IOException {
        if (isRoot()) {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void unpack(Path directory) throws IOException {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        String archive = "/postgres-14/postgres-" + os + "-" + architecture + ".txz";
        Path programs = Files.createDirectory(directory.resolve("programs"));
        try (InputStream content = ExternalPostgres.class.getResourceAsStream(archive)) {
            if (content == null) {
                throw new IOException("there is no " + archive + " on the class path");
            }
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(content)));
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = programs.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(target.resolveSibling(""));
                    Files.copy(tar, target);
                    Files.setPosixFilePermissions(
                            target,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x"));
                }
            }
        }
        allowEveryoneToEnter(programs);
    }

    private static void allowEveryoneToEnter(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }
}
