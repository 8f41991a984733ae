package dev.gantry.gateway;

import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.ChatRequest.Part;

/** A picture as OpenAI's interfaces name it: by a link, or by a {@code data:} address that holds it (RFC 2397). */
final class ImageAddress {
    private static final String SCHEME = "data:";
    private static final String ENCODING = ";base64";

    private ImageAddress() {}

    /** Reads the field of a picture's address. */
    static Part read(JsonFields owner, String name) {
        String url = owner.requireText(name);
        if (!url.startsWith(SCHEME)) {
            return new Part.LinkedImage(url);
        }
        int comma = url.indexOf(',');
        int semicolon = url.indexOf(ENCODING);
        if (semicolon < 0 || comma != semicolon + ENCODING.length()) {
            throw owner.invalid(name, "must be a link or 'data:<media type>;base64,<data>'");
        }
        return new Part.InlineImage(url.substring(SCHEME.length(), semicolon), url.substring(comma + 1));
    }
}
