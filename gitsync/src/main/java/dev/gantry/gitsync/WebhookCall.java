package dev.gantry.gitsync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A call by a host of repositories. GitHub signs the body in {@code X-Hub-Signature-256}, Gitea and Forgejo in
 * {@code X-Gitea-Signature} or {@code X-Forgejo-Signature}; GitLab sends the secret itself in {@code X-Gitlab-Token}.
 */
public final class WebhookCall {
    private static final String ALGORITHM = "HmacSHA256";

    private final Function<String, @Nullable String> headers;
    private final byte[] body;

    /**
     * A call.
     *
     * @param headers the value of a header, whatever the case of its name; null for none
     * @param body the bytes, which are not copied
     */
    public WebhookCall(Function<String, @Nullable String> headers, byte[] body) {
        this.headers = headers;
        this.body = body;
    }

    /** Returns whether the call was made by somebody who knows the secret; takes the same time for all wrong ones. */
    boolean isSignedWith(Secret secret) {
        byte[] key = secret.reveal().getBytes(StandardCharsets.UTF_8);
        String signature = signature();
        if (signature != null) {
            return MessageDigest.isEqual(
                    signature.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8),
                    HexFormat.of().formatHex(hmac(key)).getBytes(StandardCharsets.UTF_8));
        }
        String token = headers.apply("X-Gitlab-Token");
        return token != null && MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), key);
    }

    private @Nullable String signature() {
        String hub = headers.apply("X-Hub-Signature-256");
        if (hub != null) {
            return hub.startsWith("sha256=") ? hub.substring("sha256=".length()) : "";
        }
        String gitea = headers.apply("X-Gitea-Signature");
        return gitea != null ? gitea : headers.apply("X-Forgejo-Signature");
    }

    /** Returns whether the call may be about a branch: it is when it does not say which. */
    boolean isAboutBranch(String branch) {
        try {
            JsonNode ref = Json.read(body).path("ref");
            return !ref.isTextual() || ref.textValue().equals("refs/heads/" + branch);
        } catch (GantryException notJson) {
            return true;
        }
    }

    private byte[] hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(body);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, impossible);
        }
    }
}
