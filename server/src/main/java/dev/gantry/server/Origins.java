package dev.gantry.server;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The addresses at which browsers know this server, and the pages of other servers that may call it. Immutable.
 *
 * @param tls whether the server itself speaks TLS
 * @param publicUrl the address in front of it; empty when clients reach it directly
 * @param allowed origins of other pages, such as {@code https://app.example.com}
 */
record Origins(boolean tls, Optional<URI> publicUrl, Set<String> allowed) {
    private static final Pattern LOCAL_HOST =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    Origins {
        allowed = Set.copyOf(allowed);
    }

    static Origins of(ServerSettings settings) {
        return new Origins(settings.tls().isPresent(), settings.publicUrl(), Set.copyOf(settings.allowedOrigins()));
    }

    /** Returns whether browsers come by TLS, to this server or to the one in front of it. */
    boolean secure() {
        return tls || publicUrl.map(url -> "https".equals(url.getScheme())).orElse(false);
    }

    /**
     * Returns whether what a browser sent in {@code Origin} is a page of this server or one that is allowed. What names no
     * origin was not sent by a page of another site, or by no browser.
     */
    boolean trusts(Inbound inbound) {
        return trusts(inbound.headers());
    }

    boolean trusts(MultiMap headers) {
        String origin = headers.get("Origin");
        return origin == null || isAllowed(origin) || isOwn(origin, headers.get("Host"));
    }

    /** Returns whether an origin is on the list, letter by letter. */
    boolean isAllowed(String origin) {
        return allowed.contains(origin);
    }

    private boolean isOwn(String origin, @Nullable String host) {
        String own = publicUrl.map(Origins::origin).orElse(null);
        if (own != null && own.equals(origin)) {
            return true;
        }
        return host != null && origin.equals((tls ? "https://" : "http://") + host.toLowerCase(Locale.ROOT));
    }

    /**
     * Returns the address under which a browser's request reached this server.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if that is known only from what the browser says
     */
    String base(Inbound inbound) {
        String host = inbound.headers().get("Host");
        if (publicUrl.isPresent()) {
            return origin(publicUrl.get());
        }
        if (host == null || !namesThisMachine(inbound)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Set server.public_url to the address of this server, so that providers can send browsers back to it");
        }
        return (tls ? "https://" : "http://") + host;
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    /** Returns whether a request comes from this machine, and not through a proxy on it. */
    static boolean isLocal(Inbound inbound) {
        return isLoopback(inbound.address())
                && !inbound.headers().contains("X-Forwarded-For")
                && !inbound.headers().contains("Forwarded");
    }

    /** Returns whether a client asks for this machine, and not for a name that leads here. */
    static boolean namesThisMachine(Inbound inbound) {
        String host = inbound.headers().get("Host");
        return host != null && LOCAL_HOST.matcher(host).matches();
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1");
    }
}
