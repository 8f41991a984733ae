package dev.gantry.signin;

import dev.gantry.config.Kind;
import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Signing in by SAML 2.0: an entry of {@code authentication.providers}, or {@code authentication.saml} of the FixOps overlay.
 *
 * @param entityId what this server calls itself
 * @param ssoUrl where people sign in; with {@code certificatePath}, in the place of metadata
 * @param certificatePath the provider's certificates
 * @param metadataPath the provider's metadata
 * @param metadataUrl where the provider's metadata is
 * @param idpEntityId what the provider calls itself
 * @param logoutUrl where people sign out there
 * @param provider its name here, part of addresses
 * @param label what people read on the button
 * @param ownKey what requests are signed with and assertions decrypted
 * @param ownCertificatePath of that key
 * @param requestBinding how requests get there
 * @param nameIdFormat the kind of name that is asked for
 * @param subjectAttribute the attribute that says for ever who somebody is
 * @param requiredContexts classes of the authentication context of which the provider has to name one
 * @param clockSkew how wrong the clocks may be
 * @param idpInitiated whether people may come without having been sent there
 * @param allowSha1 whether signatures with SHA-1 count
 * @param allowCbc whether AES-CBC counts
 * @param users what becomes of those who sign in
 */
@Kind("saml")
public record SamlSignIn(
        @Setting("What this server calls itself at the provider, such as its address.")
        String entityId,

        @Setting("Where people sign in at the provider, if there is no metadata; https, but for this machine.")
        Optional<URI> ssoUrl,

        @Setting(
                "A file with the provider's certificate, if there is no metadata; with several while it changes its key.")
        Optional<Path> certificatePath,

        @Setting("A file with the provider's metadata; it is read again when it changes.")
        Optional<Path> metadataPath,

        @Setting("Where the provider's metadata is, fetched every hour; https, but for this machine.")
        Optional<URI> metadataUrl,

        @Setting(
                "What the provider calls itself, to the letter. Metadata says it; without both any issuer counts that has the"
                        + " provider's key.")
        Optional<String> idpEntityId,

        @Setting("Where people sign out at the provider, if there is no metadata.")
        Optional<URI> logoutUrl,

        @Setting(value = "The name of the provider here, part of addresses.", defaultValue = "saml")
        String provider,

        @Setting("What people read on the button; the provider's name without it.")
        Optional<String> label,

        @Setting(
                "The private key that requests are signed with and assertions decrypted, PEM in PKCS #8; without it requests"
                        + " are not signed and encrypted assertions refused.")
        Optional<Secret> ownKey,

        @Setting("A file with the certificate of own_key, which the provider is told.")
        Optional<Path> ownCertificatePath,

        @Setting(value = "How requests get to the provider: in the address, or in a form.", defaultValue = "redirect")
        RequestBinding requestBinding,

        @Setting(
                "The kind of name that is asked for, such as urn:oasis:names:tc:SAML:2.0:nameid-format:persistent; another"
                        + " is refused unless subject_attribute is set. The provider chooses without it.")
        Optional<String> nameIdFormat,

        @Setting("The attribute that says for ever who somebody is; the name identifier without it.")
        Optional<String> subjectAttribute,

        @Setting("How strongly somebody has to have proved to the provider who they are: one of these classes"
                + " (AuthnContextClassRef), which are also asked for. Such as"
                + " urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken, or the provider's own for two factors.")
        List<String> requiredContexts,

        @Setting(value = "How far the provider's clock may be off.", defaultValue = "60s", min = 0, max = 300_000)
        Duration clockSkew,

        @Setting(
                value = "Whether people may come from the provider's own page. Then somebody can be made to sign in as"
                        + " somebody else.",
                defaultValue = "false")
        boolean idpInitiated,

        @Setting(
                value = "Whether signatures with SHA-1 count, which can be forged with effort.",
                defaultValue = "false")
        boolean allowSha1,

        @Setting(
                value = "Whether assertions may be encrypted with AES-CBC; only in responses that are signed.",
                defaultValue = "false")
        boolean allowCbc,

        @Setting("What becomes of those who sign in.") Directory users)
        implements AuthenticationSettings.Provider {
    /** How requests get to the provider. */
    public enum RequestBinding {
        /** In the address. */
        REDIRECT,
        /** In a form. */
        POST
    }

    /** Refuses what could not be verified, or only in the clear. */
    public SamlSignIn {
        AuthenticationSettings.checkProviderName(provider);
        requiredContexts = List.copyOf(requiredContexts);
        RequiredAssurance.check("required_contexts", requiredContexts);
        if (entityId.isBlank() || entityId.length() > ExternalPerson.ISSUER_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "entity_id has 1 to " + ExternalPerson.ISSUER_LENGTH_MAX + " characters");
        }
        long sources = Stream.of(ssoUrl, metadataPath, metadataUrl)
                .filter(Optional::isPresent)
                .count();
        if (sources != 1 || ssoUrl.isPresent() != certificatePath.isPresent()) {
            throw new IllegalArgumentException(
                    "say where the provider is by one of metadata_url, metadata_path, or sso_url"
                            + " with certificate_path");
        }
        if (logoutUrl.isPresent() && ssoUrl.isEmpty()) {
            throw new IllegalArgumentException("logout_url goes with sso_url; metadata has an address of its own");
        }
        if (ownKey.isPresent() != ownCertificatePath.isPresent()) {
            throw new IllegalArgumentException("own_key and own_certificate_path go together; give both or none");
        }
        Stream.of(ssoUrl, metadataUrl, logoutUrl).flatMap(Optional::stream).forEach(address -> {
            if (!Fetcher.isSecure(address) || address.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "sso_url, logout_url and metadata_url must be https addresses, but for this machine");
            }
        });
    }
}
