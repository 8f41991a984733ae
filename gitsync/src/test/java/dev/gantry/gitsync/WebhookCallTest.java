package dev.gantry.gitsync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookCallTest {
    /** The example of GitHub's documentation on validating deliveries. */
    private static final Secret SECRET = Secret.of("It's a Secret to Everybody");

    private static final String SIGNATURE = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    private static WebhookCall call(String body, Map<String, String> headers) {
        return new WebhookCall(headers::get, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldAcceptTheSignaturesOfGitHubAndGitea() {
        assertThat(call("Hello, World!", Map.of("X-Hub-Signature-256", "sha256=" + SIGNATURE))
                        .isSignedWith(SECRET))
                .isTrue();
        assertThat(call("Hello, World!", Map.of("X-Gitea-Signature", SIGNATURE)).isSignedWith(SECRET))
                .isTrue();
        assertThat(call("Hello, World!", Map.of("X-Forgejo-Signature", SIGNATURE))
                        .isSignedWith(SECRET))
                .isTrue();
    }

    @Test
    void shouldAcceptTheTokenOfGitLab() {
        assertThat(call("{}", Map.of("X-Gitlab-Token", SECRET.reveal())).isSignedWith(SECRET))
                .isTrue();
        assertThat(call("{}", Map.of("X-Gitlab-Token", "It's")).isSignedWith(SECRET))
                .isFalse();
    }

    @Test
    void shouldRefuseWhatIsNotSignedOrSignedForSomethingElse() {
        assertThat(call("Hello, World!", Map.of()).isSignedWith(SECRET)).isFalse();
        assertThat(call("Hello, World?", Map.of("X-Hub-Signature-256", "sha256=" + SIGNATURE))
                        .isSignedWith(SECRET))
                .isFalse();
        assertThat(call("Hello, World!", Map.of("X-Hub-Signature-256", SIGNATURE))
                        .isSignedWith(SECRET))
                .isFalse();
        // A signature that does not fit is not made good by the token of another host.
        assertThat(call("x", Map.of("X-Hub-Signature-256", "sha256=00", "X-Gitlab-Token", SECRET.reveal()))
                        .isSignedWith(SECRET))
                .isFalse();
    }

    @Test
    void shouldTellTheBranch() {
        assertThat(call("{\"ref\":\"refs/heads/main\"}", Map.of()).isAboutBranch("main"))
                .isTrue();
        assertThat(call("{\"ref\":\"refs/heads/other\"}", Map.of()).isAboutBranch("main"))
                .isFalse();
        assertThat(call("not json", Map.of()).isAboutBranch("main")).isTrue();
    }
}
