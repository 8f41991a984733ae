package dev.gantry.gateway;

import dev.gantry.gateway.CacheEntry.Form;
import dev.gantry.gateway.CacheOutcome.Kind;
import dev.gantry.gateway.Flights.End;
import dev.gantry.gateway.Flights.Flight;
import dev.gantry.gateway.Flights.Seat;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.Model;
import dev.gantry.provider.ClientSchema.Operation;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of a request whose answer may come from the cache. */
final class CacheRecall implements Recall {
    private static final Logger LOG = LoggerFactory.getLogger(CacheRecall.class);

    /** How often a request waits for others, when those that it waited for left without an answer. */
    private static final int FLIGHTS_MAX = 3;

    private final AnswerCache cache;
    private final CacheWishes wishes;
    private final byte[] key;
    private CacheOutcome miss = CacheOutcome.miss();
    private End end = End.ABANDONED;
    private @Nullable Flight flight;
    private SemanticIndex.@Nullable Question question;
    private @Nullable Recorder recorder;

    CacheRecall(AnswerCache cache, CacheWishes wishes, byte[] key) {
        this.cache = cache;
        this.wishes = wishes;
        this.key = key;
    }

    @Override
    public Answered answer(Failover failover, Guarded guarded) {
        Answered known = wishes.reuse() ? known(guarded) : null;
        if (known != null) {
            return known;
        }
        if (!wishes.reuse()) {
            miss = CacheOutcome.refresh();
            lead();
        }
        guarded.cached(miss);
        recorder = new Recorder((int) cache.settings().entrySizeMax().bytes());
        guarded.overhear(recorder);
        Answered answered = failover.execute(guarded);
        end = answered.failure() == null || isOwnAffair(guarded, answered.failure()) ? End.ABANDONED : End.FAILED;
        return answered;
    }

    /** What became of the caller, or the caller's impatience, says nothing about the answer that others wait for. */
    private boolean isOwnAffair(Guarded guarded, GantryException failure) {
        return switch (failure.code()) {
            case CLIENT_CLOSED_REQUEST, UNAUTHENTICATED -> true;
            case PROVIDER_TIMEOUT -> deadline(guarded).wished();
            default -> false;
        };
    }

    private Deadline deadline(Guarded guarded) {
        return cache.router().deadline(guarded.admitted().ask().origin());
    }

    private @Nullable Answered known(Guarded guarded) {
        UUID organization = guarded.admitted().caller().organization();
        if (cache.isLocal()) {
            Answered answered = hit(guarded, cache.find(organization, key), Kind.HIT, "");
            if (answered != null) {
                return answered;
            }
        }
        Duration patience = cache.settings().followTimeout();
        long sinceNanos = cache.nanoTime().getAsLong();
        for (int number = 0; number < FLIGHTS_MAX; number++) {
            Duration left = patience.minusNanos(cache.nanoTime().getAsLong() - sinceNanos);
            if (!left.isPositive()) {
                break;
            }
            Seat seat = cache.flights().board(key);
            if (seat.leads()) {
                flight = seat.flight();
                break;
            }
            if (!follow(guarded, seat.flight(), left) || seat.flight().end() == End.FAILED) {
                break;
            }
            Answered answered = hit(guarded, seat.flight().entry(), Kind.SHARED_HIT, "collapsed");
            if (answered != null) {
                return answered;
            }
        }
        // Between the first look and the boarding, the answer may have come.
        CacheEntry entry = flight == null && cache.isLocal() ? null : cache.find(organization, key);
        Answered answered = hit(guarded, entry, Kind.HIT, "");
        if (answered != null) {
            land(End.ANSWERED, entry);
            return answered;
        }
        return similar(guarded, organization);
    }

    /** Asks for others who come from now on, if nobody does. */
    private void lead() {
        if (cache.settings().followTimeout().isPositive()) {
            Seat seat = cache.flights().board(key);
            flight = seat.leads() ? seat.flight() : null;
        }
    }

    private @Nullable Answered similar(Guarded guarded, UUID organization) {
        SemanticIndex index = cache.semantic();
        if (index == null) {
            return null;
        }
        question = index.ask(guarded.admitted(), cache.settings().visibility());
        SemanticIndex.Match match = question == null ? null : index.find(organization, question);
        if (match == null) {
            return null;
        }
        CacheEntry entry = cache.find(organization, match.key());
        Answered answered = hit(guarded, entry, Kind.SEMANTIC_HIT, match.detail());
        if (answered != null) {
            land(End.ANSWERED, entry);
        }
        return answered;
    }

