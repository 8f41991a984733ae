package dev.gantry.signin;

import dev.gantry.config.ChosenBy;
import dev.gantry.config.Kind;
import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The section {@code authentication}: how callers prove who they are.
 *
 * @param providers API keys in the usual header when there are none
 * @param session how long somebody stays signed in
 * @param provider that people sign in by {@code saml}, as the FixOps overlay says it
 * @param saml one more provider, as the FixOps overlay says it
 */
public record AuthenticationSettings(
        @Setting("How callers may prove who they are.") List<Provider> providers,

        @Setting("How long somebody who signed in stays so.")
        SessionSettings session,

        @Setting("What the FixOps overlay says of the section saml: that people sign in by it. The others stay.")
        Optional<OverlayProvider> provider,

        @Setting("One provider of SAML, as in the FixOps overlay; the same as an entry of providers of type saml.")
        Optional<SamlSignIn> saml) {
    /** The header that carries a key when none is configured. */
    public static final String HEADER_DEFAULT = "X-API-Key";

    private static final Pattern PROVIDER_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    /** Refuses keys twice, and two providers of one name. */
    public AuthenticationSettings {
        providers = List.copyOf(providers);
        if (providers.stream().filter(ApiKeys.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("the provider 'api_key' is listed twice; keep one");
        }
        if (providers.stream().filter(MtlsSettings.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("the provider 'mtls' is listed twice; one can have all ca_files");
        }
        if (provider.isPresent() && saml.isEmpty()) {
            throw new IllegalArgumentException(
                    "provider is saml, and there is no section saml; add one, or remove the line");
        }
        Set<String> names = new HashSet<>();
        List<Provider> all = new ArrayList<>(providers);
        saml.ifPresent(all::add);
        for (Provider each : all) {
            String name = name(each);
            if (!names.add(name)) {
                throw new IllegalArgumentException("two providers are called '" + name + "'; name one otherwise");
            }
        }
        all.forEach(each -> requireOthers(each, names));
    }

    /** Providers and sessions alone. */
    public AuthenticationSettings(List<Provider> providers, SessionSettings session) {
        this(providers, session, Optional.empty(), Optional.empty());
    }

    /** Returns every provider of SAML. */
    public List<SamlSignIn> samlProviders() {
        return Stream.concat(
                        providers.stream().filter(SamlSignIn.class::isInstance).map(SamlSignIn.class::cast),
                        saml.stream())
                .toList();
    }

    private static String name(Provider provider) {
        return switch (provider) {
            case ApiKeys keys -> SignIn.API_KEY;
            case Jwt jwt -> jwt.provider();
            case OAuth2 oauth -> oauth.provider();
            case SamlSignIn signIn -> signIn.provider();
            case MtlsSettings mtls -> mtls.provider();
        };
    }

    /** Of one provider, who has another's address by now is somebody else. */
    private static void requireOthers(Provider provider, Set<String> names) {
        Set<String> others = new TreeSet<>(names);
        others.remove(name(provider));
        for (String other : users(provider).map(Directory::samePeopleAs).orElse(List.of())) {
            if (!others.contains(other)) {
                throw new IllegalArgumentException("same_people_as of '" + name(provider) + "' names '"
                        + Text.shorten(other, 40) + "', which is no other provider here; there are " + others);
            }
        }
    }

    private static Optional<Directory> users(Provider provider) {
        return switch (provider) {
            case ApiKeys keys -> Optional.empty();
            case Jwt jwt -> Optional.of(jwt.users());
            case OAuth2 oauth -> Optional.of(oauth.users());
            case SamlSignIn signIn -> Optional.of(signIn.users());
            case MtlsSettings mtls -> Optional.empty();
        };
    }

    /** Returns whether an issuer is that of a provider; of one of SAML as far as the configuration can tell. */
    boolean isIssuer(String provider, String issuer) {
        return all().anyMatch(each -> switch (each) {
            case ApiKeys keys -> false;
            case Jwt jwt -> jwt.provider().equals(provider) && jwt.issuer().equals(issuer);
            case OAuth2 oauth ->
                oauth.provider().equals(provider) && oauth.issuer().toString().equals(issuer);
            case SamlSignIn signIn -> signIn.provider().equals(provider) && ExternalPerson.isSaml(issuer);
            case MtlsSettings mtls -> false;
        });
    }

    private Stream<Provider> all() {
        return Stream.concat(providers.stream(), saml.stream());
    }

    /** API keys in the usual header. */
    public static AuthenticationSettings defaults() {
        return new AuthenticationSettings(List.of(), SessionSettings.defaults());
    }

    /** Returns the same with other limits of sessions. */
    public AuthenticationSettings with(SessionSettings other) {
        return new AuthenticationSettings(providers, other, provider, saml);
    }

    /** Returns the header that carries an API key, beside {@code Authorization: Bearer}, which always may. */
    public String apiKeyHeader() {
        return providers.stream()
                .filter(ApiKeys.class::isInstance)
                .map(provider -> ((ApiKeys) provider).header())
                .findFirst()
                .orElse(HEADER_DEFAULT);
    }

    /** Returns how client certificates are known; empty if they are not asked for. */
    public Optional<MtlsSettings> mtls() {
        return providers.stream()
                .filter(MtlsSettings.class::isInstance)
                .map(MtlsSettings.class::cast)
                .findFirst();
    }

    /** One way to prove who one is. */
    @ChosenBy("type")
    public sealed interface Provider permits ApiKeys, Jwt, OAuth2, SamlSignIn, MtlsSettings {}

    /** What the FixOps overlay knows. */
    public enum OverlayProvider {
        /** Section {@code saml}. */
        SAML
    }

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

    /**
     * Tokens that somebody else issues and signs, presented like API keys.
     *
     * @param issuer the value of {@code iss}, to the letter
     * @param audience the value of {@code aud} that means this server
     * @param jwksUri where the issuer's public keys are
     * @param provider its name here
     * @param algorithms the signatures that count
     * @param clockSkew how wrong the clocks may be
     * @param users what becomes of those whom tokens name
     */
    @Kind("jwt")
    public record Jwt(
            @Setting("The issuer, exactly as in the tokens.")
            String issuer,

            @Setting("The audience that means this server, exactly as in the tokens.")
            String audience,

            @Setting("Where the issuer's public keys are; https, but for this machine.")
            URI jwksUri,

            @Setting(value = "The name of the provider here.", defaultValue = "jwt")
            String provider,

            @Setting(
                    value = "The signatures that count, whatever a token says.",
                    defaultValue = "[RS256, PS256, ES256]")
            List<String> algorithms,

            @Setting(value = "How far the issuer's clock may be off.", defaultValue = "60s", min = 0, max = 300_000)
            Duration clockSkew,

            @Setting("What becomes of those whom tokens name.")
            Directory users)
            implements Provider {
        /** Refuses what could not be verified, or only in the clear. */
        public Jwt {
            algorithms = List.copyOf(algorithms);
            checkProvider(provider, algorithms);
            if (issuer.isBlank() || audience.isBlank()) {
                throw new IllegalArgumentException("issuer and audience must not be empty");
            }
            checkIssuer(issuer);
            if (!Fetcher.isSecure(jwksUri)) {
                throw new IllegalArgumentException("jwks_uri must be an https address");
            }
        }
    }

    /**
     * Signing in by OpenID Connect.
     *
     * @param clientId how the provider knows this server
     * @param issuer where the provider describes itself, under {@code /.well-known/openid-configuration}
     * @param provider its name here, part of the redirect address
     * @param clientSecret what proves to the provider that it is this server; absent for public clients
     * @param label what people read on the button
     * @param scopes what is asked for; {@code openid} always is
     * @param algorithms the signatures that count
     * @param clockSkew how wrong the clocks may be
     * @param recheckInterval how often the provider is asked whether a session still holds
     * @param requiredAcr classes of the authentication context of which the provider has to name one
     * @param requiredAmr means of a proof of which one has to have been used
     * @param users what becomes of those who sign in
     */
    @Kind("oauth2")
    public record OAuth2(
            @Setting("How the provider knows this server.") String clientId,

            @Setting("The provider's issuer; https, but for this machine.")
            URI issuer,

            @Setting(value = "The name of the provider here, part of the redirect address.", defaultValue = "oidc")
            String provider,

            @Setting("What proves to the provider that it is this server; a public client has none.")
            Optional<Secret> clientSecret,

            @Setting("What people read on the button; the provider's name without it.")
            Optional<String> label,

            @Setting(value = "What is asked for.", defaultValue = "[openid, email, profile]")
            List<String> scopes,

            @Setting(
                    value = "The signatures that count, whatever a token says.",
                    defaultValue = "[RS256, PS256, ES256]")
            List<String> algorithms,

            @Setting(value = "How far the provider's clock may be off.", defaultValue = "60s", min = 0, max = 300_000)
            Duration clockSkew,

            @Setting(
                    value =
                            "How often the provider is asked whether a session that is in use still holds, and who is in which"
                                    + " group; only where it gives refresh tokens, for which most want the scope offline_access.",
                    defaultValue = "10m",
                    min = 60_000,
                    max = 24L * 60 * 60 * 1000)
            Duration recheckInterval,

            @Setting(
                    "What the provider has to say of how strongly somebody proved who they are (acr): one of these, which are"
                            + " also asked for. Such as the value by which it names two factors.")
            List<String> requiredAcr,

            @Setting(
                    "What the provider has to say of the means of that proof (amr): one of these, such as mfa. Nothing asks"
                            + " for it; the provider has to require it.")
            List<String> requiredAmr,

            @Setting("What becomes of those who sign in.") Directory users)
            implements Provider {
        /** Refuses what could not be verified, or only in the clear. */
        public OAuth2 {
            algorithms = List.copyOf(algorithms);
            scopes = List.copyOf(scopes);
            requiredAcr = List.copyOf(requiredAcr);
            requiredAmr = List.copyOf(requiredAmr);
            RequiredAssurance.check("required_acr", requiredAcr);
            RequiredAssurance.check("required_amr", requiredAmr);
            checkProvider(provider, algorithms);
            checkIssuer(issuer.toString());
            if (!Fetcher.isSecure(issuer) || issuer.getRawQuery() != null || issuer.getRawFragment() != null) {
                throw new IllegalArgumentException("issuer must be an https address without query");
            }
            if (!scopes.contains("openid")) {
                throw new IllegalArgumentException("scopes must contain openid, or the provider says nobody's name");
            }
        }

        /** Returns how strongly people have to prove there who they are. */
        RequiredAssurance requiredAssurance() {
            return new RequiredAssurance(requiredAcr, requiredAmr);
        }
    }

    private static void checkIssuer(String issuer) {
        if (issuer.length() > ExternalPerson.ISSUER_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "issuer is longer than " + ExternalPerson.ISSUER_LENGTH_MAX + " characters");
        }
    }

    static void checkProviderName(String name) {
        if (!PROVIDER_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "provider must be 1 to 31 small letters, digits and '-', as it is part of addresses");
        }
    }

    private static void checkProvider(String name, List<String> algorithms) {
        checkProviderName(name);
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("algorithms must name at least one");
        }
        Algorithm.named(algorithms);
    }

    /** Where API keys are looked up. */
    public enum Validation {
        /** In Gantry's own database. */
        DATABASE
    }
}
