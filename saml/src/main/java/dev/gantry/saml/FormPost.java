package dev.gantry.saml;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A form that a browser is to send to a provider.
 *
 * @param action where it goes
 * @param parameter the name of the field with the message
 * @param message in Base64
 * @param relayState another field; null for none
 */
public record FormPost(
        URI action,
        String parameter,
        String message,
        @Nullable String relayState) {
    /** What a page with the form runs; for the hash in the policy of its content. */
    public static final String SCRIPT = "document.forms[0].submit()";

    /** Returns a page that sends the form, or has a button for it where scripts do not run. */
    public String page() {
        String state = relayState == null
                ? ""
                : "<input type=\"hidden\" name=\"RelayState\" value=\"" + Xml.escape(relayState) + "\">";
        return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Signing in</title>"
                + "<form method=\"post\" action=\"" + Xml.escape(action.toString()) + "\">"
                + "<input type=\"hidden\" name=\"" + parameter + "\" value=\"" + message + "\">" + state
                + "<noscript><button>Continue</button></noscript></form><script>" + SCRIPT + "</script></html>\n";
    }
}
