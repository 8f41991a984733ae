package dev.gantry.cli;

import dev.gantry.client.ClientException;
import java.util.ArrayList;
import java.util.List;

/** A refusal of the platform: its problem document (RFC 9457) with the address that gave it. */
final class ApiProblem extends RuntimeException {
    private final int status;
    private final String code;
    private final transient List<String> fields;
    private final String where;
    private final String requestId;

    private ApiProblem(int status, String code, String message, List<String> fields, String where, String requestId) {
        super(message);
        this.status = status;
        this.code = code;
        this.fields = List.copyOf(fields);
        this.where = where;
        this.requestId = requestId;
    }

    /**
     * Takes over a refusal.
     *
     * @param where method and address of the call
     */
    static ApiProblem of(ClientException refusal, String where) {
        String message = refusal.detail();
        List<String> fields = new ArrayList<>();
        for (ClientException.FieldError error : refusal.errors()) {
            // Of a single mistake the message tells all but the place.
            boolean told = error.message().equals(message) && refusal.errors().size() == 1;
            fields.add((error.pointer() + (told ? "" : ": " + error.message())).strip());
        }
        return new ApiProblem(refusal.status(), refusal.code(), message, fields, where, refusal.requestId());
    }

    /** Returns the HTTP status. */
    int status() {
        return status;
    }

    /** Returns the stable code, such as {@code unknown_model}; empty when the reply had none. */
    String code() {
        return code;
    }

    /** Returns the refusal as a person reads it. */
    CommandFailure asFailure() {
        List<String> details = new ArrayList<>(fields);
        String advice = advice();
        if (!advice.isEmpty()) {
            details.add(advice);
        }
        String kind = code.isEmpty() ? "HTTP " + status : code + ", HTTP " + status;
        details.add(where + " (" + kind + (requestId.isEmpty() ? "" : ", request " + requestId) + ")");
        return new CommandFailure(String.valueOf(getMessage()), details);
    }

    private String advice() {
        return switch (code) {
            case "unauthenticated" ->
                "Run gantry login, or set GANTRY_API_KEY to a valid key; that of a local platform is in its data folder's"
                        + " credentials";
            case "permission_denied" -> "Ask an administrator for a role that grants it";
            case "unknown_pattern" -> "gantry patterns list shows what there is";
            case "unknown_model" -> "gantry models shows what can be used";
            case "database_unavailable", "overloaded", "shutting_down" ->
                "Try again in a moment; gantry status tells how the platform is";
            case "provider_authentication" -> "Check the provider's key in the platform's environment, then: gantry up";
            case "provider_unavailable", "provider_rate_limited", "provider_timeout" ->
                "Try again later, or another model with -m";
            case "internal" -> "This is a defect of Gantry; the request id finds it in the server's log";
            default -> "";
        };
    }
}
