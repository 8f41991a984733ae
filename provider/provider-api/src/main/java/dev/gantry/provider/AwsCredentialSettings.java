package dev.gantry.provider;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.util.Optional;

/**
 * The key of AWS with which requests are signed.
 *
 * @param source where it comes from
 * @param accessKeyId its public part, when it is written here
 * @param secretAccessKey its secret part, when it is written here
 * @param sessionToken what temporary keys come with
 */
public record AwsCredentialSettings(
        @Setting(
                value =
                        "Where the key comes from: static when it is written here, or default_chain, which looks where AWS's own "
                                + "programs look: the environment, the role of a pod (EKS), a profile, the role of a task (ECS), the "
                                + "role of a machine (EC2). Keys of roles are renewed before they end.",
                defaultValue = "static")
        Source source,

        @Setting("static: public part of the key, which begins with AKIA, or with ASIA when the key is temporary.")
        Optional<String> accessKeyId,

        @Setting("static: secret part of the key.") Optional<Secret> secretAccessKey,

        @Setting("static: token that temporary keys come with.")
        Optional<Secret> sessionToken) {

    /** Where a key comes from. */
    public enum Source {
        /** It is written in the settings. */
        STATIC,
        /** It is looked for where AWS's own programs look. */
        DEFAULT_CHAIN
    }

    /** Refuses what no key of AWS looks like, so that a mixed-up pair is told at the start. */
    public AwsCredentialSettings {
        if (source == Source.DEFAULT_CHAIN) {
            if (accessKeyId.isPresent() || secretAccessKey.isPresent() || sessionToken.isPresent()) {
                throw new IllegalArgumentException(
                        "credentials have either source: default_chain or a key (access_key_id, secret_access_key), not both");
            }
        } else {
            requireKey(accessKeyId, secretAccessKey, sessionToken);
        }
    }

    private static void requireKey(
            Optional<String> accessKeyId, Optional<Secret> secretAccessKey, Optional<Secret> sessionToken) {
        if (accessKeyId.isEmpty() || secretAccessKey.isEmpty()) {
            throw new IllegalArgumentException(
                    "credentials need access_key_id and secret_access_key, or source: default_chain");
        }
        if (!accessKeyId.get().matches("[A-Za-z0-9_]{16,128}")) {
            throw new IllegalArgumentException(
                    "access_key_id is not of the form of one: 16 letters and digits or more, beginning with AKIA or ASIA");
        }
        if (accessKeyId.get().startsWith("ASIA") && sessionToken.isEmpty()) {
            throw new IllegalArgumentException(
                    "access_key_id is that of a temporary key (ASIA...), which needs session_token, too");
        }
    }

    /** Returns the settings of a key that is written down. */
    public static AwsCredentialSettings ofKey(
            String accessKeyId, Secret secretAccessKey, Optional<Secret> sessionToken) {
        return new AwsCredentialSettings(
                Source.STATIC, Optional.of(accessKeyId), Optional.of(secretAccessKey), sessionToken);
    }
}
