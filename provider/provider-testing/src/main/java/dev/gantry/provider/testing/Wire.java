package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The form that one provider's interface gives to requests and answers. */
interface Wire {
    /** Understands a request. */
    Asked read(ObjectNode body, String path);

    /** Returns a whole reply. */
    ObjectNode whole(Told told);

    /** Returns the chunks of a stream: one that opens it, one for each piece of text, one that closes it. */
    List<Buffer> stream(Told told);

    /** Returns a stream that was written down as text. */
    default Buffer verbatim(String stream) {
        return Buffer.buffer(stream);
    }

    /** Returns bytes where an event of a stream was due. */
    default Buffer rubbish() {
        return Buffer.buffer(
                streamType().startsWith("text/event-stream") ? "data: {\"choices\": oops\n\n" : "{\"message\": oops\n");
    }

    /** Returns an error that comes within a stream. */
    Buffer errorInStream(String type, String message);

    /** Returns the body of a reply with an error status. */
    ObjectNode error(int status, String type, String message);

    /** Returns the list of models. */
    ObjectNode models();

    /** The content type of streams. */
    String streamType();

    /** Returns the text of a message's content, whatever its form. */
    static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        content.forEach(part -> text.append(part.path("text").asText("")));
        return text.toString();
    }

    /** Returns the text of the last message of the user. */
    static String lastUserText(JsonNode messages) {
        for (int index = messages.size() - 1; index >= 0; index--) {
            if (messages.get(index).path("role").asText().equals("user")) {
                return text(messages.get(index).path("content"));
            }
        }
        return "";
    }

    /** Returns an array of texts, or one text, as a list. */
    static List<String> texts(JsonNode value) {
        return value.isTextual()
                ? List.of(value.textValue())
                : value.valueStream().map(JsonNode::asText).toList();
    }
}
