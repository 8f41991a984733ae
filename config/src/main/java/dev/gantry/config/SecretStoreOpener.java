package dev.gantry.config;

import java.util.Optional;

/** Opens the secret store that a section describes. */
@FunctionalInterface
public interface SecretStoreOpener<R extends Record> {
    /**
     * Opens it.
     *
     * @param settings the section
     * @return empty if the section is not given
     * @throws UnavailableSecretException if the store cannot be used; it says why and what to do
     */
    Optional<SecretStore> open(R settings) throws UnavailableSecretException;
}
