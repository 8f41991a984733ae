package dev.gantry.signin;

import dev.gantry.config.ChosenBy;
import dev.gantry.config.Kind;
import dev.gantry.config.Setting;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The section {@code authentication}: how callers prove who they are.
 *
 * @param providers API keys in the usual header when there are none
 * @param session how long somebody stays signed in
 */
public record AuthenticationSettings(
        @Setting("How callers may prove who they are.") List<Provider> providers,

        @Setting("How long somebody who signed in stays so.")
        SessionSettings session) {
    /** The header that carries a key when none is configured. */
    public static final String HEADER_DEFAULT = "X-API-Key";

    /** Refuses the same kind twice. */
    public AuthenticationSettings {
        providers = List.copyOf(providers);
        if (providers.stream().filter(ApiKeys.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("the provider 'api_key' is listed twice; keep one");
        }
    }

    /** API keys in the usual header. */
    public static AuthenticationSettings defaults() {
        return new AuthenticationSettings(List.of(), SessionSettings.defaults());
    }

    /** Returns the same with other limits of sessions. */
    public AuthenticationSettings with(SessionSettings other) {
        return new AuthenticationSettings(providers, other);
    }

    /** Returns the header that carries an API key, beside {@code Authorization: Bearer}, which always may. */
    public String apiKeyHeader() {
        return providers.stream()
                .filter(ApiKeys.class::isInstance)
                .map(provider -> ((ApiKeys) provider).header())
                .findFirst()
                .orElse(HEADER_DEFAULT);
    }

    /** One way to prove who one is. */
    @ChosenBy("type")
    public sealed interface Provider {}

    /**
     * API keys.
     *
     * @param header the request header that carries the key
     * @param validation where keys are looked up
     */
    @Kind("api_key")
    public record ApiKeys(
            @Setting(value = "The request header that carries the key.", defaultValue = HEADER_DEFAULT)
            String header,

            @Setting(value = "Where keys are looked up; only the database.", defaultValue = "database")
            Validation validation)
            implements Provider {
        private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
        private static final Set<String> TAKEN = Set.of(
                "authorization", "host", "cookie", "content-type", "content-length", "connection", "transfer-encoding");

        /** Refuses what cannot be the name of a header, and headers with a meaning of their own. */
        public ApiKeys {
            if (!TOKEN.matcher(header).matches() || TAKEN.contains(header.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("'" + header + "' cannot be the header of API keys; use "
                        + HEADER_DEFAULT + " (Authorization: Bearer is read in any case)");
            }
        }
    }

    /** Where API keys are looked up. */
    public enum Validation {
        /** In Gantry's own database. */
        DATABASE
    }
}
