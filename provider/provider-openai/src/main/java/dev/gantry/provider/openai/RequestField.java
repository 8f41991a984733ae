package dev.gantry.provider.openai;

import dev.gantry.provider.JsonCursor;
import io.vertx.core.buffer.Buffer;

/** Looks for single fields in a request that is otherwise forwarded as it is. The gateway has checked its form. */
final class RequestField {
    private RequestField() {}

    /** Returns a short text at the top of the request; the empty text when it is not there. */
    static String text(Buffer body, byte[] name) {
        JsonCursor cursor = new JsonCursor();
        cursor.reset(body);
        try {
            cursor.enterObject();
            while (cursor.nextField()) {
                if (cursor.nameIs(name) && cursor.atString()) {
                    cursor.readString();
                    return cursor.rawText();
                }
                cursor.skip();
            }
        } catch (JsonCursor.Malformed impossible) {
            throw new IllegalStateException("A request that was checked before is malformed", impossible);
        }
        return "";
    }
}
