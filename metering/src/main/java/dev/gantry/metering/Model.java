package dev.gantry.metering;

import dev.gantry.kernel.TokenUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that callers can ask for.
 *
 * @param name canonical name, unique in its catalog
 * @param provider name of the configured provider that serves it
 * @param upstreamName what that provider calls it
 * @param prices what its tokens cost
 * @param contextTokens prompt and answer together, in tokens; 0 when nobody has said
 * @param outputTokensMax longest answer in tokens; 0 when nobody has said
 * @param fallbacks names or aliases of models to try instead when this one fails, best first
 * @param tier the kind of task it is made for
 * @param aliases further names under which it is found
 * @param longPrompt other prices for long prompts; null when length does not matter
 * @param region where it runs, when that differs from its provider; null otherwise
 */
public record Model(
        String name,
        String provider,
        String upstreamName,
        Prices prices,
        int contextTokens,
        int outputTokensMax,
        List<String> fallbacks,
        Tier tier,
        List<String> aliases,
        @Nullable LongPrompt longPrompt,
        @Nullable String region) {
    /** Longest name, alias or upstream name, in characters. */
    public static final int NAME_LENGTH_MAX = 200;

    /** Copies the lists and refuses names that could not be written in a file, a URL or a log line. */
    public Model {
        requireName("name", name);
        requireName("provider", provider);
        requireName("upstream name", upstreamName);
        if (provider.indexOf('/') >= 0) {
            throw new IllegalArgumentException("The name of a provider holds no '/': " + provider);
        }
        if (contextTokens < 0 || outputTokensMax < 0) {
            throw new IllegalArgumentException("Token bounds of model '" + name + "' must not be negative");
        }
        fallbacks = List.copyOf(fallbacks);
        aliases = List.copyOf(aliases);
        aliases.forEach(alias -> requireName("alias", alias));
    }

    /** A model whose prices do not depend on the length of the prompt. */
    public Model(
            String name,
            String provider,
            String upstreamName,
            Prices prices,
            int contextTokens,
            int outputTokensMax,
            List<String> fallbacks,
            Tier tier,
            List<String> aliases) {
        this(
                name,
                provider,
                upstreamName,
                prices,
                contextTokens,
                outputTokensMax,
                fallbacks,
                tier,
                aliases,
                null,
                null);
    }

    /** Returns the name that is unique across providers: {@code provider/upstream-name}. */
    public String qualifiedName() {
        return provider + "/" + upstreamName;
    }

    /** Returns the prices that apply to one request. */
    public Prices pricesFor(TokenUsage usage) {
        return longPrompt != null && usage.prompt() > longPrompt.abovePromptTokens() ? longPrompt.prices() : prices;
    }

    static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= NAME_LENGTH_MAX
                && text.chars().allMatch(character -> character > ' ' && character < 0x7F && character != '"');
    }

    private static void requireName(String what, String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException("The " + what + " of a model must be 1 to " + NAME_LENGTH_MAX
                    + " printable ASCII characters without spaces and quotes");
        }
    }
}
