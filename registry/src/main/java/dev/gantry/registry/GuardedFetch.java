package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * {@code plugin:fetch:get}: gets a page from the public internet and from nowhere else.
 *
 * <p>A host name is resolved once; if any of its addresses is not public, the fetch is refused; otherwise the connection
 * goes to one of the addresses that were checked, not to the name, so that a name which resolves differently a moment
 * later (DNS rebinding) gains nothing. Every redirect is checked the same way. This is why it speaks HTTP/1.1 over its own
 * socket: the JDK's client resolves names by itself. Proxies are not used. Thread-safe, blocking.
 */
final class GuardedFetch {
    private final TemplateSettings settings;
    private final Resolver resolver;
    private final Predicate<InetAddress> permitted;

    /** Finds the addresses of a host. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    GuardedFetch(TemplateSettings settings) {
        this(settings, InetAddress::getAllByName, PublicAddresses::contain);
    }

    GuardedFetch(TemplateSettings settings, Resolver resolver, Predicate<InetAddress> permitted) {
        this.settings = settings;
        this.resolver = resolver;
        this.permitted = permitted;
    }

    /**
     * Returns the text of a page.
     *
     * @throws GantryException {@link ErrorCode#TEMPLATE_ACCESS_DENIED} if the address may not be reached,
     *     {@link ErrorCode#TEMPLATE_FAILED} if it does not answer with a text within the bounds
     */
    String get(String address) {
        if (!settings.fetchEnabled()) {
            throw denied("the operator does not allow it (setting patterns.templates.fetch_enabled)");
        }
        Deadline deadline = new Deadline(settings.fetchTimeout());
        URI uri = parse(address.strip());
        try {
            for (int redirects = 0; redirects <= settings.fetchRedirectsMax(); redirects++) {
                HttpAnswer answer = getOnce(uri, deadline);
                String location = answer.redirectLocation();
                if (location == null) {
                    return answer.text(uri.getHost());
                }
                uri = parse(uri.resolve(parseRelative(location)).toString());
            }
        } catch (SocketTimeoutException late) {
            throw new GantryException(
                    ErrorCode.TEMPLATE_FAILED,
                    "plugin:fetch:get: '" + shown(uri) + "' did not answer within "
                            + settings.fetchTimeout().toMillis() + " ms",
                    late);
        } catch (IOException failed) {
            throw new GantryException(
                    ErrorCode.TEMPLATE_FAILED, "plugin:fetch:get: '" + shown(uri) + "' could not be fetched", failed);
        }
        throw new GantryException(
                ErrorCode.TEMPLATE_FAILED,
                "plugin:fetch:get: more than " + settings.fetchRedirectsMax() + " redirects from '" + shown(uri) + "'");
    }

    private HttpAnswer getOnce(URI uri, Deadline deadline) throws IOException {
        String host = host(uri);
        requireAllowedHost(host);
        InetAddress[] addresses = resolve(host);
        for (InetAddress address : addresses) {
            if (!permitted.test(address)) {
                throw denied("'" + Text.shorten(host, 120) + "' is not a public address");
            }
        }
        boolean secure = uri.getScheme().equals("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        try (Socket plain = connect(addresses, port, deadline);
                Socket socket = secure ? secured(plain, host, port, deadline) : plain) {
            return HttpAnswer.get(
                    socket,
                    requestTarget(uri),
                    hostHeader(uri),
                    deadline,
                    settings.resultSizeMax().bytes());
        }
    }

    /** Connects to the first of the checked addresses that answers. */
    private static Socket connect(InetAddress[] addresses, int port, Deadline deadline) throws IOException {
        IOException failure = new UnknownHostException("no address");
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), deadline.remainingMs());
                return socket;
            } catch (IOException failed) {
                socket.close();
                failure = failed;
            }
        }
        throw failure;
    }

    /** Speaks TLS over a connection and insists on a certificate for the host's name. */
    private static Socket secured(Socket plain, String host, int port, Deadline deadline) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(deadline.remainingMs());
        socket.startHandshake();
        return socket;
    }

    private InetAddress[] resolve(String host) {
        try {
            return resolver.resolve(host);
        } catch (UnknownHostException unknown) {
            throw new GantryException(
                    ErrorCode.TEMPLATE_FAILED,
                    "plugin:fetch:get: there is no host '" + Text.shorten(host, 120) + "'",
                    unknown);
        }
    }

    private void requireAllowedHost(String host) {
        List<String> allowed = settings.fetchAllowedHosts();
        if (allowed.isEmpty()) {
            return;
        }
        for (String entry : allowed) {
            String name = entry.toLowerCase(Locale.ROOT);
            if (name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name)) {
                return;
            }
        }
        throw denied("the operator does not allow the host '" + Text.shorten(host, 120)
                + "' (setting patterns.templates.fetch_allowed_hosts)");
    }

    private static URI parse(String address) {
        URI uri = parseRelative(address);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw TemplateFunctions.badArgument("plugin:fetch:get", "the address must begin with https:// or http://");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw TemplateFunctions.badArgument(
                    "plugin:fetch:get", "'" + Text.shorten(address, 120) + "' has no usable host, or a user name");
        }
        return URI.create(scheme + address.substring(scheme.length()));
    }

    private static URI parseRelative(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException malformed) {
            throw TemplateFunctions.badArgument(
                    "plugin:fetch:get", "'" + Text.shorten(address, 120) + "' is not an address");
        }
    }

    /** Returns the host in lower case, an IPv6 address without its brackets, a name without its final dot. */
    private static String host(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static String hostHeader(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private static String requestTarget(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        return URI.create(target.startsWith("//") ? "/." + target : target).toASCIIString();
    }

    private static GantryException denied(String reason) {
        return new GantryException(ErrorCode.TEMPLATE_ACCESS_DENIED, "plugin:fetch:get: " + reason);
    }

    private static String shown(URI uri) {
        return Text.shorten(uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath(), 160);
    }

    /** The moment by which everything has to be over. */
    static final class Deadline {
        private final long endNanos;

        Deadline(Duration timeout) {
            this.endNanos = System.nanoTime() + timeout.toNanos();
        }

        /** Returns the milliseconds that are left, at least 1, for a socket. */
        int remainingMs() throws SocketTimeoutException {
            long remaining = (endNanos - System.nanoTime()) / 1_000_000;
            if (remaining <= 0) {
                throw new SocketTimeoutException("the time is over");
            }
            return (int) Math.min(remaining, Integer.MAX_VALUE);
        }
    }
}
