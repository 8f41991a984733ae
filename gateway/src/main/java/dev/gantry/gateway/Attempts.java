package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import dev.gantry.provider.ProviderException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Single attempts: each passes its model's circuit and tells it, and the balancer, how it went. Thread-safe. */
final class Attempts {
    /** A wait that ended this close to the caller's own deadline was ended by it. */
    private static final Duration DEADLINE_MARGIN = Duration.ofMillis(50);

    private final Router router;
    private final Circuits circuits;
    private final Loads loads;

    Attempts(Router router) {
        this.router = router;
        this.circuits = router.circuits();
        this.loads = router.loads();
    }

    /**
     * Asks a model.
     *
     * @param trail gets the attempt
     * @return null when its circuit lets nothing through, or it cannot read the request
     */
    @Nullable
    Answered ask(Guarded guarded, Deadline deadline, Model model, Trail trail) {
        CircuitBreaker circuit = circuits.of(model);
        int pass = circuit.enter(circuits.now());
        if (pass == CircuitBreaker.REFUSED) {
            trail.add(new Attempt(model, TokenUsage.NONE, "circuit_open", 0));
            return null;
        }
        boolean told = false;
        loads.begun(model);
        try {
            Answered answered = Execution.execute(router.route(guarded, model, deadline));
            told = true;
            tell(circuit, pass, deadline, answered);
            trail.add(new Attempt(model, answered.usage(), outcome(answered), answered.providerNanos()));
            return answered;
        } catch (GantryException unreadable) {
            trail.unreadable(model, unreadable);
            return null;
        } finally {
            if (!told) {
                loads.abandoned(model);
                circuit.abandoned(pass);
            }
        }
    }

    static String outcome(Answered answered) {
        GantryException failure = answered.failure();
        if (failure == null) {
            return "success";
        }
        return failure.code() == ErrorCode.CLIENT_CLOSED_REQUEST
                ? "cancelled"
                : failure.code().id();
    }

    private void tell(CircuitBreaker circuit, int pass, Deadline deadline, Answered answered) {
        Model model = answered.route().model();
        boolean stream = answered.route().prompt().stream();
        switch (verdict(answered, deadline)) {
            case WORKS -> {
                circuit.succeeded(pass);
                loads.answered(model, stream, latency(answered));
            }
            case BROKEN -> {
                circuit.failed(pass, circuits.now());
                loads.failed(model, stream, answered.providerNanos());
            }
            case UNKNOWN -> {
                circuit.abandoned(pass);
                loads.abandoned(model);
            }
        }
    }

    private enum Verdict {
        WORKS,
        BROKEN,
        UNKNOWN
    }

    /** What an attempt says about its model. A caller's own impatience, or departure, says nothing. */
    private static Verdict verdict(Answered answered, Deadline deadline) {
        if (answered.failure() == null) {
            return Verdict.WORKS;
        }
        ProviderException cause = Retry.cause(answered);
        if (cause == null || cause.getCause() instanceof InterruptedException) {
            return Verdict.UNKNOWN;
        }
        return switch (cause.failure()) {
            case REJECTED, UNKNOWN_MODEL -> Verdict.WORKS;
            case UNSUPPORTED, RATE_LIMITED -> Verdict.UNKNOWN;
            case TIMEOUT ->
                deadline.wished() && deadline.left().compareTo(DEADLINE_MARGIN) < 0 ? Verdict.UNKNOWN : Verdict.BROKEN;
            case AUTHENTICATION, DENIED, UNAVAILABLE, BAD_REPLY -> Verdict.BROKEN;
        };
    }

    /** Of streams the first byte counts, since their length is the caller's affair. */
    private static long latency(Answered answered) {
        long first = answered.route().ask().exchange().firstByteNanos();
        if (!answered.route().prompt().stream() || first == 0) {
            return answered.providerNanos();
        }
        return Math.max(0, answered.providerNanos() - (System.nanoTime() - first));
    }

    /** Returns the refusal of a request when every model that may answer is left alone. */
    GantryException nothingAsked(Plan plan, List<Attempt> made) {
        Duration soonest = made.stream()
                .map(attempt -> circuits.of(attempt.model()).remaining(circuits.now()))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        Duration wait = soonest.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : soonest;
        return new GantryException(
                ErrorCode.PROVIDER_UNAVAILABLE,
                "Nothing that may answer for '" + plan.requested()
                        + "' is asked at the moment, after failures in a row or for a limit of the model: "
                        + String.join(
                                ", ",
                                made.stream()
                                        .map(attempt -> attempt.model().name() + " of provider '"
                                                + attempt.model().provider() + "'")
                                        .distinct()
                                        .toList()),
                List.of(),
                wait,
                null);
    }
}
