package dev.gantry.signin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads from verified claims who somebody is, by the configuration's mapping. */
final class ClaimsReader {
    private static final int TEXT_LENGTH_MAX = 255;

    private ClaimsReader() {}

    /**
     * Returns who the claims speak of; empty if they name nobody.
     *
     * @throws dev.gantry.kernel.GantryException if they cannot be believed
     */
    static Optional<ExternalPerson> person(String provider, ObjectNode claims, MappingSettings mapping) {
        String subject = claims.path("sub").textValue();
        if (subject == null || subject.isEmpty() || subject.length() > TEXT_LENGTH_MAX) {
            throw TokenVerifier.refused();
        }
        String user = text(claims, mapping.user());
        boolean isAddress = user != null && user.indexOf('@') > 0;
        String name = isAddress
                ? user
                : mapping.serviceAccount()
                        .map(claim -> text(claims, claim))
                        .filter(account -> account.indexOf('@') < 0)
                        .orElse(null);
        if (name == null) {
            return Optional.empty();
        }
        boolean unverified = mapping.user().equals("email")
                && claims.has("email_verified")
                && !claims.path("email_verified").asText("").equals("true");
        if (user != null && unverified) {
            throw TokenVerifier.refused();
        }
        String display = text(claims, mapping.displayName());
        return Optional.of(new ExternalPerson(
                provider,
                subject,
                name,
                display == null ? "" : display,
                organization(claims, mapping),
                groups(claims, mapping.groups())));
    }

    private static @Nullable String text(ObjectNode claims, String path) {
        String text = at(claims, path).textValue();
        return text == null || text.isBlank() || text.length() > TEXT_LENGTH_MAX ? null : text.strip();
    }

    private static @Nullable String organization(ObjectNode claims, MappingSettings mapping) {
        String claim = mapping.organization().orElse(null);
        if (claim == null) {
            return null;
        }
        String name = text(claims, claim);
        if (name == null) {
            throw TokenVerifier.refused();
        }
        return name;
    }

    private static List<String> groups(ObjectNode claims, String path) {
        JsonNode node = at(claims, path);
        List<String> groups = new ArrayList<>();
        if (node.isTextual()) {
            groups.add(node.textValue());
        }
        for (JsonNode one : node) {
            if (one.isTextual()) {
                groups.add(one.textValue());
            }
        }
        return groups;
    }

    /** A claim may itself have dots in its name. */
    private static JsonNode at(ObjectNode claims, String path) {
        JsonNode whole = claims.get(path);
        if (whole != null) {
            return whole;
        }
        JsonNode node = claims;
        for (String step : path.split("\\.")) {
            node = node.path(step);
        }
        return node;
    }
}
