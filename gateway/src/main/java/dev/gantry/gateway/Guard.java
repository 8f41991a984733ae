package dev.gantry.gateway;

/** Inspects what goes to a provider. Detectors and content rules are implementations of this seam. */
@FunctionalInterface
public interface Guard {
    /**
     * Passes a request on, as it is or with text replaced.
     *
     * @throws dev.gantry.kernel.GantryException if it must not go on
     */
    Guarded inspect(Admitted admitted);
}
