package dev.gantry.e2e;

import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A configuration whose providers are all one simulator, and whose models each behave in one way. A model's name is that of
 * its provider and of the behaviour: {@code openai-echo}, {@code anthropic-tool}.
 */
final class TestingConfiguration {
    /** The keys that the server finds in its environment. */
    static final Map<String, String> ENVIRONMENT =
            Map.of("TESTING_OPENAI_KEY", "sk-testing-openai", "TESTING_ANTHROPIC_KEY", "sk-testing-anthropic");

    /** Behaviours in the words of the simulator. */
    private static final Map<String, String> BEHAVIOURS = new LinkedHashMap<>();

    static {
        BEHAVIOURS.put("echo", "");
        BEHAVIOURS.put("words", "chunks=20,pace=2ms");
        BEHAVIOURS.put("endless", "chunks=5000,pace=10ms");
        BEHAVIOURS.put("slow", "text=done,delay=1500ms");
        BEHAVIOURS.put("tool", "tool=first,arguments={\"city\":\"Paris\"}");
        BEHAVIOURS.put("counted", "text=ok,input=100,cached=40,reasoning=7");
        BEHAVIOURS.put("uncounted", "text=some answer without numbers,usage=no");
        BEHAVIOURS.put("limited", "fault=status,status=429,type=rate_limit_error,retry_after=7");
        BEHAVIOURS.put("locked", "fault=status,status=401,type=authentication_error");
        BEHAVIOURS.put("rejecting", "fault=status,status=400,type=invalid_request_error");
        BEHAVIOURS.put("failing", "fault=status,status=500,type=server_error");
        BEHAVIOURS.put("closing", "fault=close");
        BEHAVIOURS.put("dying", "chunks=10,pace=2ms,fault=die,after=3");
        BEHAVIOURS.put("complaining", "chunks=10,pace=2ms,fault=error,after=3");
        BEHAVIOURS.put("stalling", "chunks=10,pace=2ms,fault=stall,after=3");
        BEHAVIOURS.put("rubbish", "fault=rubbish");
        BEHAVIOURS.put("html", "fault=html");
    }

    private TestingConfiguration() {}

    /** Writes the configuration into a directory, and tells the simulator what is in it. */
    static void write(Path directory, Simulator simulator) throws IOException {
        BEHAVIOURS.forEach((name, behaviour) -> simulator.model("simulated-" + name, Scenario.parse(behaviour)));
        Files.createDirectories(directory);
        StringBuilder yaml = new StringBuilder("""
                server:
                  body_size_max: 1Mi
                  header_timeout: 1s
                  body_timeout: 1s
                providers:
                  openai:
                    type: openai
                    base_url: http://127.0.0.1:%1$d/v1
                    api_key: ${TESTING_OPENAI_KEY}
                  anthropic:
                    type: anthropic
                    base_url: http://127.0.0.1:%1$d
                    api_key: ${TESTING_ANTHROPIC_KEY}
                  impatient:
                    type: openai
                    base_url: http://127.0.0.1:%1$d/v1
                    idle_timeout: 700ms
                models:
                """.formatted(simulator.port()));
        for (String provider : new String[] {"openai", "anthropic", "impatient"}) {
            BEHAVIOURS
                    .keySet()
                    .forEach(name -> yaml.append("""
                      %1$s-%2$s:
                        provider: %1$s
                        upstream_name: simulated-%2$s
                        prices: {input: 2.00, output: 10.00, cache_read: 0.50}
                    """.formatted(provider, name).indent(2)));
        }
        Files.writeString(directory.resolve("gantry.yaml"), yaml);
    }
}
