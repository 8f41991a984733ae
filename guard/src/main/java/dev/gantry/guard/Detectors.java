package dev.gantry.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which detector is asked where. Every line of {@link #builtIn()} is one detector; adding one takes its class, its kind
 * in {@link Kinds} and a line here.
 */
final class Detectors {
    private final List<Consumer<Scanner.Builder>> registrations = new ArrayList<>();

    private Detectors() {}

    /** Returns the scanner with all built-in detectors, which is the same for everybody. */
    static Scanner builtIn() {
        return Holder.SCANNER;
    }

    private static Scanner build() {
        Detectors all = new Detectors();
        all.add(scanner -> scanner.atByte(new EmailDetector(), '@'));
        Scanner.Builder builder = new Scanner.Builder();
        all.registrations.forEach(registration -> registration.accept(builder));
        return builder.build();
    }

    private void add(Consumer<Scanner.Builder> registration) {
        registrations.add(registration);
    }

    private static final class Holder {
        static final Scanner SCANNER = build();
    }
}
