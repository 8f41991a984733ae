package dev.gantry.provider;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.util.Optional;

/**
 * A key of AWS with which requests are signed.
 *
 * @param accessKeyId its public part
 * @param secretAccessKey its secret part
 * @param sessionToken what temporary keys come with
 */
public record AwsCredentialSettings(
        @Setting("Public part of the key, which begins with AKIA, or with ASIA when the key is temporary.")
        String accessKeyId,

        @Setting("Secret part of the key.") Secret secretAccessKey,

        @Setting("Token that temporary keys come with.") Optional<Secret> sessionToken) {

    /** Refuses what no key of AWS looks like, so that a mixed-up pair is told at the start. */
    public AwsCredentialSettings {
        if (!accessKeyId.matches("[A-Za-z0-9_]{16,128}")) {
            throw new IllegalArgumentException(
                    "access_key_id is not of the form of one: 16 letters and digits or more, beginning with AKIA or ASIA");
        }
        if (accessKeyId.startsWith("ASIA") && sessionToken.isEmpty()) {
            throw new IllegalArgumentException(
                    "access_key_id is that of a temporary key (ASIA...), which needs session_token, too");
        }
    }
}
