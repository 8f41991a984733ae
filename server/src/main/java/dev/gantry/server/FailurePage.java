package dev.gantry.server;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** What people read in a browser when signing in or out by a provider fails: what, why, what to do, and a way back. */
final class FailurePage {
    private static final String STYLE = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;"
            + "padding:0 1rem;color-scheme:light dark}";

    private FailurePage() {}

    /** Returns what keeps a browser from running or fetching anything for the page. */
    static Map<String, String> headers() {
        return Map.of(
                "Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
                        + hash(STYLE) + "'",
                "Cache-Control",
                "no-store");
    }

    static String hash(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String page(GantryException refusal, String requestId) {
        return document(
                "Gantry: signing in or out failed",
                "<h1>Signing in or out failed</h1><p>" + escape(String.valueOf(refusal.getMessage())) + "</p><p>"
                        + advice(refusal.code())
                        + "</p><p><a href=\"/console/\">Back to the console</a></p><p><small>Request "
                        + escape(requestId)
                        + "</small></p>");
    }

    /**
     * Returns a page that {@link #headers} fit.
     *
     * @param main its HTML, in which everything is escaped
     */
    static String document(String title, String main) {
        return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>" + escape(title) + "</title><style>"
                + STYLE + "</style><main>" + main + "</main></html>\n";
    }

    private static String advice(ErrorCode code) {
        return switch (code) {
            case RATE_LIMITED -> "Wait for a minute, then sign in anew from the console.";
            case IDENTITY_PROVIDER_UNAVAILABLE ->
                "Try again in a moment. If it goes on, tell whoever administers Gantry, with the number below.";
            case CROSS_SITE_REQUEST -> "Nothing has changed. Sign out in the console itself.";
            default ->
                "Sign in anew from the console. If it fails again, tell whoever administers Gantry, with the number below.";
        };
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
