package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;
import dev.gantry.kernel.MicroDollars;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and must be answerable for later. Refusals and crashes are events too.
 *
 * <p>Texts that a caller may have chosen are never a reason to lose an event: they are cut to their bounds, characters that
 * cannot be stored become U+FFFD, and what has the form of an API key is masked. Names that only code chooses (event type,
 * names of details) are checked instead.
 *
 * @param id UUIDv7
 * @param timestamp when it happened; kept to the microsecond
 * @param eventType what kind of event, such as {@code pattern.execute}, {@code auth.failed}
 * @param actor who did it, as far as that is known
 * @param organization the tenant in whose log the event is found; an event of which no tenant is known, such as a failed
 *     authentication, belongs to the organization that the installation was started with
 * @param team the team in whose name it was done; null when there is none
 * @param project the tag for cost allocation; null when there is none
 * @param resource what it was done to, such as {@code patterns/analysis/threat-model}; empty when there is nothing to name
 * @param action what was done, such as {@code execute}
 * @param result how it ended
 * @param reason why it was refused or failed, in words that hold no secret; null when it succeeded
 * @param durationMs how long it took; null when that has no meaning
 * @param tokensUsed tokens of all kinds; null when no model was asked
 * @param cost what that cost; null when no model was asked
 * @param requestId the {@code X-Request-Id}; null outside of requests
 * @param traceId W3C trace id; null outside of requests
 * @param details further facts by name, at most {@link #DETAILS_MAX}
 * @param metadata which process wrote it
 */
public record AuditEvent(
        UUID id,
        Instant timestamp,
        String eventType,
        Actor actor,
        UUID organization,
        @Nullable String team,
        @Nullable String project,
        String resource,
        String action,
        AuditResult result,
        @Nullable String reason,
        @Nullable Long durationMs,
        @Nullable Long tokensUsed,
        @Nullable MicroDollars cost,
        @Nullable String requestId,
        @Nullable String traceId,
        Map<String, AuditDetail> details,
        Origin metadata) {
    /** Longest text of a field, in characters, where nothing else is said. */
    public static final int TEXT_LENGTH_MAX = 300;

    /** Longest reason, in characters. */
    public static final int REASON_LENGTH_MAX = 500;

    /** Longest text of a detail, in characters. */
    public static final int DETAIL_LENGTH_MAX = 300;

    /** Most details of one event. */
    public static final int DETAILS_MAX = 20;

    private static final int NAME_LENGTH_MAX = 64;

    /** Bounds, cleans and copies; see the class description. */
    public AuditEvent {
        timestamp = timestamp.truncatedTo(ChronoUnit.MICROS);
        if (!isName(eventType, true)) {
            throw new IllegalArgumentException("Not an event type: '" + eventType + "'");
        }
        team = AuditText.cleanIfPresent(team, TEXT_LENGTH_MAX);
        project = AuditText.cleanIfPresent(project, TEXT_LENGTH_MAX);
        resource = AuditText.clean(resource, TEXT_LENGTH_MAX);
        action = AuditText.clean(action, TEXT_LENGTH_MAX);
        reason = AuditText.cleanIfPresent(reason, REASON_LENGTH_MAX);
        requestId = AuditText.cleanIfPresent(requestId, TEXT_LENGTH_MAX);
        traceId = AuditText.cleanIfPresent(traceId, TEXT_LENGTH_MAX);
        requireCount(durationMs);
        requireCount(tokensUsed);
        requireCount(cost == null ? null : cost.value());
        details = copy(details);
    }

    /**
     * Who did it.
     *
     * @param user e-mail address of a user or name of a service account; null when nobody was recognized
     * @param key id of the API key, never its secret; null when none was used
     * @param address network address of the caller; null inside of Gantry
     */
    public record Actor(
            @Nullable String user,
            @Nullable String key,
            @Nullable String address) {
        /** Cuts and cleans texts. */
        public Actor {
            user = AuditText.cleanIfPresent(user, TEXT_LENGTH_MAX);
            key = AuditText.cleanIfPresent(key, TEXT_LENGTH_MAX);
            address = AuditText.cleanIfPresent(address, TEXT_LENGTH_MAX);
        }
    }

    /**
     * Which process wrote the event.
     *
     * @param service name of the service, {@code gantry}
     * @param version version of Gantry
     * @param node name of the node
     */
    public record Origin(String service, String version, String node) {
        /** Cuts and cleans texts. */
        public Origin {
            service = AuditText.clean(service, TEXT_LENGTH_MAX);
            version = AuditText.clean(version, TEXT_LENGTH_MAX);
            node = AuditText.clean(node, TEXT_LENGTH_MAX);
        }
    }

    /**
     * Returns the event as canonical JSON (RFC 8785) with the field names of the API; absent fields are left out, cost is in
     * micro-dollars. The same event gives the same characters on every node and in every version.
     */
    public String toCanonicalJson() {
        CanonicalJson json = new CanonicalJson();
        EventWriter.readable(json, this);
        return new String(json.buffer(), 0, json.length(), StandardCharsets.UTF_8);
    }

    private static void requireCount(@Nullable Long value) {
        if (value != null && (value < 0 || value > CanonicalJson.INTEGER_MAX)) {
            throw new IllegalArgumentException("Durations, tokens and costs are from 0 to 2^53-1: " + value);
        }
    }

    /** Whether a text is lower-case letters, digits and underscores that begin with a letter; several, parted by dots. */
    private static boolean isName(String text, boolean dotted) {
        boolean begins = true;
        for (int position = 0; position < text.length(); position++) {
            char character = text.charAt(position);
            boolean letter = character >= 'a' && character <= 'z';
            boolean inner = character == '_' || (character >= '0' && character <= '9');
            if (dotted && character == '.' && !begins) {
                begins = true;
            } else if (letter || (inner && !begins)) {
                begins = false;
            } else {
                return false;
            }
        }
        return !begins && text.length() <= NAME_LENGTH_MAX;
    }

    private static Map<String, AuditDetail> copy(Map<String, AuditDetail> details) {
        if (details.isEmpty()) {
            return Map.of();
        }
        if (details.size() > DETAILS_MAX) {
            throw new IllegalArgumentException(
                    "An event has at most " + DETAILS_MAX + " details, not " + details.size());
        }
        for (String name : details.keySet()) {
            if (!isName(name, false)) {
                throw new IllegalArgumentException("Not a name of a detail: '" + name + "'");
            }
        }
        // Sorted, since canonical JSON is written in the order of this map.
        return Collections.unmodifiableMap(new TreeMap<>(details));
    }
}
