package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;

/** The one place where error codes become HTTP status codes. */
public final class ErrorStatus {
    private ErrorStatus() {}

    /** Returns the HTTP status of an error. */
    public static int of(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST, INVALID_VARIABLE, UNSUPPORTED_BY_MODEL, PROVIDER_REJECTED -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED,
                    PASSWORD_CHANGE_REQUIRED,
                    RECENT_SIGN_IN_REQUIRED,
                    CROSS_SITE_REQUEST,
                    ORGANIZATION_SUSPENDED,
                    NOT_APPROVED,
                    QUOTA_EXCEEDED,
                    REGION_NOT_ALLOWED,
                    TEMPLATE_ACCESS_DENIED,
                    CONTENT_BLOCKED -> 403;
            case BUDGET_EXCEEDED -> 402;
            case UNKNOWN_ENDPOINT, NOT_FOUND, UNKNOWN_PATTERN, UNKNOWN_MODEL -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case REQUEST_TIMEOUT -> 408;
            case CONFLICT, IDEMPOTENCY_CONFLICT -> 409;
            case PRECONDITION_FAILED -> 412;
            case REQUEST_TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case INVALID_WORKFLOW, EXPRESSION_FAILED -> 422;
            case RATE_LIMITED, PROVIDER_RATE_LIMITED -> 429;
            case CLIENT_CLOSED_REQUEST -> 499;
            case INVALID_CONFIGURATION, INTERNAL -> 500;
            case PROVIDER_AUTHENTICATION, PROVIDER_UNAVAILABLE, PROVIDER_BAD_REPLY, ANSWER_REJECTED -> 502;
            case TEMPLATE_FAILED -> 424;
            case DATABASE_UNAVAILABLE, IDENTITY_PROVIDER_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN -> 503;
            case PROVIDER_TIMEOUT -> 504;
        };
    }
}
