package dev.gantry.signin;

import dev.gantry.identity.Beliefs;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.PassingProof;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Knows who presents a token of a configured issuer; remembers it as long as token and account can be believed. Thread-safe. */
final class JwtCallers {
    private static final int REMEMBERED_MAX = 50_000;

    private final Map<String, List<JwtIssuer>> issuers;
    private final Accounts accounts;
    private final Beliefs<Known> known;
    private final Clock clock;

    private record Known(Caller caller, long expiresAtMillis) {}

    JwtCallers(List<JwtIssuer> issuers, Accounts accounts, Identity identity, Clock clock) {
        this.issuers = issuers.stream().collect(Collectors.groupingBy(JwtIssuer::issuer));
        this.accounts = accounts;
        this.known =
                identity.beliefs("jwt", REMEMBERED_MAX, known -> known.caller().organization());
        this.clock = clock;
    }

    Caller authenticate(String token) {
        if (issuers.isEmpty() || token.length() > TokenVerifier.LENGTH_MAX) {
            throw TokenVerifier.refused();
        }
        String key = SessionToken.key(SessionToken.hash(token));
        Known present = known.find(key);
        if (present == null) {
            present = look(token, key);
        }
        if (clock.millis() >= present.expiresAtMillis()) {
            throw TokenVerifier.refused();
        }
        return present.caller();
    }

    private Known look(String token, String key) {
        // Verified before it may wait for one of the few readings, which forged tokens are not to take.
        String named = TokenVerifier.issuerOf(token);
        List<JwtIssuer> candidates = named == null ? List.of() : issuers.getOrDefault(named, List.of());
        @Nullable RuntimeException refusal = null;
        for (JwtIssuer issuer : candidates) {
            try {
                JwtIssuer.Verified verified = issuer.verify(token);
                Known read = known.read(
                        key,
                        () -> new Known(
                                accounts.caller(verified.person(), issuer.users())
                                        .provenBy(PassingProof.ofProgram(verified.expiresAt())),
                                verified.expiresAt().toEpochMilli()));
                if (read != null) {
                    return read;
                }
            } catch (RuntimeException failed) {
                refusal = failed;
            }
        }
        throw refusal == null ? TokenVerifier.refused() : refusal;
    }
}