    /** Waits for another request's answer; false when there is none in time. */
    private boolean follow(Guarded guarded, Flight other, Duration patience) {
        Exchange exchange = guarded.admitted().ask().exchange();
        Duration left = deadline(guarded).left();
        try (Cancellation _ = Cancellation.whenGone(exchange)) {
            return other.await(patience.compareTo(left) < 0 ? patience : left);
        } catch (InterruptedException gone) {
            GantryException cut = exchange.cutReason();
            throw cut != null
                    ? cut
                    : new GantryException(
                            ErrorCode.CLIENT_CLOSED_REQUEST,
                            "The client closed the connection before the answer was complete");
        }
    }

    /** Gives an entry to the caller, who must be one whom its model may answer; null when it cannot be given. */
    private @Nullable Answered hit(Guarded guarded, @Nullable CacheEntry entry, Kind kind, String detail) {
        if (entry == null) {
            return null;
        }
        Model model = candidate(guarded, entry.model());
        Duration age = cache.age(entry);
        if (model == null) {
            return null;
        }
        if (age.toSeconds() > wishes.ageSecondsMax()) {
            miss = CacheOutcome.stale();
            return null;
        }
        guarded.cached(
                CacheOutcome.hit(kind, detail, age, cache.settings().ttl().minus(age)));
        Route route = cache.router().route(guarded, model, deadline(guarded));
        Answered answered = Execution.execute(new Route(
                guarded, model, new CachedProvider(model.provider(), entry), route.context(), null, route.ignored()));
        if (answered.failure() != null
                && Retry.cause(answered) != null
                && !guarded.admitted().ask().exchange().committed()) {
            LOG.warn("An entry of the cache cannot be used, so a model is asked", answered.failure());
            return null;
        }
        return answered;
    }

    private static @Nullable Model candidate(Guarded guarded, String name) {
        for (Model model : guarded.admitted().plan().candidates()) {
            if (model.name().equals(name)) {
                return model;
            }
        }
        return null;
    }

    /** The answer of a stand-in is not what was asked for, and is wanted only as long as the first model fails. */
    @Override
    public void keep(Answered answered) {
        try {
            keepIfFit(answered);
        } catch (RuntimeException defect) {
            end = End.FAILED;
            LOG.error("An answer could not be kept", defect);
        }
    }

    private void keepIfFit(Answered answered) {
        Guarded guarded = answered.route().guarded();
        Model model = answered.route().model();
        if (recorder == null
                || answered.failure() != null
                || !model.equals(guarded.admitted().model())) {
            return;
        }
        CacheEntry entry = entry(recorder, answered, guarded, model);
        if (entry == null) {
            end = End.FAILED;
            return;
        }
        UUID organization = guarded.admitted().caller().organization();
        cache.put(organization, key, entry);
        land(End.ANSWERED, entry);
        SemanticIndex index = cache.semantic();
        if (index != null) {
            index.add(
                    question != null
                            ? question
                            : index.ask(guarded.admitted(), cache.settings().visibility()),
                    key);
        }
    }

    private @Nullable CacheEntry entry(Recorder heard, Answered answered, Guarded guarded, Model model) {
        Prompt prompt = guarded.admitted().prompt();
        if (prompt.operation() == Operation.EMBEDDINGS) {
            byte[] body = answered.body() == null ? null : answered.body().getBytes();
            return body == null || body.length > cache.settings().entrySizeMax().bytes()
                    ? null
                    : entry(Form.BODY, model, answered, body);
        }
        try {
            return switch (heard.of(model)) {
                case Recorder.Words words -> {
                    ChatAnswer answer = guarded.kept(words.received().build());
                    byte[] bytes = Completeness.of(answer) ? StoredAnswer.write(answer) : null;
                    yield bytes == null
                                    || bytes.length
                                            > cache.settings().entrySizeMax().bytes()
                            ? null
                            : entry(Form.ANSWER, model, answered, bytes);
                }
                case Recorder.Bytes bytes -> nativeEntry(bytes.all(), answered, guarded, model);
                case null -> null;
            };
        } catch (GantryException withheld) {
            LOG.debug("An answer is not kept: {}", withheld.getMessage());
            return null;
        }
    }

    private @Nullable CacheEntry nativeEntry(byte @Nullable [] said, Answered answered, Guarded guarded, Model model) {
        if (said == null || !(guarded.admitted().prompt() instanceof Prompt.Raw raw)) {
            return null;
        }
        boolean complete =
                raw.stream() ? Completeness.ofEvents(raw.schema(), said) : Completeness.ofBody(raw.schema(), said);
        return complete
                ? entry(raw.stream() ? Form.EVENTS : Form.BODY, model, answered, guarded.kept(said, raw))
                : null;
    }

    private CacheEntry entry(Form form, Model model, Answered answered, byte[] payload) {
        return new CacheEntry(form, model.name(), cache.clock().instant(), answered.usage(), payload);
    }

    private void land(End how, @Nullable CacheEntry entry) {
        Flight led = flight;
        if (led != null) {
            led.land(how, entry);
            flight = null;
        }
    }

    @Override
    public void close() {
        land(end, null);
    }
}
