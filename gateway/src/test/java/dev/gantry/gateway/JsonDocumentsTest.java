package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.JsonCursor.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts of a request are of others than the caller; in these cases all that say so. */
class JsonDocumentsTest {
    /** Keeps texts of documents. */
    private static final class Documents implements TextInspector {
        final List<String> documents = new ArrayList<>();
        final List<String> others = new ArrayList<>();
        private boolean isDocument;

        @Override
        public void inspect(byte[] utf8, int contextFrom, int from, int to, TextEdits edits) {
            (isDocument ? documents : others).add(new String(utf8, from, to - from, StandardCharsets.UTF_8));
        }

        @Override
        public boolean weighsDocuments() {
            return true;
        }

        @Override
        public void document(boolean next) {
            isDocument = next;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[{\"role\":\"user\",\"content\":\"mine\"},{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"theirs\"}]}",
                "{\"messages\":[{\"content\":\"theirs\",\"tool_call_id\":\"c1\",\"role\":\"tool\"},{\"content\":\"mine\",\"role\":\"user\"}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":[{\"type\":\"text\",\"text\":\"theirs\"}]},{\"type\":\"text\",\"text\":\"mine\"}]}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\"theirs\"}},{\"type\":\"text\",\"text\":\"mine\"}]}]}",
                "{\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"theirs\"},{\"type\":\"message\",\"role\":\"user\",\"content\":\"mine\"}]}",
                "{\"input\":[{\"role\":\"user\",\"content\":\"mine\"},{\"output\":\"{\\\"page\\\":\\\"theirs\\\"}\",\"type\":\"function_call_output\",\"call_id\":\"c1\"}]}",
            })
    void shouldTellTheResultsOfToolsFromWhatTheCallerWrote(String json) throws Malformed {
        Documents seen = new Documents();
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        new JsonTexts(seen).inspect(body, 0, body.length, false);
        assertThat(seen.documents).containsExactly("theirs");
        assertThat(seen.others).contains("mine").doesNotContain("theirs");
    }
}
