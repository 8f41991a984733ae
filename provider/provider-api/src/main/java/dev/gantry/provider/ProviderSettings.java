package dev.gantry.provider;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How one provider is reached.
 *
 * @param type what it speaks
 * @param baseUrl where it is; absent for the usual address of its type
 * @param apiKey its key
 * @param apiKeySecondary the key that takes over when the first is refused
 * @param apiKeys further keys, among which calls are shared out
 * @param region where its models run
 * @param connectTimeout longest time to open a connection
 * @param timeout longest time of a whole call, where that is shorter than the gateway's own bound
 * @param idleTimeout longest silence, where that is shorter than the gateway's own bound
 * @param maxConnections most open connections
 * @param maxReplySize longest reply that is not a stream
 * @param headers further headers of every request
 * @param apiVersion version of the provider's interface
 * @param outputLimitField which name of the bound on output an OpenAI-compatible server knows
 * @param responses what an OpenAI-compatible server does with the responses interface
 * @param credentials a key of AWS with which requests are signed
 */
public record ProviderSettings(
        @Setting(
                "What the provider speaks: openai (and everything compatible), azure, anthropic, gemini, bedrock, ollama or offline.")
        ProviderType type,

        @Setting(
                "Address of the provider with the path before /chat/completions, /v1/messages or /api/chat. Without it the "
                        + "usual one of the type: https://api.openai.com/v1, https://api.anthropic.com, "
                        + "https://generativelanguage.googleapis.com, "
                        + "https://bedrock-runtime.REGION.amazonaws.com, http://127.0.0.1:11434. Required for azure.")
        Optional<URI> baseUrl,

        @Setting("Key of the provider's account; of bedrock, an API key of Bedrock. Without it requests carry no key.")
        Optional<Secret> apiKey,

        @Setting("Second key. Calls take turns among all keys of a provider; one that is refused or limited rests, and "
                + "the same request is sent again with another, so that keys are replaced without downtime.")
        Optional<Secret> apiKeySecondary,

        @Setting("Further keys, used like the second one.") List<Secret> apiKeys,

        @Setting(
                "Where its models run, such as eu or eu-west-1: what must stay in a region is only sent to providers that "
                        + "say so. A model may say otherwise. Of bedrock, the region of AWS that is called.")
        Optional<String> region,

        @Setting(value = "Longest time to open a connection.", defaultValue = "10s", min = 1, max = 300_000)
        Duration connectTimeout,

        @Setting(
                value =
                        "Longest time of a whole call. Without it, or where it is longer, the gateway's own bound holds.",
                min = 1)
        Optional<Duration> timeout,

        @Setting(
                value =
                        "Longest silence of the provider before and within an answer. Without it, or where it is longer, "
                                + "the gateway's own bound holds.",
                min = 1)
        Optional<Duration> idleTimeout,

        @Setting(
                value = "Most open connections to the provider, spread over the processors; further requests wait.",
                defaultValue = "4096",
                min = 1,
                max = 65_535)
        int maxConnections,

        @Setting(
                value = "Longest reply that is not a stream; a longer one is an error of the provider.",
                defaultValue = "64Mi",
                min = 1024,
                max = 1024 * 1024 * 1024)
        DataSize maxReplySize,

        @Setting("Further headers of every request, such as OpenAI-Organization.")
        Map<String, String> headers,

        @Setting("Version of the provider's interface. anthropic: the anthropic-version header, 2023-06-01 unless set. "
                + "gemini: the version in the path, v1beta unless set. "
                + "azure: the api-version of the deployments interface; without it requests go to /openai/v1.")
        Optional<String> apiVersion,

        @Setting(
                value = "How an OpenAI-compatible server calls the bound on generated tokens: max_tokens, "
                        + "max_completion_tokens, or auto, which takes the second for OpenAI itself and Azure.",
                defaultValue = "auto")
        OutputLimitField outputLimitField,

        @Setting(
                value =
                        "What an OpenAI-compatible server does with /v1/responses: native when it speaks that interface, "
                                + "translated when requests must become chat completions, or auto, which takes the first for "
                                + "OpenAI itself and Azure's /openai/v1.",
                defaultValue = "auto")
        ResponsesInterface responses,

        @Setting("bedrock: a key of AWS with which requests are signed, where there is no api_key.")
        Optional<AwsCredentialSettings> credentials) {

    private static final Pattern AWS_REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}");

    /** Most keys of a provider. */
    public static final int KEYS_MAX = 64;

    /** Copies the headers; refuses what can never work. */
    public ProviderSettings {
        headers = Map.copyOf(headers);
        apiKeys = List.copyOf(apiKeys);
        if (1 + apiKeys.size() + (apiKeySecondary.isPresent() ? 1 : 0) > KEYS_MAX) {
            throw new IllegalArgumentException("a provider has at most " + KEYS_MAX + " keys");
        }
        if (type == ProviderType.AZURE && baseUrl.isEmpty()) {
            throw new IllegalArgumentException(
                    "a provider of type azure needs base_url, such as https://NAME.openai.azure.com");
        }
        requireBedrock(type, baseUrl, apiKey, region, credentials);
        if (apiKey.isEmpty() && apiKeySecondary.isPresent()) {
            throw new IllegalArgumentException("api_key_secondary is set and api_key is not; set api_key first");
        }
    }

    private static void requireBedrock(
            ProviderType type,
            Optional<URI> baseUrl,
            Optional<Secret> apiKey,
            Optional<String> region,
            Optional<AwsCredentialSettings> credentials) {
        if (type != ProviderType.BEDROCK) {
            if (credentials.isPresent()) {
                throw new IllegalArgumentException(
                        "credentials belong to providers of type bedrock; others have api_key");
            }
            return;
        }
        if (apiKey.isPresent() == credentials.isPresent()) {
            throw new IllegalArgumentException(
                    "a provider of type bedrock needs either api_key (an API key of Bedrock, such as "
                            + "${AWS_BEARER_TOKEN_BEDROCK}) or credentials with access_key_id and secret_access_key");
        }
        if (region.isEmpty() && (baseUrl.isEmpty() || credentials.isPresent())) {
            throw new IllegalArgumentException(
                    "a provider of type bedrock needs region, such as eu-central-1: it is part of its address and of signatures");
        }
        if (region.isPresent() && !AWS_REGION.matcher(region.get()).matches()) {
            throw new IllegalArgumentException(
                    "region of a provider of type bedrock is the name of a region of AWS, such as eu-central-1");
        }
    }

    /** Returns the settings of a provider at its usual address with every option at its default. */
    public static ProviderSettings of(ProviderType type, Optional<URI> baseUrl, Optional<Secret> apiKey) {
        return usual(type, baseUrl, apiKey, Optional.empty());
    }

    /** Returns the settings of Bedrock in a region of AWS, with one of its API keys. */
    public static ProviderSettings bedrock(String awsRegion, Secret apiKey) {
        return usual(ProviderType.BEDROCK, Optional.empty(), Optional.of(apiKey), Optional.of(awsRegion));
    }

    private static ProviderSettings usual(
            ProviderType type, Optional<URI> baseUrl, Optional<Secret> apiKey, Optional<String> region) {
        return new ProviderSettings(
                type,
                baseUrl,
                apiKey,
                Optional.empty(),
                List.of(),
                region,
                Duration.ofSeconds(10),
                Optional.empty(),
                Optional.empty(),
                4_096,
                new DataSize(64L * 1024 * 1024),
                Map.of(),
                Optional.empty(),
                OutputLimitField.AUTO,
                ResponsesInterface.AUTO,
                Optional.empty());
    }

    /** Returns the same settings with a second key. */
    public ProviderSettings withSecondaryKey(Secret key) {
        return new ProviderSettings(
                type,
                baseUrl,
                apiKey,
                Optional.of(key),
                apiKeys,
                region,
                connectTimeout,
                timeout,
                idleTimeout,
                maxConnections,
                maxReplySize,
                headers,
                apiVersion,
                outputLimitField,
                responses,
                credentials);
    }

    /** Returns the same settings with a key of AWS in place of other keys. */
    public ProviderSettings withCredentials(String awsRegion, AwsCredentialSettings key) {
        return new ProviderSettings(
                type,
                baseUrl,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(awsRegion),
                connectTimeout,
                timeout,
                idleTimeout,
                maxConnections,
                maxReplySize,
                headers,
                apiVersion,
                outputLimitField,
                responses,
                Optional.of(key));
    }

    /** Returns all keys, the first one first. */
    public List<Secret> keys() {
        List<Secret> keys = new ArrayList<>();
        apiKey.ifPresent(keys::add);
        apiKeySecondary.ifPresent(keys::add);
        keys.addAll(apiKeys);
        return List.copyOf(keys);
    }

    /** Returns the bounds for calls. */
    public UpstreamLimits limits() {
        return new UpstreamLimits(
                connectTimeout, timeout.orElse(null), idleTimeout.orElse(null), maxConnections, maxReplySize.bytes());
    }
}
