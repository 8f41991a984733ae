package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import dev.gantry.saml.OwnKey;
import dev.gantry.saml.Saml;
import dev.gantry.saml.SamlSettings;
import dev.gantry.saml.Vouched;
import dev.gantry.signin.AuthenticationSettings;
import dev.gantry.signin.ExternalPerson;
import dev.gantry.signin.SamlSignIn;
import dev.gantry.signin.Session;
import dev.gantry.signin.SignIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The providers of SAML, as the configuration names them.
 *
 * @param saml asks and believes them
 * @param entries what is configured, by name
 */
record SamlWiring(Saml saml, Map<String, SamlSignIn> entries) {
    private static final String VERIFIED = "email_verified";

    static SamlWiring open(AuthenticationSettings authentication, SignIn signIn, Clock clock) {
        Map<String, SamlSignIn> entries = new LinkedHashMap<>();
        authentication.samlProviders().forEach(entry -> entries.put(entry.provider(), entry));
        List<SamlSettings> settings =
                entries.values().stream().map(SamlWiring::settings).toList();
        return new SamlWiring(Saml.open(settings, signIn::fetch, clock, System::nanoTime), entries);
    }

    /** Says what is wrong with files that the configuration names. */
    static void check(AuthenticationSettings authentication, Complaints complaints) {
        for (SamlSignIn entry : authentication.samlProviders()) {
            try {
                settings(entry);
            } catch (GantryException unusable) {
                complaints.add("authentication", String.valueOf(unusable.getMessage()));
            }
            List.of(entry.certificatePath(), entry.metadataPath()).stream()
                    .flatMap(Optional::stream)
                    .filter(file -> !Files.isReadable(file))
                    .forEach(file -> complaints.add(
                            "authentication",
                            "the provider '" + entry.provider() + "' needs the file " + file
                                    + ", which cannot be read"));
        }
    }

    private static SamlSettings settings(SamlSignIn entry) {
        return new SamlSettings(
                entry.provider(),
                entry.entityId(),
                source(entry),
                entry.idpEntityId(),
                entry.ownKey().map(key -> ownKey(entry, key)),
                switch (entry.requestBinding()) {
                    case REDIRECT -> SamlSettings.Binding.REDIRECT;
                    case POST -> SamlSettings.Binding.POST;
                },
                entry.nameIdFormat(),
                entry.subjectAttribute(),
                entry.requiredContexts(),
                entry.clockSkew(),
                entry.idpInitiated(),
                entry.allowSha1(),
                entry.allowCbc());
    }

    private static SamlSettings.Source source(SamlSignIn entry) {
        if (entry.metadataUrl().isPresent()) {
            return new SamlSettings.MetadataAddress(entry.metadataUrl().get());
        }
        return entry.metadataPath()
                .<SamlSettings.Source>map(SamlSettings.MetadataFile::new)
                .orElseGet(() -> new SamlSettings.Written(
                        entry.ssoUrl().orElseThrow(),
                        entry.logoutUrl(),
                        entry.certificatePath().orElseThrow()));
    }

    private static OwnKey ownKey(SamlSignIn entry, Secret key) {
        Path file = entry.ownCertificatePath().orElseThrow();
        try {
            return OwnKey.read(key.reveal(), Files.readAllBytes(file));
        } catch (IOException | IllegalArgumentException unusable) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "own_key and own_certificate_path (" + file + ") of the provider '" + entry.provider()
                            + "' cannot be used: " + unusable.getMessage(),
                    unusable);
        }
    }

    String label(String name) {
        return entry(name).label().orElse(name);
    }

    SamlSignIn entry(String name) {
        SamlSignIn entry = entries.get(name);
        if (entry == null) {
            throw new GantryException(ErrorCode.NOT_FOUND, "There is no such identity provider");
        }
        return entry;
    }

    /**
     * Returns who somebody is for whom a provider vouches. SAML has no word for an address being verified: where the provider
     * sends no such attribute, the operator's trust in its addresses says it.
     */
    ExternalPerson person(String name, Vouched vouched) {
        SamlSignIn entry = entry(name);
        ObjectNode claims = vouched.claims();
        var mapping = entry.users().mapping();
        boolean silent = mapping.addressVerified().isEmpty() && !claims.has(VERIFIED);
        if (silent && entry.users().trustAddresses()) {
            claims.put(VERIFIED, true);
        }
        return SignIn.person(name, issuer(name, vouched.issuer()), claims, mapping);
    }

    /** Returns by which issuer the people of a provider are known here, who calls itself something. */
    String issuer(String name, String entityId) {
        return ExternalPerson.samlIssuer(entityId, entry(name).subjectAttribute());
    }

    /** Returns where a browser signs out of the provider that a session came from; null if nowhere. */
    @Nullable
    String leave(Session session) {
        var origin = session.origin();
        String subject = origin == null ? null : origin.subject();
        if (origin == null || subject == null || !entries.containsKey(session.provider())) {
            return null;
        }
        return saml.leave(session.provider(), subject, origin.session())
                .map(departure -> String.valueOf(departure.location()))
                .orElse(null);
    }
}
