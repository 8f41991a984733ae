package dev.gantry.signin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
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
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if they cannot be believed
     */
    static Optional<ExternalPerson> person(String provider, String issuer, ObjectNode claims, MappingSettings mapping) {
        String subject = claims.path("sub").textValue();
        if (subject == null || subject.isEmpty() || subject.length() > ExternalPerson.SUBJECT_LENGTH_MAX) {
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
        String verified = mapping.verification()
                .map(claim -> at(claims, claim))
                .filter(said -> !said.isMissingNode())
                .map(said -> said.asText(""))
                .orElse(null);
        if (user != null && verified != null && !verified.equals("true")) {
            throw refused(
                    "The identity provider says that the e-mail address of this user is not verified; verify it there,"
                            + " and sign in again");
        }
        requireGroups(claims, mapping.groups());
        String display = text(claims, mapping.displayName());
        return Optional.of(new ExternalPerson(
                provider,
                issuer,
                subject,
                name,
                verified != null,
                display == null ? "" : display,
                organization(claims, mapping),
                groups(claims, mapping.groups()),
                TokenVerifier.time(claims, "iat")));
    }

    /** A provider that leaves out groups since there are too many must not be taken to say that there are none. */
    private static void requireGroups(ObjectNode claims, String path) {
        boolean elsewhere = claims.path("_claim_names").has(path)
                || claims.path("hasgroups").asBoolean(false);
        if (elsewhere && at(claims, path).isMissingNode()) {
            throw refused("The identity provider left out the groups of this user because there are too many; an"
                    + " administrator has to let it send those only that are assigned to Gantry");
        }
    }

    /** Returns whether claims say in which groups somebody is, or that these were left out. */
    static boolean tellsGroups(ObjectNode claims, MappingSettings mapping) {
        return !at(claims, mapping.groups()).isMissingNode()
                || claims.path("_claim_names").has(mapping.groups())
                || claims.path("hasgroups").asBoolean(false);
    }

    private static GantryException refused(String why) {
        return new GantryException(ErrorCode.UNAUTHENTICATED, why);
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
        if (node.isArray()) {
            node.forEach(one -> {
                if (one.isTextual()) {
                    groups.add(one.textValue());
                }
            });
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
