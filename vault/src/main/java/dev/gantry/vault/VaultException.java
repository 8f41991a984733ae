package dev.gantry.vault;

/** Vault did not do what it was asked for. The message holds no secret. */
final class VaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * A failure.
     *
     * @param status of the answer; 0 when there was none
     */
    VaultException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** Returns whether Vault cannot be asked at the moment, rather than refuses. */
    boolean isAway() {
        return status == 0 || status == 412 || status == 429 || status >= 500;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
