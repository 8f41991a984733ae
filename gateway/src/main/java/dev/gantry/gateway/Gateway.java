package dev.gantry.gateway;

import dev.gantry.database.GroupCommit.Commit;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate through which every request for a model's answer goes. Thread-safe; {@link #serve} blocks and is called on a
 * virtual thread of the request's own.
 */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final Identity identity;
    private final Admission admission;
    private final Guard guard;
    private final AnswerCache cache;
    private final Router router;
    private final Failover failover;
    private final Settlement settlement;
    private final AuditTrail audit;
    private final GatewayObserver observer;
    private final Duration commitTimeout;
    private final LiveRequests live;

    /** A gateway over its parts; {@code commitTimeout} bounds the wait for the ledger and the audit log. */
    public Gateway(
            Identity identity,
            Admission admission,
            Guard guard,
            AnswerCache cache,
            Router router,
            Failover failover,
            Settlement settlement,
            AuditTrail audit,
            GatewayObserver observer,
            LiveRequests live,
            Duration commitTimeout) {
        this.identity = identity;
        this.admission = admission;
        this.guard = guard;
        this.cache = cache;
        this.router = router;
        this.failover = failover;
        this.settlement = settlement;
        this.audit = audit;
        this.observer = observer;
        this.commitTimeout = commitTimeout;
        this.live = live;
    }

    /**
     * Serves one request from its first byte to its last. The caller gets exactly one reply, the audit log exactly one
     * event, and the ledger a row whenever a provider was asked; a reply's end is sent only after both are durable.
     */
    public void serve(Ask ask) {
        AuditEntry entry = audit.open(ask.origin());
        observer.entered(ask.origin());
        try {
            Caller caller = entry.by(ask.authenticate(identity));
            Prompt prompt = entry.about(ask.prepare(caller));
            Plan plan = entry.with(router.plan(ask, caller, prompt));
            if (ask.wantsPreview()) {
                preview(ask, entry, caller, prompt, plan);
                return;
            }
            try (LiveRequests.Live _ = live.watch(ask.credentials(), ask.exchange());
                    Admitted admitted = admitted(ask, caller, prompt, plan)) {
                Guarded guarded = guard.inspect(admitted, entry);
                try (Recall recall = cache.recall(guarded)) {
                    Answered answered = recall.answer(failover, guarded);
                    guard.note(guarded, entry);
                    Settled settled = settlement.settle(answered);
                    admitted.hold().settle(settled);
                    List<Commit> commits = List.of(settlement.record(ask, settled), entry.close(settled));
                    observer.settled(ask.origin(), settled, timeToFirstByte(ask));
                    deliver(ask, answered, settled, commits);
                    recall.keep(answered);
                }
            }
        } catch (GantryException refusal) {
            refuse(ask, entry, refusal);
        } catch (Throwable crash) {
            LOG.error("Request {} crashed", ask.origin().requestId(), crash);
            refuse(ask, entry, internal(ask));
        }
    }

    /** Shows what would be asked: nothing is reserved, and no provider asked. */
    private void preview(Ask ask, AuditEntry entry, Caller caller, Prompt prompt, Plan plan) {
        Admission.byPermission().admit(ask, caller, prompt, plan);
        Ask.Preview preview = ask.preview(caller, plan, guard.preview(caller, prompt.conversation()));
        entry.succeed().await(commitTimeout);
        observer.previewed(ask.origin());
        ask.exchange().send(200, "application/json", preview.headers(), preview.body());
    }

    private Admitted admitted(Ask ask, Caller caller, Prompt prompt, Plan plan) {
        return new Admitted(ask, caller, prompt, plan, admission.admit(ask, caller, prompt, plan));
    }

    /** Whatever fails here, the request is settled and its audit entry closed: only the caller is still to be told. */
    private void deliver(Ask ask, Answered answered, Settled settled, List<Commit> commits) {
        try {
            if (answered.failure() == null) {
                ask.answered(settled, answered.answer(), answered.route().guarded());
            }
            commits.forEach(commit -> commit.await(commitTimeout));
            reply(ask, answered, settled);
        } catch (GantryException undelivered) {
            LOG.warn("Request {}: {}", ask.origin().requestId(), undelivered.getMessage(), undelivered);
            sendFailure(ask, answered.writer(), undelivered);
        } catch (RuntimeException crash) {
            LOG.error("Request {} crashed after it was settled", ask.origin().requestId(), crash);
            sendFailure(ask, answered.writer(), internal(ask));
        }
    }

    private static void reply(Ask ask, Answered answered, Settled settled) {
        Exchange exchange = ask.exchange();
        GantryException failure = answered.failure();
        if (failure != null) {
            sendFailure(ask, answered.writer(), failure.withHeaders(holdHeaders(answered)));
        } else if (exchange.committed()) {
            if (answered.writer() != null) {
                exchange.openStream(Map.of()).write(answered.writer().end(settled));
            }
            exchange.endStream();
        } else {
            Buffer body = answered.body();
            if (body == null && answered.answer() != null) {
                body = ask.format().whole(answered.answer(), settled);
            }
            exchange.send(
                    200, "application/json", replyHeaders(answered, settled), body == null ? Buffer.buffer() : body);
        }
    }

    private void refuse(Ask ask, AuditEntry entry, GantryException refusal) {
        if (refusal.code().kind() == ErrorCode.Kind.INTERNAL && refusal.getCause() != null) {
            LOG.warn("Request {} failed: {}", ask.origin().requestId(), refusal.getMessage(), refusal.getCause());
        }
        observer.refused(ask.origin(), entry.caller(), refusal.code());
        try {
            entry.refuse(refusal).await(commitTimeout);
        } catch (GantryException notDurable) {
            LOG.warn(
                    "The audit event of refused request {} is not durable yet",
                    ask.origin().requestId());
        }
        sendFailure(ask, null, refusal);
    }

    /** Tells of a failure in the words of the client's schema; {@code writer} is that of a translated stream. */
    private static void sendFailure(Ask ask, ReplyFormat.@Nullable StreamWriter writer, GantryException failure) {
        Exchange exchange = ask.exchange();
        String requestId = ask.origin().requestId();
        if (exchange.committed()) {
            exchange.openStream(Map.of())
                    .write(
                            writer == null
                                    ? ask.format().brokenStream(failure, requestId)
                                    : writer.broken(failure, requestId));
            exchange.endStream();
        } else {
            exchange.send(
                    ErrorStatus.of(failure.code()),
                    ask.format().errorType(),
                    errorHeaders(failure),
                    ask.format().error(failure, requestId));
        }
    }

    private static Map<String, String> replyHeaders(Answered answered, Settled settled) {
        Map<String, String> headers = new HashMap<>(holdHeaders(answered));
        headers.put("X-Gantry-Execution-Id", settled.id().toString());
        headers.put("X-Gantry-Cost-Micro-Usd", Long.toString(settled.cost().value()));
        answered.route().addHeaders(headers);
        if (!settled.attempts().isEmpty()) {
            headers.put("X-Gantry-Attempts", Integer.toString(settled.attempts().size()));
        }
        if (!settled.guard().isEmpty()) {
            headers.put(GuardReport.HEADER, settled.guard().header());
        }
        if (settled.usage().estimated()) {
            headers.put("X-Gantry-Usage-Estimated", "true");
        }
        return headers;
    }

    private static Map<String, String> holdHeaders(Answered answered) {
        return answered.route().guarded().admitted().hold().replyHeaders();
    }

    /** What the SDKs of OpenAI and Anthropic read before they try again. */
    private static Map<String, String> errorHeaders(GantryException failure) {
        Map<String, String> headers = new HashMap<>(failure.headers());
        headers.put("x-should-retry", Boolean.toString(failure.code().retriable()));
        failure.retryAfter().ifPresent(wait -> {
            headers.put("Retry-After", Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000)));
            headers.put("retry-after-ms", Long.toString(wait.toMillis()));
        });
        return headers;
    }

    private static GantryException internal(Ask ask) {
        return new GantryException(
                ErrorCode.INTERNAL,
                "Gantry failed on this request; report request id "
                        + ask.origin().requestId() + " to your operator");
    }

    private static @Nullable Duration timeToFirstByte(Ask ask) {
        long first = ask.exchange().firstByteNanos();
        return first == 0 ? null : Duration.ofNanos(first - ask.origin().startedNanos());
    }
}
