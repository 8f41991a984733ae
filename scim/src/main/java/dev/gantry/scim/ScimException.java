package dev.gantry.scim;

import java.util.Objects;

/** Refuses a request in the words of RFC 7644, section 3.12. */
public final class ScimException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String scimType;

    private ScimException(int status, String scimType, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.scimType = scimType;
    }

    /** A filter that cannot be read, or asks for what this service cannot compare. */
    public static ScimException invalidFilter(String detail) {
        return new ScimException(400, "invalidFilter", detail);
    }

    /** A path of a patch that cannot be read. */
    public static ScimException invalidPath(String detail) {
        return new ScimException(400, "invalidPath", detail);
    }

    /** A path of a patch that leads to nothing. */
    public static ScimException noTarget(String detail) {
        return new ScimException(400, "noTarget", detail);
    }

    /** A value that is missing, or of another type than its attribute. */
    public static ScimException invalidValue(String detail) {
        return new ScimException(400, "invalidValue", detail);
    }

    /** A body that is not what its schema says. */
    public static ScimException invalidSyntax(String detail) {
        return new ScimException(400, "invalidSyntax", detail);
    }

    /** A name that is taken. */
    public static ScimException uniqueness(String detail) {
        return new ScimException(409, "uniqueness", detail);
    }

    /** More results than this service goes through. */
    public static ScimException tooMany(String detail) {
        return new ScimException(400, "tooMany", detail);
    }

    /** Anything that has no keyword of its own. */
    public static ScimException of(int status, String detail) {
        return new ScimException(status, "", detail);
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the keyword; empty for none. */
    public String scimType() {
        return scimType;
    }

    /** Returns the detail; never null here. */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
