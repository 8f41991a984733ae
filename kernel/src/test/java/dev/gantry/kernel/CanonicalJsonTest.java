package dev.gantry.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
    @Test
    void shouldWriteTheShortestEscapesAsInRfc8785() {
        String text =
                new CanonicalJson().put("string", "\u20ac$\u000F\nA'B\"\\\\\"/").finish();

        assertThat(text).isEqualTo("{\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @Test
    void shouldEscapeEveryControlCharacterSoThatJsonReadersAgree() {
        StringBuilder all = new StringBuilder();
        for (char character = 0; character < 0x80; character++) {
            all.append(character);
        }
        all.append("é\uD83D\uDE00\u2028");

        String json = new CanonicalJson().put("a", all.toString()).finish();

        assertThat(((ObjectNode) Json.read(json)).get("a").textValue()).isEqualTo(all.toString());
        assertThat(json)
                .contains("\\b\\t\\n\\u000b\\f\\r")
                .contains("\\u001f")
                .contains("\u007f")
                .contains("\uD83D\uDE00");
    }

    @Test
    void shouldNestObjectsAndSortWithinEachOfThem() {
        String text = new CanonicalJson()
                .put("a", 1)
                .begin("b")
                .put("a", true)
                .begin("c")
                .end()
                .put("d", false)
                .end()
                .putIfPresent("c", null)
                .put("d", "x")
                .finish();

        assertThat(text).isEqualTo("{\"a\":1,\"b\":{\"a\":true,\"c\":{},\"d\":false},\"d\":\"x\"}");
    }

    @Test
    void shouldSortByUtf16CodeUnitsAsInRfc8785() {
        // The RFC's own example of keys whose order by code unit differs from their order by code point.
        String text = new CanonicalJson()
                .put("\r", 1)
                .put("1", 2)
                .put("\u0080", 3)
                .put("\u00f6", 4)
                .put("\u20ac", 5)
                .put("\ud83d\ude00", 6)
                .put("\ufb33", 7)
                .finish();

        assertThat(text).startsWith("{\"\\r\":1,").endsWith("\"\ufb33\":7}");
    }

    @Test
    void shouldRefuseMembersOutOfOrderAndTwice() {
        assertThatThrownBy(() -> new CanonicalJson().put("b", 1).put("a", 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new CanonicalJson().put("a", 1).put("a", 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldKeepIntegersExactlyOrRefuseThem() {
        assertThat(new CanonicalJson()
                        .put("a", CanonicalJson.INTEGER_MAX)
                        .put("b", -CanonicalJson.INTEGER_MAX)
                        .finish())
                .isEqualTo("{\"a\":9007199254740991,\"b\":-9007199254740991}");
        assertThatThrownBy(() -> new CanonicalJson().put("a", CanonicalJson.INTEGER_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseHalfASurrogatePair() {
        assertThatThrownBy(() -> new CanonicalJson().put("a", "x\uD83D")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CanonicalJson().put("a", "\uDE00x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CanonicalJson().put("a", "\uD83Dx")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseToFinishOrEndWhatIsNotOpen() {
        assertThatThrownBy(() -> new CanonicalJson().begin("a").finish()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new CanonicalJson().end()).isInstanceOf(IllegalStateException.class);
    }
}
