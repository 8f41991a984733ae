package dev.gantry.gateway;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.database.GroupCommit.Commit;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request's line in the audit log while it is being filled. Used by the request's own thread. */
public final class AuditEntry {
    private static final int ATTEMPTS_MAX = 8;
    private static final String ENDPOINT = "endpoint";

    /** Details of an event that say which part of a long one it is, or why it was refused. */
    private static final int RESERVED = 2;

    private final AuditLog log;
    private final AuditEvent.Origin writer;
    private final Origin origin;
    private final Map<String, AuditDetail> details = new HashMap<>();
    private final AuditLists lists = new AuditLists();
    private String eventType = "request.refused";
    private String resource = "";
    private String object = "";
    private String action = "";
    private UUID organization;
    private @Nullable Caller caller;

    AuditEntry(AuditLog log, UUID home, AuditEvent.Origin writer, Origin origin) {
        this.log = log;
        this.organization = home;
        this.writer = writer;
        this.origin = origin;
        details.put(ENDPOINT, new AuditDetail.Text(origin.endpoint()));
        String certificate = origin.certificate();
        if (certificate != null) {
            details.put("client_certificate", new AuditDetail.Text(certificate));
        }
    }

    /** Notes who it is. */
    public Caller by(Caller known) {
        caller = known;
        return known;
    }

    /** Says in whose log it belongs as long as nobody knows who it is. */
    public void in(UUID named) {
        organization = named;
    }

    /** Notes what it is about; for operations that are not requests for a model's answer. */
    public void about(String type, String name, String verb) {
        eventType = type;
        resource = name;
        object = "";
        action = verb;
    }

    /** Notes a further fact. */
    public void detail(String name, AuditDetail detail) {
        details.put(name, detail);
    }

    /**
     * Notes every value of a list, however many there are: as many as an event holds under this name, {@code name_2} and so on,
     * the others in further events of the same request once it succeeded, which say which {@code part} of how many
     * {@code parts} they are.
     *
     * @param values such as ids and permissions, none longer than a detail; names of people belong into {@link #object}
     */
    public void details(String name, List<String> values) {
        lists.put(name, values);
    }

    /** Adds to what it is about, where names of people are sealed; not so in details. The last word counts. */
    public void object(String name) {
        object = name;
    }

    Prompt about(Prompt prompt) {
        Prompt.Subject subject = prompt.subject();
        about(
                subject.eventType(),
                subject.pattern() == null ? "models/" + prompt.model() : "patterns/" + subject.pattern(),
                "execute");
        if (subject.patternVersion() != null) {
            details.put("pattern_version", new AuditDetail.Count(subject.patternVersion()));
        }
        if (prompt.stream()) {
            details.put("stream", new AuditDetail.Flag(true));
        }
        return prompt;
    }

    Plan with(Plan plan) {
        details.put("model", new AuditDetail.Text(plan.model().name()));
        details.put("provider", new AuditDetail.Text(plan.model().provider()));
        return plan;
    }

    /** Returns who it is, once that is known. */
    public @Nullable Caller caller() {
        return caller;
    }

    Commit close(Settled settled) {
        GantryException failure = settled.failure();
        details.put("model", new AuditDetail.Text(settled.model().name()));
        details.put("provider", new AuditDetail.Text(settled.model().provider()));
        if (!settled.reason().isEmpty()) {
            details.put("route_reason", new AuditDetail.Text(settled.reason()));
        }
        if (settled.cache().isHit()) {
            details.put("cache", new AuditDetail.Text(settled.cache().kind().id()));
        }
        noteAttempts(settled.attempts());
        if (settled.usage().estimated()) {
            details.put("usage_estimated", new AuditDetail.Flag(true));
        }
        return append(
                failure == null ? AuditResult.SUCCESS : resultOfAnswer(failure.code()),
                failure,
                settled.usage().total(),
                settled.cost());
    }

