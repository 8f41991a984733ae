package dev.gantry.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.JsonCursor;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Anthropic charges for an hour in the cache more than for five minutes, and tells both in one sum and its parts. */
class CacheWritesTest {
    private static final String USAGE = """
            {"input_tokens":10,"cache_creation_input_tokens":456,"cache_read_input_tokens":60,"output_tokens":2,
             "cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":308}}""";

    @Test
    void shouldCountHoursApartInForwardedReplies() throws JsonCursor.Malformed {
        AnthropicScan scan = new AnthropicScan(false);
        scan.scan(Buffer.buffer("{\"type\":\"message\",\"content\":[],\"usage\":" + USAGE + "}"));
        assertThat(scan.usage()).isEqualTo(new TokenUsage(10, 2, 60, 148, 308, 0, false));
    }

    @Test
    void shouldKeepTheSplitWhenALaterEventRepeatsOnlyTheSum() throws JsonCursor.Malformed {
        AnthropicScan scan = new AnthropicScan(false);
        event(scan, "{\"type\":\"message_start\",\"message\":{\"usage\":" + USAGE + "}}");
        event(
                scan,
                "{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"cache_creation_input_tokens\":456,"
                        + "\"output_tokens\":9}}");
        assertThat(scan.usage()).isEqualTo(new TokenUsage(10, 9, 60, 148, 308, 0, false));
    }

    @Test
    void shouldCountHoursApartInTranslatedReplies() {
        TokenUsage first = AnthropicReplyReader.usage(Json.read(USAGE.getBytes(StandardCharsets.UTF_8)), null);
        assertThat(first).isEqualTo(new TokenUsage(10, 2, 60, 148, 308, 0, false));
        TokenUsage later = AnthropicReplyReader.usage(Json.object().put("output_tokens", 9), first);
        assertThat(later).isEqualTo(new TokenUsage(10, 9, 60, 148, 308, 0, false));
    }

    @Test
    void shouldTakeAllForShortWritesWhereNothingIsSaidOfHours() {
        TokenUsage usage = AnthropicReplyReader.usage(Json.object().put("cache_creation_input_tokens", 456), null);
        assertThat(usage).isEqualTo(new TokenUsage(0, 0, 0, 456, 0, 0, false));
    }

    private static void event(AnthropicScan scan, String text) throws JsonCursor.Malformed {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        scan.scan(bytes, 0, bytes.length);
    }
}
