package dev.gantry.saml;

import java.net.URI;

/** Gets a document of an identity provider, within bounds of time and size. */
@FunctionalInterface
public interface Fetch {
    /**
     * Gets it.
     *
     * @throws dev.gantry.kernel.GantryException {@code IDENTITY_PROVIDER_UNAVAILABLE} if there is none
     */
    byte[] get(URI address);
}
