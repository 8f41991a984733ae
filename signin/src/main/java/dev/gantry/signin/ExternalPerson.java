package dev.gantry.signin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody for whom an identity provider vouches.
 *
 * @param provider the provider's name in the configuration
 * @param issuer who vouches, by the name that it gives itself: the issuer of a token, or
 *     {@link #samlIssuer}
 * @param subject who it is there, for ever
 * @param name the e-mail address of a user, or the name of a service account
 * @param addressVerified whether the provider says that the address is verified to be this person's
 * @param displayName for people to read; may be empty
 * @param organization the name of the organization that the provider puts them into; null if the configuration does
 * @param groups as the provider names them
 * @param statedAt when the provider said all this; null if it does not say, so that nobody can tell whether it still holds
 */
public record ExternalPerson(
        String provider,
        String issuer,
        String subject,
        String name,
        boolean addressVerified,
        String displayName,
        @Nullable String organization,
        List<String> groups,
        @Nullable Instant statedAt) {
    static final int ISSUER_LENGTH_MAX = 500;
    static final int SUBJECT_LENGTH_MAX = 255;

    private static final String SAML = "saml:";

    /**
     * Copies the groups.
     *
     * @throws IllegalArgumentException if issuer or subject is empty or longer than 500 or 255 characters
     */
    public ExternalPerson {
        if (issuer.isEmpty() || issuer.length() > ISSUER_LENGTH_MAX) {
            throw new IllegalArgumentException("an issuer has 1 to " + ISSUER_LENGTH_MAX + " characters");
        }
        if (subject.isEmpty() || subject.length() > SUBJECT_LENGTH_MAX) {
            throw new IllegalArgumentException("a subject has 1 to " + SUBJECT_LENGTH_MAX + " characters");
        }
        groups = List.copyOf(groups);
    }

    /**
     * Returns the issuer of those for whom a provider vouches by SAML. Products give themselves one name for SAML and OpenID
     * Connect, and mean other subjects by each, some of which people choose; so the protocol is part of the issuer, and what
     * the subject is taken from.
     *
     * @param entityId what the provider calls itself
     * @param attribute what says who somebody is; the name identifier without it
     */
    public static String samlIssuer(String entityId, Optional<String> attribute) {
        return SAML + entityId + attribute.map(name -> " by " + name).orElse("");
    }

    /** Returns whether an issuer is one of {@link #samlIssuer}. */
    static boolean isSaml(String issuer) {
        return issuer.startsWith(SAML);
    }

    /** Returns whether the provider could sign people in before issuers were written down, which none of SAML could. */
    boolean mayBeFormer() {
        return !isSaml(issuer);
    }
}
