package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.outbound.Addresses;
import dev.gantry.outbound.Deadline;
import dev.gantry.outbound.OutboundHttp;
import dev.gantry.outbound.OutboundReply;
import dev.gantry.outbound.OutboundRequest;
import dev.gantry.outbound.PublicAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code plugin:fetch:get}: gets a page from the public internet and from nowhere else; every redirect is checked like the
 * address itself. Thread-safe, blocking.
 */
final class GuardedFetch {
    private static final Map<String, String> HEADERS =
            Map.of("Accept", "text/*, application/json, application/xml;q=0.9, */*;q=0.1");

    private final TemplateSettings settings;
    private final OutboundHttp http;
    private final Predicate<InetAddress> permitted;

    GuardedFetch(TemplateSettings settings) {
        this(settings, InetAddress::getAllByName, PublicAddresses::contain);
    }

    GuardedFetch(TemplateSettings settings, OutboundHttp.Resolver resolver, Predicate<InetAddress> permitted) {
        this.settings = settings;
        this.http = new OutboundHttp(resolver);
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
        Deadline deadline = Deadline.in(settings.fetchTimeout());
        URI uri = parse(() -> Addresses.parse(address));
        try {
            for (int redirects = 0; redirects <= settings.fetchRedirectsMax(); redirects++) {
                try (OutboundReply reply = getOnce(uri, deadline)) {
                    String location = reply.redirectLocation();
                    if (location == null) {
                        return text(reply, uri.getHost());
                    }
                    URI from = uri;
                    uri = parse(() -> Addresses.redirected(from, location));
                }
            }
        } catch (OutboundHttp.AddressNotPermittedException refused) {
            throw denied("'" + Text.shorten(Addresses.host(uri), 120) + "' is not a public address");
        } catch (OutboundReply.AnswerTooLargeException large) {
            throw failed("the page is larger than the operator allows", large);
        } catch (UnknownHostException unknown) {
            throw failed("there is no host '" + Text.shorten(Addresses.host(uri), 120) + "'", unknown);
        } catch (SocketTimeoutException late) {
            throw failed(
                    "'" + shown(uri) + "' did not answer within "
                            + settings.fetchTimeout().toMillis() + " ms",
                    late);
        } catch (IOException failed) {
            throw failed("'" + shown(uri) + "' could not be fetched", failed);
        }
        throw new GantryException(
                ErrorCode.TEMPLATE_FAILED,
                "plugin:fetch:get: more than " + settings.fetchRedirectsMax() + " redirects from '" + shown(uri) + "'");
    }

    private OutboundReply getOnce(URI uri, Deadline deadline) throws IOException {
        requireAllowedHost(Addresses.host(uri));
        return http.send(
                new OutboundRequest("GET", uri, HEADERS, new byte[0]),
                permitted,
                deadline,
                settings.resultSizeMax().bytes());
    }

    private static String text(OutboundReply reply, String host) throws IOException {
        String shown = "'" + Text.shorten(host, 120) + "'";
        if (reply.status() < 200 || reply.status() > 299) {
            throw failed(shown + " answered with status " + reply.status(), null);
        }
        String mediaType = reply.mediaType();
        boolean readable = mediaType.isEmpty()
                || mediaType.startsWith("text/")
                || mediaType.equals("application/json")
                || mediaType.equals("application/xml")
                || mediaType.equals("application/javascript")
                || mediaType.endsWith("+json")
                || mediaType.endsWith("+xml");
        String encoding = reply.headers().getOrDefault("content-encoding", "identity");
        if (!readable || !encoding.equalsIgnoreCase("identity")) {
            throw failed(shown + " did not send plain text but " + Text.shorten(mediaType, 60), null);
        }
        return new String(reply.readAll(), reply.charset());
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

    private static URI parse(Supplier<URI> address) {
        try {
            return address.get();
        } catch (IllegalArgumentException malformed) {
            throw TemplateFunctions.badArgument("plugin:fetch:get", String.valueOf(malformed.getMessage()));
        }
    }

    private static GantryException denied(String reason) {
        return new GantryException(ErrorCode.TEMPLATE_ACCESS_DENIED, "plugin:fetch:get: " + reason);
    }

    private static GantryException failed(String problem, @Nullable Throwable cause) {
        return new GantryException(ErrorCode.TEMPLATE_FAILED, "plugin:fetch:get: " + problem, cause);
    }

    private static String shown(URI uri) {
        return Text.shorten(uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath(), 160);
    }
}
