package dev.gantry.config;

import java.util.Optional;

/** Keeps secrets outside of files and environment, as HashiCorp Vault does. Thread-safe. */
public interface SecretStore extends AutoCloseable {
    /**
     * Returns what a reference stands for now: asks the store the first time, and answers from memory later on.
     *
     * @param reference as it is written in the configuration, such as {@code secret/data/gantry#key}
     * @throws UnavailableSecretException if it has none, or cannot be asked and never was
     */
    String read(String reference) throws UnavailableSecretException;

    /** Begins to keep what was read, and will be read, up to date. */
    void start();

    /** Returns why what is in memory may be out of date, for a person; empty while all is well. */
    Optional<String> trouble();

    /** Returns for how many seconds what is in memory could not be compared with the store; 0 while all is well. */
    double staleSeconds();

    /** Ends; what was read stays. */
    @Override
    void close();
}
