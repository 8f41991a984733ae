package dev.gantry.kernel;

import java.util.Locale;

/**
 * Every way in which Gantry refuses or fails, as a stable name that clients may depend on. Documented in
 * {@code docs/errors.md}. The HTTP status and the error shapes of the client schemas are mapped from these once, at the
 * edge.
 */
public enum ErrorCode {
    /** The request is malformed: not JSON, not UTF-8, a wrong type, a missing or impossible value. */
    INVALID_REQUEST(Kind.CALLER, false),
    /** The body, the headers or one value is larger than the operator allows. */
    REQUEST_TOO_LARGE(Kind.CALLER, false),
    /** The request did not arrive in time. */
    REQUEST_TIMEOUT(Kind.CALLER, true),
    /** The media type of the body is not one that this endpoint reads. */
    UNSUPPORTED_MEDIA_TYPE(Kind.CALLER, false),
    /** No such path. */
    UNKNOWN_ENDPOINT(Kind.CALLER, false),
    /** The path exists, the method does not. */
    METHOD_NOT_ALLOWED(Kind.CALLER, false),
    /** No credential, or one that is unknown, expired or revoked. */
    UNAUTHENTICATED(Kind.CALLER, false),
    /** The thing that was named does not exist or is not visible to the caller. */
    NOT_FOUND(Kind.CALLER, false),
    /** No pattern of that name is visible to the caller. */
    UNKNOWN_PATTERN(Kind.CALLER, false),
    /** The model is in no catalog, or no configured provider serves it. */
    UNKNOWN_MODEL(Kind.CALLER, false),
    /** A variable was given that the pattern does not declare, or a required one is missing. */
    INVALID_VARIABLE(Kind.CALLER, false),
    /** The thing exists already, or was changed by somebody else in the meantime. */
    CONFLICT(Kind.CALLER, false),
    /** {@code If-Match} names another version than the current one. */
    PRECONDITION_FAILED(Kind.CALLER, false),
    /** An {@code Idempotency-Key} was used again with another request. */
    IDEMPOTENCY_CONFLICT(Kind.CALLER, false),
    /** The chosen model or provider cannot do what was asked. */
    UNSUPPORTED_BY_MODEL(Kind.CALLER, false),
    /** The caller closed the connection before the reply was complete. */
    CLIENT_CLOSED_REQUEST(Kind.CALLER, false),
    /** The name and the password are right, and another password has to be chosen before anything else. */
    PASSWORD_CHANGE_REQUIRED(Kind.POLICY, false),
    /** The caller is known and may not do this. */
    PERMISSION_DENIED(Kind.POLICY, false),
    /** This makes something that outlasts the session, for which one must have signed in just now; sign in again. */
    RECENT_SIGN_IN_REQUIRED(Kind.POLICY, false),
    /** A browser's session was to change something, and it is not shown that a page of ours asked for it. */
    CROSS_SITE_REQUEST(Kind.POLICY, false),
    /** The organization of whoever handed in work earlier is suspended; the work waits until that is taken back. */
    ORGANIZATION_SUSPENDED(Kind.POLICY, true),
    /** Only approved versions may be used so, and this one is not approved. */
    NOT_APPROVED(Kind.POLICY, false),
    /** A budget has too little left for what the request may cost; the message says which, and when it begins anew. */
    BUDGET_EXCEEDED(Kind.POLICY, false),
    /** No model that may answer is in the region that the request must stay in. */
    REGION_NOT_ALLOWED(Kind.POLICY, false),
    /** A template asked for a file, variable or address that the operator does not allow. */
    TEMPLATE_ACCESS_DENIED(Kind.POLICY, false),
    /** The prompt or the answer holds something that the operator's rules do not let through. */
    CONTENT_BLOCKED(Kind.POLICY, false),
    /** The model's answer is larger than the operator allows, or does not follow the schema that it must follow. */
    ANSWER_REJECTED(Kind.POLICY, false),
    /** A function of a template could not do its work: no such file, an address that does not answer. */
    TEMPLATE_FAILED(Kind.CALLER, false),
    /** A workflow's file cannot be used; {@code errors} names every line. */
    INVALID_WORKFLOW(Kind.CALLER, false),
    /** An expression of a workflow has no value over the inputs and results at hand, or goes beyond a bound. */
    EXPRESSION_FAILED(Kind.CALLER, false),
    /** A limit on requests, tokens or parallel requests is reached; the reply says when there is room again. */
    RATE_LIMITED(Kind.POLICY, true),
    /** The organization has as much of something as it may have. */
    QUOTA_EXCEEDED(Kind.POLICY, false),
    /** The provider refused the request as invalid. */
    PROVIDER_REJECTED(Kind.PROVIDER, false),
    /** The provider refused every key that is configured for it. */
    PROVIDER_AUTHENTICATION(Kind.PROVIDER, false),
    /** The provider limits the rate of requests. */
    PROVIDER_RATE_LIMITED(Kind.PROVIDER, true),
    /** The provider could not be reached, broke off, or answered with a server error. */
    PROVIDER_UNAVAILABLE(Kind.PROVIDER, true),
    /** The provider did not answer in time. */
    PROVIDER_TIMEOUT(Kind.PROVIDER, true),
    /** The provider's answer is not what its interface promises. */
    PROVIDER_BAD_REPLY(Kind.PROVIDER, true),
    /** The configuration cannot be used; the message names file, line and key. */
    INVALID_CONFIGURATION(Kind.INTERNAL, false),
    /** The database cannot be reached or does not accept writes. */
    DATABASE_UNAVAILABLE(Kind.INTERNAL, true),
    /** The identity provider that has to vouch for the caller cannot be reached, or answers with nonsense. */
    IDENTITY_PROVIDER_UNAVAILABLE(Kind.INTERNAL, true),
    /** More work than the node takes at a time. */
    OVERLOADED(Kind.INTERNAL, true),
    /** The node is stopping. */
    SHUTTING_DOWN(Kind.INTERNAL, true),
    /** A defect of Gantry; the request id finds it in the log. */
    INTERNAL(Kind.INTERNAL, false);

    /** Who is to act on an error. */
    public enum Kind {
        /** The caller sent something that cannot be served. */
        CALLER,
        /** A rule of the operator forbids it. */
        POLICY,
        /** The model provider failed. */
        PROVIDER,
        /** Gantry itself failed. */
        INTERNAL
    }

    private final Kind kind;
    private final boolean retriable;
    private final String id;

    ErrorCode(Kind kind, boolean retriable) {
        this.kind = kind;
        this.retriable = retriable;
        this.id = name().toLowerCase(Locale.ROOT);
    }

    /** Returns who is to act on this error. */
    public Kind kind() {
        return kind;
    }

    /** Returns whether the same request may succeed when it is sent again later, unchanged. */
    public boolean retriable() {
        return retriable;
    }

    /** Returns the name on the wire: lower case with underscores, such as {@code unknown_model}. */
    public String id() {
        return id;
    }

    /** Returns the closed-list {@code error_type} label of metrics, such as {@code caller_unknown_model}. */
    public String metricLabel() {
        return kind.name().toLowerCase(Locale.ROOT) + "_" + id;
    }
}
