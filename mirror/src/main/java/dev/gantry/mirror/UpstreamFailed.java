package dev.gantry.mirror;

/** Another registry could not be reached, or what it answers cannot be used; the message is for the operator. */
final class UpstreamFailed extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean unreachable;

    private UpstreamFailed(String message, boolean unreachable) {
        super(message);
        this.unreachable = unreachable;
    }

    static UpstreamFailed unreachable(String message) {
        return new UpstreamFailed(message, true);
    }

    static UpstreamFailed unusable(String message) {
        return new UpstreamFailed(message, false);
    }

    /** Returns whether trying again may help, with the registry as it is. */
    boolean isUnreachable() {
        return unreachable;
    }
}
