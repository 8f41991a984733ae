package dev.gantry.identity;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A proof of who calls that ends soon: a session, a token of another issuer, a certificate, or a key that was made with one of
 * these. What lasts longer than the proof, such as a key or somebody's password, must not be had for it, or whoever steals it
 * once stays for ever; a person who proved just now who they are may do so.
 *
 * @param endsAt when it ends at the latest, and whatever is made with it
 * @param person whether a person signed in; a program presented something otherwise
 * @param provenAt when the person last proved who they are, which may be long before the session began; null if that is not
 *     known, and for programs
 */
public record PassingProof(
        Instant endsAt, boolean person, @Nullable Instant provenAt) {
    /** How long a person counts as having proven who they are just now. */
    public static final Duration RECENT = Duration.ofMinutes(15);

    /** The session of somebody who signed in. */
    public static PassingProof ofPerson(Instant endsAt, @Nullable Instant provenAt) {
        return new PassingProof(endsAt, true, provenAt);
    }

    /** What a program presents. */
    public static PassingProof ofProgram(Instant endsAt) {
        return new PassingProof(endsAt, false, null);
    }

    /** Returns whether a person proved just now who they are. */
    boolean isRecent(Instant now) {
        return provenAt != null && now.isBefore(provenAt.plus(RECENT));
    }
}
