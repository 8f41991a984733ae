package dev.gantry.saml;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody for whom a provider vouches, as an assertion that was verified says.
 *
 * @param issuer who vouches: the provider's entity id, or where people sign in there if that is not configured
 * @param subject who it is there, for ever
 * @param issuedAt when it was said
 * @param provenAt when they last proved to the provider who they are; null if it does not say
 * @param context how they did: the class of the authentication context; null if the provider does not name it
 * @param attributes what else is said, by name
 * @param session the provider's name of the session; null if it gives none
 * @param sessionEndsAt when the session is to end; null if the provider leaves that to us
 * @param assertion the id, which counts once
 * @param assertionEndsAt until when it would count
 */
public record Vouched(
        String issuer,
        String subject,
        Instant issuedAt,
        @Nullable Instant provenAt,
        @Nullable String context,
        Map<String, List<String>> attributes,
        @Nullable String session,
        @Nullable Instant sessionEndsAt,
        String assertion,
        Instant assertionEndsAt) {
    /** What the products call the same thing that OpenID Connect calls {@code email}, {@code name} and {@code groups}. */
    private static final Map<String, List<String>> ALIASES = Map.of(
            "email",
            List.of(
                    "mail",
                    "Email",
                    "emailAddress",
                    "urn:oid:0.9.2342.19200300.100.1.3",
                    "urn:oid:1.2.840.113549.1.9.1",
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"),
            "name",
            List.of(
                    "displayName",
                    "urn:oid:2.16.840.1.113730.3.1.241",
                    "http://schemas.microsoft.com/identity/claims/displayname",
                    "cn",
                    "urn:oid:2.5.4.3"),
            "groups",
            List.of(
                    "memberOf",
                    "isMemberOf",
                    "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
                    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
                    "http://schemas.xmlsoap.org/claims/Group"));

    /** What Microsoft's provider sends in the place of groups when there are too many. */
    private static final String TOO_MANY_GROUPS = "http://schemas.microsoft.com/claims/groups.link";

    /** Copies the attributes. */
    public Vouched {
        attributes = Map.copyOf(attributes);
    }

    /**
     * Returns the attributes as claims: {@code sub}, and each by its own name, with several values as a list. {@code email},
     * {@code name} and {@code groups} are also found under the names that the usual products give them.
     */
    public ObjectNode claims() {
        ObjectNode claims = Json.object();
        attributes.forEach((name, values) -> put(claims, name, values));
        ALIASES.forEach((name, others) -> {
            if (!claims.has(name)) {
                others.stream()
                        .filter(attributes::containsKey)
                        .findFirst()
                        .ifPresent(other -> put(claims, name, attributes.getOrDefault(other, List.of())));
            }
        });
        if (attributes.containsKey(TOO_MANY_GROUPS)) {
            claims.put("hasgroups", true);
        }
        return claims.put("sub", subject).put("iat", issuedAt.getEpochSecond());
    }

    private static void put(ObjectNode claims, String name, List<String> values) {
        if (values.size() == 1) {
            claims.put(name, values.getFirst());
        } else {
            ArrayNode several = claims.putArray(name);
            values.forEach(several::add);
        }
    }
}
