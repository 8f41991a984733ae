package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FailurePageTest {
    @Test
    void shouldShowWordsOfAProviderAsWords() {
        String page = FailurePage.page(
                new GantryException(ErrorCode.UNAUTHENTICATED, "The provider says: <script>'a' & \"b\"</script>"),
                "r-1");

        assertThat(page)
                .contains("&lt;script&gt;&#39;a&#39; &amp; &quot;b&quot;&lt;/script&gt;")
                .doesNotContain("<script");
    }

    @Test
    void shouldAllowItsOwnStyleAndNothingElse() {
        Matcher style = Pattern.compile("<style>(.*)</style>")
                .matcher(FailurePage.page(new GantryException(ErrorCode.INTERNAL, "Failed"), "r-1"));

        assertThat(style.find()).isTrue();
        assertThat(FailurePage.headers().get("Content-Security-Policy"))
                .startsWith("default-src 'none'; ")
                .contains("style-src 'sha256-" + FailurePage.hash(style.group(1)) + "'")
                .doesNotContain("unsafe");
    }

    @Test
    void shouldSayWhatToDo() {
        assertThat(FailurePage.page(new GantryException(ErrorCode.RATE_LIMITED, "Too many"), "r-1"))
                .contains("Wait for a minute", "<a href=\"/console/\">Back to the console</a>", "Request r-1");
    }
}
