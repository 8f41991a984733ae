package dev.gantry.database;

import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Makes a new database cluster. It takes its place by one rename, so that an interrupted attempt leaves nothing.
 *
 * @param durable whether the cluster must survive a power cut; false for tests
 */
record PostgresInstaller(PostgresBinaries binaries, PostgresDirectory directory, RunAs runAs, boolean durable) {
    /** The role that initdb makes. */
    static final String SUPERUSER = "gantry_admin";

    void install(Secret superuserPassword) throws IOException, InterruptedException {
        Path preparation = directory.preparation();
        Directories.delete(preparation);
        Files.createDirectory(preparation);
        Path passwordFile = directory.path().resolve(".initial-password");
        try {
            Directories.writePrivately(passwordFile, superuserPassword.reveal() + "\n");
            Files.setOwner(passwordFile, runAs.owner());
            Files.setOwner(preparation, runAs.owner());
            initialize(preparation, passwordFile);
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.move(preparation, directory.data(), StandardCopyOption.ATOMIC_MOVE);
        Directories.sync(directory.path());
    }

    private void initialize(Path data, Path passwordFile) throws IOException, InterruptedException {
        Process initdb = new ProcessBuilder(runAs.command(List.of(
                        binaries.program("initdb").toString(),
                        "--pgdata=" + data,
                        "--username=" + SUPERUSER,
                        "--pwfile=" + passwordFile,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale-provider=builtin",
                        "--locale=C.UTF-8",
                        "--lc-collate=C",
                        "--lc-ctype=C",
                        "--lc-messages=C",
                        "--lc-monetary=C",
                        "--lc-numeric=C",
                        "--lc-time=C",
                        "--data-checksums",
                        durable ? "--sync-method=fsync" : "--no-sync",
                        "--no-instructions")))
                .directory(directory.path().toFile())
                .redirectErrorStream(true)
                .start();
        initdb.getOutputStream().close();
        PostgresLog output = new PostgresLog(initdb.getInputStream());
        if (initdb.waitFor() != 0) {
            throw EmbeddedPostgresErrors.ended(
                    "The embedded PostgreSQL cannot be set up in " + directory.path(), output.lastWords());
        }
    }
}
