package dev.gantry.config;

/**
 * A file that cannot be read, or is not the YAML that we read. The message says what to do and quotes nothing that could
 * be a secret.
 */
final class UnusableFileException extends Exception {
    private final transient Origin.InFile origin;

    UnusableFileException(Origin.InFile origin, String message) {
        super(message);
        this.origin = origin;
    }

    Origin.InFile origin() {
        return origin;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
