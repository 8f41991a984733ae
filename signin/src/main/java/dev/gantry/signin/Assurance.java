package dev.gantry.signin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How strongly somebody proved who they are, in the words of whoever saw it.
 *
 * @param acr the class of the authentication context, which each provider names its own way, 1 to 255 characters; null if
 *     it names none
 * @param amr the means of the proof, such as {@code pwd}, {@code otp}, {@code mfa} (RFC 8176); empty if it names none
 */
public record Assurance(@Nullable String acr, List<String> amr) {
    /** Nobody said anything. */
    public static final Assurance UNKNOWN = new Assurance(null, List.of());

    private static final int TEXT_LENGTH_MAX = 255;
    private static final int MEANS_MAX = 20;

    /**
     * Copies the means, the leading twenty of them. What is longer than 255 characters counts as not said: nobody requires it.
     */
    public Assurance {
        acr = isUsable(acr) ? acr : null;
        amr = amr.stream().filter(Assurance::isUsable).limit(MEANS_MAX).toList();
    }

    private static boolean isUsable(@Nullable String text) {
        return text != null && !text.isBlank() && text.length() <= TEXT_LENGTH_MAX;
    }

    /**
     * Returns what SAML knows of it.
     *
     * @param context the class of the authentication context; null if none is named
     */
    public static Assurance of(@Nullable String context) {
        return context == null ? UNKNOWN : new Assurance(context, List.of());
    }

    /** Reads {@code acr} and {@code amr} of verified claims. */
    static Assurance read(ObjectNode claims) {
        List<String> means = new ArrayList<>();
        JsonNode amr = claims.path("amr");
        if (amr.isTextual()) {
            means.add(amr.textValue());
        }
        amr.forEach(one -> Optional.ofNullable(one.textValue()).ifPresent(means::add));
        return new Assurance(claims.path("acr").textValue(), means);
    }
}
