package dev.gantry.config;

import java.util.Optional;

/**
 * The section that says where the secret store is.
 *
 * @param scheme begins references to it: <code>${vault:…}</code>
 * @param section the section's name
 * @param opener opens the store
 */
record StoreSection<R extends Record>(String scheme, String section, Class<R> type, SecretStoreOpener<R> opener) {
    /**
     * Opens the store that a section describes.
     *
     * @throws UnavailableSecretException if it cannot be used
     */
    Optional<SecretStore> open(Object settings) throws UnavailableSecretException {
        return opener.open(type.cast(settings));
    }
}
