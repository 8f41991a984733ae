package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;

/** An error as all of OpenAI's interfaces tell it. */
final class OpenAiErrorBody {
    private OpenAiErrorBody() {}

    /** Returns the object that stands under {@code error}. */
    static ObjectNode of(GantryException error) {
        ObjectNode node = Json.object();
        node.put("message", error.getMessage());
        node.put("type", type(error.code()));
        if (error.errors().isEmpty()) {
            node.putNull("param");
        } else {
            node.put("param", error.errors().getFirst().pointer().substring(1).replace('/', '.'));
        }
        return node.put("code", code(error.code()));
    }

    private static String type(ErrorCode code) {
        return switch (ErrorStatus.of(code)) {
            case 401 -> "authentication_error";
            case 402 -> "insufficient_quota";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            case 400, 404, 405, 408, 409, 412, 413, 415, 499 -> "invalid_request_error";
            default -> "server_error";
        };
    }

    /** OpenAI's own codes where its clients test for them, ours otherwise. */
    private static String code(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED -> "invalid_api_key";
            case UNKNOWN_MODEL -> "model_not_found";
            case RATE_LIMITED, PROVIDER_RATE_LIMITED -> "rate_limit_exceeded";
            default -> code.id();
        };
    }
}
