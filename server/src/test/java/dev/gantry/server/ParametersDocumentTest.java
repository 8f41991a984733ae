package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.gateway.ParameterTables;
import dev.gantry.gateway.ParameterTables.Column;
import dev.gantry.kernel.Secret;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.UpstreamHttp;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ParametersDocumentTest {
    @Test
    void shouldSayWhatBecomesOfEveryParameterAtEveryProvider() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (UpstreamHttp http = new UpstreamHttp(vertx);
                ChatProvider openai = provider(ProviderType.OPENAI, "https://api.openai.com/v1", http);
                ChatProvider compatible = provider(ProviderType.OPENAI, "http://127.0.0.1:9/v1", http);
                ChatProvider anthropic = provider(ProviderType.ANTHROPIC, "http://127.0.0.1:9", http);
                ChatProvider gemini = provider(ProviderType.GEMINI, "http://127.0.0.1:9", http);
                ChatProvider bedrock = provider(ProviderType.BEDROCK, "http://127.0.0.1:9", http);
                ChatProvider ollama = provider(ProviderType.OLLAMA, "http://127.0.0.1:9", http);
                ChatProvider offline = provider(ProviderType.OFFLINE, "http://127.0.0.1:9", http)) {
            Map<String, Column> columns = new LinkedHashMap<>();
            columns.put("OpenAI", new Column(openai, "gpt"));
            columns.put("compatible servers", new Column(compatible, "llama"));
            columns.put("Anthropic", new Column(anthropic, "claude-sonnet-4-6"));
            columns.put("Gemini", new Column(gemini, "gemini-3-pro"));
            columns.put("Bedrock: Claude", new Column(bedrock, "anthropic.claude-sonnet-4-6"));
            columns.put("Bedrock: others", new Column(bedrock, "openai.gpt-oss-120b-1:0"));
            columns.put("Ollama", new Column(ollama, "llama"));
            columns.put("offline", new Column(offline, "extract"));
            assertThat(Files.readString(Path.of("../docs/parameters.md")))
                    .endsWith(ParameterTables.toMarkdown(columns));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    private static ChatProvider provider(ProviderType type, String address, UpstreamHttp http) {
        ProviderSettings settings = type == ProviderType.BEDROCK
                ? ProviderSettings.bedrock("eu-central-1", Secret.of("key"))
                : ProviderSettings.of(type, Optional.of(URI.create(address)), Optional.empty());
        return Providers.create(type.name(), settings, http);
    }
}
