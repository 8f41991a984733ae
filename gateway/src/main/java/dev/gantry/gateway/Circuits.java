package dev.gantry.gateway;

import dev.gantry.gateway.CircuitBreaker.State;
import dev.gantry.gateway.RoutingSettings.CircuitSettings;
import dev.gantry.metering.Model;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The circuits of all models, one for each model of each provider; there are as many as the catalog has models. Thread-safe. */
public final class Circuits {
    private final CircuitSettings settings;
    private final LongSupplier nanoTime;
    private final Map<String, CircuitBreaker> circuits = new ConcurrentHashMap<>();
    private final Map<String, Map<String, CircuitBreaker>> byProvider = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Learns that a circuit has changed; must be quick and must not throw. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A circuit has changed.
         *
         * @param state {@code closed}, {@code open} or {@code half_open}
         */
        void changed(String provider, String model, String state);
    }

    /** Circuits that are all closed. */
    public Circuits(CircuitSettings settings) {
        this(settings, System::nanoTime);
    }

    Circuits(CircuitSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Adds one who learns of changes. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    CircuitBreaker of(Model model) {
        CircuitBreaker known = circuits.get(model.qualifiedName());
        return known != null ? known : circuits.computeIfAbsent(model.qualifiedName(), absent -> create(model));
    }

    private CircuitBreaker create(Model model) {
        CircuitBreaker circuit = new CircuitBreaker(
                settings.failures(),
                settings.openFor(),
                (from, to) -> listeners.forEach(listener -> listener.changed(model.provider(), model.name(), id(to))));
        byProvider
                .computeIfAbsent(model.provider(), absent -> new ConcurrentHashMap<>())
                .put(model.upstreamName(), circuit);
        return circuit;
    }

    /** Returns whether a model would not be asked now. */
    boolean refuses(Model model) {
        CircuitBreaker circuit = circuits.get(model.qualifiedName());
        return circuit != null && circuit.state() != State.CLOSED && circuit.refuses(nanoTime.getAsLong());
    }

    /**
     * Returns how a model's circuit is; null while the model has not been asked since the node started.
     */
    @Nullable
    CircuitState stateOf(Model model) {
        CircuitBreaker circuit = circuits.get(model.qualifiedName());
        return circuit == null ? null : new CircuitState(id(circuit.state()), circuit.remaining(nanoTime.getAsLong()));
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /**
     * Returns the state of a provider: 1 while all its circuits are closed, 0 while one is open, 0.5 while the worst is half
     * open.
     */
    public double stateOf(String provider) {
        double worst = 1;
        for (CircuitBreaker circuit :
                byProvider.getOrDefault(provider, Map.of()).values()) {
            worst = Math.min(
                    worst,
                    switch (circuit.state()) {
                        case CLOSED -> 1;
                        case HALF_OPEN -> 0.5;
                        case OPEN -> 0;
                    });
        }
        return worst;
    }

    private static String id(State state) {
        return switch (state) {
            case CLOSED -> "closed";
            case OPEN -> "open";
            case HALF_OPEN -> "half_open";
        };
    }
}
