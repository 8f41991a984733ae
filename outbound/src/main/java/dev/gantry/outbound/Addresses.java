package dev.gantry.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Reads addresses that others wrote. */
public final class Addresses {
    private Addresses() {}

    /**
     * Reads an absolute address that can be called.
     *
     * @throws IllegalArgumentException if it is none, has another scheme than {@code http} and {@code https}, no host, a user name
     *     or an impossible port; in words for whoever wrote it, without the address
     */
    public static URI parse(String address) {
        URI uri = parseRelative(address.strip());
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("the address must begin with https:// or http://");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new IllegalArgumentException("the address has no usable host, or a user name");
        }
        return URI.create(scheme + uri.toString().substring(scheme.length()));
    }

    /**
     * Returns where a redirect leads.
     *
     * @throws IllegalArgumentException as {@link #parse}
     */
    public static URI redirected(URI from, String location) {
        return parse(from.resolve(parseRelative(location)).toString());
    }

    private static URI parseRelative(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException("the address is not one", malformed);
        }
    }

    /** Returns the host in lower case, an IPv6 address without its brackets, a name without its final dot. */
    public static String host(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Returns the port, the scheme's own when the address names none. */
    public static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    /** Returns what follows the host, in ASCII, as a request names it. */
    static String target(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        return URI.create(target.startsWith("//") ? "/." + target : target).toASCIIString();
    }

    /** Returns the host as a request names it. */
    static String hostHeader(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }
}