    /** As much as an event holds: who was asked, how it ended, how long it took. */
    private void noteAttempts(List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            return;
        }
        details.put("attempts", new AuditDetail.Count(attempts.size()));
        for (int index = 0; index < Math.min(attempts.size(), ATTEMPTS_MAX); index++) {
            Attempt attempt = attempts.get(index);
            details.put(
                    "attempt_" + (index + 1),
                    new AuditDetail.Text(attempt.model().name() + " at "
                            + attempt.model().provider() + ": " + attempt.outcome() + ", "
                            + attempt.nanos() / 1_000_000 + " ms"));
        }
    }

    /** Writes the entry of an operation that succeeded. */
    public Commit succeed() {
        List<Map<String, AuditDetail>> parts =
                lists.parts(AuditEvent.DETAILS_MAX - RESERVED - details.size(), AuditEvent.DETAILS_MAX - RESERVED - 1);
        List<Commit> commits = new ArrayList<>();
        for (Map<String, AuditDetail> part : parts) {
            if (!commits.isEmpty()) {
                details.keySet().retainAll(Set.of(ENDPOINT));
            }
            details.putAll(part);
            if (parts.size() > 1) {
                details.put("part", new AuditDetail.Count(commits.size() + 1));
                details.put("parts", new AuditDetail.Count(parts.size()));
            }
            commits.add(append(AuditResult.SUCCESS, null, null, null));
        }
        return commits.size() == 1 ? commits.getFirst() : new AllCommits(commits);
    }

    /** The fate of several events. */
    private record AllCommits(List<Commit> commits) implements Commit {
        @Override
        public void await(Duration timeout) {
            long end = System.nanoTime() + timeout.toNanos();
            commits.forEach(commit -> commit.await(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
        }

        @Override
        public boolean isDurable() {
            return commits.stream().allMatch(Commit::isDurable);
        }
    }

    /** Writes the entry of a request that was refused or failed. */
    public Commit refuse(GantryException refusal) {
        if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
            eventType = "auth.failed";
            action = "authenticate";
        }
        if (caller == null) {
            refusal.claimed().ifPresent(who -> {
                about(eventType, who.resource(), action);
                in(who.organization());
            });
        }
        details.putAll(lists.parts(AuditEvent.DETAILS_MAX - RESERVED - details.size(), 1)
                .getFirst());
        return append(result(refusal.code()), refusal, null, null);
    }

    private Commit append(
            AuditResult result, @Nullable GantryException failure, @Nullable Long tokens, @Nullable MicroDollars cost) {
        if (failure != null) {
            details.put("error_code", new AuditDetail.Text(failure.code().id()));
        }
        Caller known = caller;
        return log.append(new AuditEvent(
                Ids.next(),
                origin.startedAt(),
                eventType,
                new AuditEvent.Actor(
                        known == null ? null : known.principal(),
                        known == null || known.keyId() == null
                                ? null
                                : known.keyId().toString(),
                        origin.address()),
                known == null ? organization : known.organization(),
                known == null ? null : known.team(),
                known == null ? null : known.project(),
                object.isEmpty() ? resource : resource + "/" + object,
                action,
                result,
                failure == null ? null : reason(failure),
                (System.nanoTime() - origin.startedNanos()) / 1_000_000,
                tokens,
                cost,
                origin.requestId(),
                origin.traceId(),
                details,
                writer));
    }

    /** A provider's own words may quote the prompt, which must not get into the log. */
    private static String reason(GantryException failure) {
        return failure.code().kind() == ErrorCode.Kind.PROVIDER
                ? "The provider failed: " + failure.code().id()
                : failure.getMessage();
    }

    /** A provider was asked, so nothing was denied. */
    private static AuditResult resultOfAnswer(ErrorCode code) {
        return isBlock(code) ? AuditResult.BLOCKED : AuditResult.FAILED;
    }

    private static boolean isBlock(ErrorCode code) {
        return code == ErrorCode.CONTENT_BLOCKED || code == ErrorCode.ANSWER_REJECTED;
    }

    private static AuditResult result(ErrorCode code) {
        if (code == ErrorCode.UNAUTHENTICATED) {
            return AuditResult.DENIED;
        }
        if (isBlock(code)) {
            return AuditResult.BLOCKED;
        }
        return switch (code.kind()) {
            case POLICY -> AuditResult.DENIED;
            case CALLER, PROVIDER, INTERNAL -> AuditResult.FAILED;
        };
    }
}
