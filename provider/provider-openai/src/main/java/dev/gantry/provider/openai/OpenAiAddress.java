package dev.gantry.provider.openai;

import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where the endpoints are. Azure has two forms: the newer {@code /openai/v1}, which is like OpenAI's own, and with an
 * {@code api-version} the older one, where the path names the deployment.
 *
 * @param base the address below which the paths lie
 * @param deploymentsVersion the {@code api-version} of Azure's older form; empty for all others
 */
record OpenAiAddress(URI base, Optional<String> deploymentsVersion) {
    private static final URI OPENAI = URI.create("https://api.openai.com/v1");
    private static final String OPENAI_HOST = "api.openai.com";

    static OpenAiAddress of(ProviderSettings settings) {
        URI given = settings.baseUrl().orElse(OPENAI);
        if (settings.type() != ProviderType.AZURE) {
            return new OpenAiAddress(given, Optional.empty());
        }
        String text = withoutSuffix(withoutSuffix(withoutSuffix(given.toString(), "/"), "/openai/v1"), "/openai");
        return settings.apiVersion().isPresent()
                ? new OpenAiAddress(URI.create(text + "/openai"), settings.apiVersion())
                : new OpenAiAddress(URI.create(text + "/openai/v1"), Optional.empty());
    }

    /** Returns whether requests must name the model in their path. */
    boolean namesModelInPath() {
        return deploymentsVersion.isPresent();
    }

    /** Returns the path for chats with a model. */
    String chatPath(String model) {
        return deploymentsVersion
                .map(version -> "/deployments/" + encoded(model) + "/chat/completions?api-version=" + encoded(version))
                .orElse("/chat/completions");
    }

    /** Returns the path for vectors of a model. */
    String embeddingsPath(String model) {
        return deploymentsVersion
                .map(version -> "/deployments/" + encoded(model) + "/embeddings?api-version=" + encoded(version))
                .orElse("/embeddings");
    }

    /** Returns the path for responses; Azure's older form has none. */
    String responsesPath() {
        return "/responses";
    }

    /** Returns the path of the list of models. */
    String modelsPath() {
        return deploymentsVersion
                .map(version -> "/models?api-version=" + encoded(version))
                .orElse("/models");
    }

    /** Returns whether this is OpenAI itself. */
    boolean isOpenAi() {
        return OPENAI_HOST.equalsIgnoreCase(base.getHost());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String withoutSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }
}
