package dev.gantry.server;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which handler answers which path: exact paths, then {@code /api}, then the longest beginning, then the console. Immutable. */
final class Routes {
    private final Map<String, Map<String, InboundHandler>> exact;
    private final Map<String, Map<String, InboundHandler>> under;
    private final InboundHandler api;
    private final InboundHandler console;
    private final InboundHandler unknownPath;
    private final InboundHandler wrongMethod;

    private Routes(
            Builder builder,
            InboundHandler api,
            InboundHandler console,
            InboundHandler unknownPath,
            InboundHandler wrongMethod) {
        this.exact = Map.copyOf(builder.exact);
        this.under = Map.copyOf(builder.under);
        this.api = api;
        this.console = console;
        this.unknownPath = unknownPath;
        this.wrongMethod = wrongMethod;
    }

    InboundHandler find(String method, String path) {
        @Nullable Map<String, InboundHandler> methods = exact.get(path);
        if (methods != null) {
            return methods.getOrDefault(method, wrongMethod);
        }
        if (path.startsWith("/api/")) {
            return api;
        }
        @Nullable String longest = null;
        for (String beginning : under.keySet()) {
            if (path.startsWith(beginning) && (longest == null || beginning.length() > longest.length())) {
                longest = beginning;
            }
        }
        @Nullable Map<String, InboundHandler> found = longest == null ? null : under.get(longest);
        if (found != null) {
            return found.getOrDefault(method, wrongMethod);
        }
        return ConsoleFiles.serves(path) ? console : unknownPath;
    }

    /** Gathers exact paths. */
    static final class Builder {
        private final Map<String, Map<String, InboundHandler>> exact = new HashMap<>();
        private final Map<String, Map<String, InboundHandler>> under = new HashMap<>();

        Builder on(String method, String path, InboundHandler handler) {
            exact.computeIfAbsent(path, any -> new HashMap<>()).put(method, handler);
            return this;
        }

        /** Answers every path with a beginning, such as {@code /hooks/}. */
        Builder under(String method, String beginning, InboundHandler handler) {
            under.computeIfAbsent(beginning, any -> new HashMap<>()).put(method, handler);
            return this;
        }

        Routes build(
                InboundHandler api, InboundHandler console, InboundHandler unknownPath, InboundHandler wrongMethod) {
            return new Routes(this, api, console, unknownPath, wrongMethod);
        }
    }
}
