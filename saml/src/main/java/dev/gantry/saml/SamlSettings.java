package dev.gantry.saml;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one identity provider is asked and believed.
 *
 * @param name its name here, part of addresses
 * @param entityId what this server calls itself
 * @param source where the provider's keys and addresses are
 * @param providerEntityId what the provider calls itself, to the letter; empty leaves it to the key
 * @param ownKey what messages are signed with and assertions decrypted; empty for neither
 * @param requestBinding how a request gets there
 * @param nameIdFormat which kind of name is asked for; empty leaves it to the provider
 * @param subjectAttribute the attribute that says for ever who somebody is; the name identifier when empty
 * @param contexts classes of the authentication context of which the provider has to name one; empty for any
 * @param clockSkew how wrong the clocks may be
 * @param unsolicited whether people may come whom nobody sent there
 * @param sha1 whether signatures with SHA-1 count
 * @param cbc whether AES-CBC counts, within a signed response
 */
public record SamlSettings(
        String name,
        String entityId,
        Source source,
        Optional<String> providerEntityId,
        Optional<OwnKey> ownKey,
        Binding requestBinding,
        Optional<String> nameIdFormat,
        Optional<String> subjectAttribute,
        List<String> contexts,
        Duration clockSkew,
        boolean unsolicited,
        boolean sha1,
        boolean cbc) {
    /** Copies the list. */
    public SamlSettings {
        contexts = List.copyOf(contexts);
    }

    /** Where a provider's keys and addresses are. */
    public sealed interface Source {}

    /**
     * They are written down one by one.
     *
     * @param signOn where people sign in
     * @param logout where they sign out; empty if nowhere
     * @param certificates a file of one certificate or, while the provider changes its key, several
     */
    public record Written(URI signOn, Optional<URI> logout, Path certificates) implements Source {}

    /** The provider's metadata lies in a file. */
    public record MetadataFile(Path path) implements Source {}

    /** The provider's metadata is fetched, again and again. */
    public record MetadataAddress(URI address) implements Source {}

    /** How a message gets to the provider. */
    public enum Binding {
        /** In the address. */
        REDIRECT("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"),
        /** In a form. */
        POST("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST");

        private final String uri;

        Binding(String uri) {
            this.uri = uri;
        }

        String uri() {
            return uri;
        }
    }
}
