package dev.gantry.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import java.io.IOException;
import java.util.List;

/**
 * Refuses what would need responses that are kept on a server. All callers share the operator's account at a provider: what
 * one of them leaves there another could continue, it would pass by the guard when it is continued, and it would be lost to
 * a fallback. So a conversation travels whole with every request.
 */
final class StatelessResponses {
    private StatelessResponses() {}

    /**
     * Checks a body that {@link RequestHead} has found to be a JSON object. Every occurrence of a field counts.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, naming the field and what to do instead
     */
    static void require(byte[] body) {
        try (JsonParser parser = RequestHead.parser(body)) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                if (name.equals("store")) {
                    RequestHead.requirePlain(body, parser, name);
                }
                JsonToken value = parser.nextToken();
                if (value != JsonToken.VALUE_NULL) {
                    require(name, value);
                }
                parser.skipChildren();
            }
        } catch (IOException impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "Reading bytes in memory failed", impossible);
        }
    }

    private static void require(String name, JsonToken value) {
        switch (name) {
            case "previous_response_id", "conversation" ->
                throw refused(
                        name, "needs stored responses, which Gantry does not keep; send the conversation in 'input'");
            case "store" -> {
                if (value != JsonToken.VALUE_FALSE) {
                    throw refused(name, "must be false: Gantry keeps no responses, at providers neither");
                }
            }
            case "background" -> {
                if (value != JsonToken.VALUE_FALSE) {
                    throw refused(name, "must be false: an answer that nobody waits for would have to be stored");
                }
            }
            case "prompt" ->
                throw refused(name, "names a template at the provider, which no guard has seen; send its text");
            default -> {
                // Has no state.
            }
        }
    }

    private static GantryException refused(String field, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + field + "' " + problem,
                List.of(new FieldError("/" + field, problem)),
                null,
                null);
    }
}
