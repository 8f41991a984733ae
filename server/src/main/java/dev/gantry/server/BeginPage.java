package dev.gantry.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What people read who come from another site's page to sign in by a provider: nothing begins without their saying so, as a
 * provider that knows the browser would open a session and ask nobody.
 */
final class BeginPage {
    private BeginPage() {}

    /**
     * Returns the page, whose one link begins.
     *
     * @param label what people call the provider
     * @param start where signing in by it begins
     * @param asked the parameters for that
     */
    static String page(String label, String start, Map<String, String> asked) {
        String query = new TreeMap<>(asked)
                .entrySet().stream()
                        .map(one -> encode(one.getKey()) + "=" + encode(one.getValue()))
                        .collect(Collectors.joining("&"));
        String address = query.isEmpty() ? start : start + "?" + query;
        return FailurePage.document(
                "Gantry: sign in",
                "<h1>Sign in to Gantry?</h1><p>A page of another site sent you here to sign in with "
                        + FailurePage.escape(label) + ".</p><p><a href=\"" + FailurePage.escape(address)
                        + "\">Sign in with " + FailurePage.escape(label)
                        + "</a></p><p><a href=\"/console/\">Not now</a></p>");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
