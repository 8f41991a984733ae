package dev.gantry.triggers;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which headers of a call a workflow sees: what the sender says of the call, and nothing by which somebody is let in. */
final class HookHeaders {
    private static final int HEADERS_MAX = 50;
    private static final int VALUE_LENGTH_MAX = 1_000;
    private static final Set<String> PLAIN = Set.of("content-type", "user-agent", "webhook-id", "webhook-timestamp");
    private static final Set<String> KEPT_BACK =
            Set.of("signature", "secret", "token", "key", "auth", "cookie", "forwarded");

    private HookHeaders() {}

    /** Returns headers by name in lower case. */
    static Map<String, String> shown(Map<String, String> headers) {
        Map<String, String> shown = new TreeMap<>();
        headers.forEach((name, value) -> {
            boolean wanted = PLAIN.contains(name)
                    || (name.startsWith("x-") && KEPT_BACK.stream().noneMatch(name::contains));
            if (wanted && value.length() <= VALUE_LENGTH_MAX && shown.size() < HEADERS_MAX) {
                shown.put(name, value);
            }
        });
        return shown;
    }
}
