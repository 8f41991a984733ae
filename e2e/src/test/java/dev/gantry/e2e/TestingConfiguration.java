package dev.gantry.e2e;

import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A configuration whose providers are all one simulator, and whose models each behave in one way. A model's name is that of
 * its provider and of the behaviour: {@code openai-echo}, {@code anthropic-tool}.
 */
final class TestingConfiguration {
    /** The keys that the server finds in its environment. */
    static final Map<String, String> ENVIRONMENT = Map.of(
            "TESTING_OPENAI_KEY",
            "sk-testing-openai",
            "TESTING_ANTHROPIC_KEY",
            "sk-testing-anthropic",
            "TESTING_GEMINI_KEY",
            "sk-testing-gemini",
            "TESTING_AWS_SECRET",
            "sk-testing-aws");

    /** The service account that has tier free. */
    static final String FREE_ACCOUNT = "e2e-free";

    /** Providers by the name that begins those of their models. */
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("openai", "type: openai, base_url: 'http://127.0.0.1:%d/v1', api_key: '${TESTING_OPENAI_KEY}'");
        KINDS.put("anthropic", "type: anthropic, base_url: 'http://127.0.0.1:%d', api_key: '${TESTING_ANTHROPIC_KEY}'");
        KINDS.put("impatient", "type: openai, base_url: 'http://127.0.0.1:%d/v1', idle_timeout: 700ms");
        KINDS.put("native", "type: openai, base_url: 'http://127.0.0.1:%d/v1', responses: native");
        KINDS.put("gemini", "type: gemini, base_url: 'http://127.0.0.1:%d', api_key: '${TESTING_GEMINI_KEY}'");
        KINDS.put(
                "bedrock",
                "type: bedrock, base_url: 'http://127.0.0.1:%d', region: eu-central-1, "
                        + "credentials: {access_key_id: AKIATESTING00000000, secret_access_key: '${TESTING_AWS_SECRET}'}");
        KINDS.put("ollama", "type: ollama, base_url: 'http://127.0.0.1:%d'");
    }

    /** Behaviours after which the provider is not asked again for a while. */
    private static final Set<String> LIMITING = Set.of("limited", "briefly", "locked");

    /** Behaviours in the words of the simulator. */
    private static final Map<String, String> BEHAVIOURS = new LinkedHashMap<>();

    static {
        BEHAVIOURS.put("echo", "");
        BEHAVIOURS.put("words", "chunks=20,pace=2ms");
        BEHAVIOURS.put("endless", "chunks=5000,pace=10ms");
        BEHAVIOURS.put("slow", "text=done,delay=1500ms");
        BEHAVIOURS.put("tool", "tool=first,arguments={\"city\":\"Paris\"}");
        BEHAVIOURS.put("tools", "");
        BEHAVIOURS.put("json", "text={\"city\":\"Paris\"}");
        BEHAVIOURS.put("counted", "text=ok,input=100,cached=40,reasoning=7");
        BEHAVIOURS.put("uncounted", "text=some answer without numbers,usage=no");
        BEHAVIOURS.put("limited", "fault=status,status=429,type=rate_limit_error,retry_after=7");
        BEHAVIOURS.put("briefly", "fault=status,status=429,type=rate_limit_error,retry_after=1");
        BEHAVIOURS.put("locked", "fault=status,status=401,type=authentication_error");
        BEHAVIOURS.put("rejecting", "fault=status,status=400,type=invalid_request_error");
        BEHAVIOURS.put("failing", "fault=status,status=500,type=server_error");
        BEHAVIOURS.put("closing", "fault=close");
        BEHAVIOURS.put("dying", "chunks=10,pace=2ms,fault=die,after=3");
        BEHAVIOURS.put("complaining", "chunks=10,pace=2ms,fault=error,after=3");
        BEHAVIOURS.put("stalling", "chunks=10,pace=2ms,fault=stall,after=3");
        BEHAVIOURS.put("refusing", "");
        BEHAVIOURS.put("rubbish", "fault=rubbish");
        BEHAVIOURS.put("html", "fault=html");
        BEHAVIOURS.put("leaking", "");
        BEHAVIOURS.put("leaking-tool", "");
        BEHAVIOURS.put("leaking-thoughts", "");
    }

    private TestingConfiguration() {}

    /** Writes the configuration into a directory, and tells the simulator what is in it. */
    static void write(Path directory, Simulator simulator) throws IOException {
        BEHAVIOURS.forEach((name, behaviour) -> simulator.model("simulated-" + name, Scenario.parse(behaviour)));
        simulator.model(
                "simulated-tools",
                Scenario.toolCalls(
                        new Scenario.ToolCall(null, "{\"city\":\"Paris\"}"),
                        new Scenario.ToolCall(null, "{\"city\":\"Oslo\"}")));
        simulator.model("simulated-leaking", Scenario.text("Write to jane.", "doe@exam", "ple.com", " or call."));
        simulator.model(
                "simulated-leaking-tool",
                Scenario.toolCall(null, "{\"city\":\"Paris\",\"to\":\"jane.doe@example.com\"}"));
        simulator.model(
                "simulated-leaking-thoughts",
                Scenario.reasoned("The user is jane.doe@example.com.", "I know jane.doe@example.com."));
        MatrixFixtures.PROVIDERS.forEach(provider -> MatrixFixtures.read(provider)
                .forEach((name, told) -> simulator.model(
                        MatrixFixtures.upstreamName(provider, name), Scenario.verbatim(told.reply(), told.stream()))));
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("gantry.yaml"), """
                server:
                  body_size_max: 1Mi
                  header_timeout: 1s
                  body_timeout: 1s
                routing:
                  circuit: {failures: 1000} # Tests run beside each other and share the models that fail.
                accounts:
                  mfa: {required: false} # Whoever tests passwords needs no application beside them.
                  password: {memory: 7Mi, passes: 1}
                rate_limiting:
                  tier_of:
                    users: {e2e-free: free}
                data_governance:
                  pii_detection:
                    teams:
                      guard-redact: {enabled: true, action: redact}
                      guard-warn: {enabled: true, action: warn}
                      guard-block: {enabled: true, action: block}
                      guard-answers: {enabled: true, prompt: {action: off}, answer: {action: redact}}
                      guard-cut: {enabled: true, prompt: {action: off}, answer: {action: block}}
                      guard-reversible: {enabled: true, action: redact, reversible: true}
                      cache-reversible: {enabled: true, action: redact, reversible: true}
                """ + providers(simulator.port()) + models());
    }

    /** A limit or a refused key stops a provider's other models, too: behaviours of that kind have a provider of their own. */
    private static String provider(String kind, String behaviour) {
        return LIMITING.contains(behaviour) ? kind + "-" + behaviour : kind;
    }

    private static String providers(int port) {
        StringBuilder yaml = new StringBuilder("providers:\n");
        KINDS.forEach((kind, settings) -> {
            Set<String> names = new TreeSet<>(List.of(kind));
            LIMITING.forEach(behaviour -> names.add(provider(kind, behaviour)));
            names.forEach(name -> yaml.append("  ")
                    .append(name)
                    .append(": {")
                    .append(settings.formatted(port))
                    .append("}\n"));
        });
        return yaml.toString();
    }

    private static String models() {
        StringBuilder yaml = new StringBuilder("models:\n");
        for (String kind : KINDS.keySet()) {
            for (String behaviour : BEHAVIOURS.keySet()) {
                yaml.append("  %s-%s: {provider: %s, upstream_name: simulated-%s, %s}\n"
                        .formatted(
                                kind,
                                behaviour,
                                provider(kind, behaviour),
                                behaviour,
                                "prices: {input: 2.00, output: 10.00, cache_read: 0.50}"));
            }
        }
        for (String model :
                List.of("openai-embedding", "openai-numbers-only", "gemini-embedding", "ollama-embedding")) {
            int dash = model.indexOf('-');
            yaml.append("  %s: {provider: %s, upstream_name: %s, prices: {input: 2.00, output: 0}}\n"
                    .formatted(model, model.substring(0, dash), model.substring(dash + 1)));
        }
        for (String provider : MatrixFixtures.PROVIDERS) {
            for (String name : MatrixFixtures.read(provider).keySet()) {
                yaml.append("  %s: {provider: %s, upstream_name: %s, prices: {input: 2.00, output: 10.00}}\n"
                        .formatted(
                                MatrixFixtures.model(provider, name),
                                provider,
                                MatrixFixtures.upstreamName(provider, name)));
            }
        }
        return yaml.toString();
    }
}
