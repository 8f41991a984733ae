package dev.gantry.metering;

import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.TokenUsage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of the ledger: what one call to a model consumed and cost, and who pays. Lines are written once and never
 * changed; a correction is a line of its own. Text longer than {@link #TEXT_LENGTH_MAX} is cut.
 *
 * @param id UUIDv7; a second line of the same id and time is refused
 * @param time when the call ended; kept to the microsecond
 * @param organization the tenant
 * @param team the team that pays; null when the caller belongs to none
 * @param project the tag for cost allocation; null when there is none
 * @param principalId the user or service account
 * @param principal its e-mail address or name at that time
 * @param keyId the API key that was used; null for other kinds of authentication
 * @param pattern qualified name of the pattern; null when the model was asked directly
 * @param patternVersion version of the pattern; null when the model was asked directly
 * @param model canonical name of the model that answered
 * @param provider the provider that served it
 * @param usage tokens
 * @param cost what they cost by the catalog at that time
 * @param endpoint where the call came in, from a closed list such as {@code chat_completions} or {@code execute}
 * @param status how the call ended, from a closed list such as {@code success}, {@code failed} or {@code cancelled}
 * @param durationMs from the arrival of the request to the end of the answer
 * @param requestId the {@code X-Request-Id}
 */
public record UsageRecord(
        UUID id,
        Instant time,
        UUID organization,
        @Nullable String team,
        @Nullable String project,
        UUID principalId,
        String principal,
        @Nullable UUID keyId,
        @Nullable String pattern,
        @Nullable Integer patternVersion,
        String model,
        String provider,
        TokenUsage usage,
        MicroDollars cost,
        String endpoint,
        String status,
        long durationMs,
        String requestId) {
    /** Longest text that is kept, in characters. */
    public static final int TEXT_LENGTH_MAX = 300;

    /** Cuts and cleans texts so that the database stores every line. */
    public UsageRecord {
        time = time.truncatedTo(ChronoUnit.MICROS);
        team = team == null ? null : Text.storable(team, TEXT_LENGTH_MAX);
        project = project == null ? null : Text.storable(project, TEXT_LENGTH_MAX);
        principal = Text.storable(principal, TEXT_LENGTH_MAX);
        pattern = pattern == null ? null : Text.storable(pattern, TEXT_LENGTH_MAX);
        model = Text.storable(model, TEXT_LENGTH_MAX);
        provider = Text.storable(provider, TEXT_LENGTH_MAX);
        endpoint = Text.storable(endpoint, TEXT_LENGTH_MAX);
        status = Text.storable(status, TEXT_LENGTH_MAX);
        requestId = Text.storable(requestId, TEXT_LENGTH_MAX);
        if (durationMs < 0) {
            throw new IllegalArgumentException("A duration is never negative: " + durationMs);
        }
    }
}
