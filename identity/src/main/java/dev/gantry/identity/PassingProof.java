package dev.gantry.identity;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A proof of who calls that is no key and ends soon: a session, a token of another issuer, or a certificate. What lasts longer than the proof,
 * such as a key or somebody's password, must not be had for it, or whoever steals it once stays for ever; a person who
 * signed in just now may do so.
 *
 * @param endsAt when it ends at the latest, and whatever is made with it
 * @param signedInAt when a person signed in; null when a program presented a token or a certificate
 */
public record PassingProof(Instant endsAt, @Nullable Instant signedInAt) {
    /** How long a person counts as having signed in just now. */
    public static final Duration RECENT = Duration.ofMinutes(15);

    /** Returns whether a person signed in just now. */
    boolean isRecent(Instant now) {
        return signedInAt != null && now.isBefore(signedInAt.plus(RECENT));
    }
}
