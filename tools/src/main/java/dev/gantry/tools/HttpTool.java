package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.outbound.Addresses;
import dev.gantry.outbound.Deadline;
import dev.gantry.outbound.OutboundHttp;
import dev.gantry.outbound.OutboundReply;
import dev.gantry.outbound.OutboundRequest;
import dev.gantry.outbound.PublicAddresses;
import dev.gantry.tools.ToolException.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Calls the addresses that the operator allows. Thread-safe, blocking. */
final class HttpTool {
    private static final byte[] NOTHING = {};
    private static final int BODY_BYTES_MAX = 16 << 20;

    /** Answers' headers that are nobody's business beyond the connection, or are credentials. */
    private static final Set<String> DROPPED = Set.of(
            "connection",
            "keep-alive",
            "transfer-encoding",
            "set-cookie",
            "set-cookie2",
            "proxy-authenticate",
            "www-authenticate",
            "strict-transport-security",
            "alt-svc");

    private final ToolSettings.Http settings;
    private final Map<String, ToolSettings.SecretUse> secrets;
    private final OutboundHttp http;
    private final HostNames allowed;
    private final HostNames privateHosts;

    HttpTool(ToolSettings settings, OutboundHttp http) {
        this.settings = settings.http();
        this.secrets = settings.secrets();
        this.http = http;
        this.allowed = new HostNames(settings.http().allowedHosts());
        this.privateHosts = new HostNames(settings.http().privateHosts());
    }

    boolean isOff() {
        return allowed.isEmpty();
    }

    /** Says why an address may not be called, or is none; throws when it may not. */
    URI require(String url) throws ToolException {
        URI uri;
        try {
            uri = Addresses.parse(url);
        } catch (IllegalArgumentException malformed) {
            throw new ToolException(Reason.INVALID, String.valueOf(malformed.getMessage()));
        }
        requireAllowed(uri);
        return uri;
    }

    private void requireAllowed(URI uri) throws ToolException {
        if (!allowed.contain(uri)) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "the operator does not allow calls to '" + Text.shorten(uri.getRawAuthority(), 120)
                            + "' (setting tools.http.allowed_hosts)");
        }
    }

    HttpResult call(HttpCall call, Duration most) throws ToolException {
        URI uri = require(call.url());
        Duration timeout = most.compareTo(settings.timeout()) < 0 ? most : settings.timeout();
        Deadline deadline = Deadline.in(timeout);
        String method = call.method();
        byte[] body = body(call.body());
        for (int redirects = 0; redirects <= settings.redirectsMax(); redirects++) {
            OutboundRequest request = request(call, method, uri, body);
            try (OutboundReply reply = send(request, deadline)) {
                String location = reply.redirectLocation();
                if (location == null) {
                    return result(reply, call.secretHeaders().values());
                }
                uri = redirected(uri, location);
                if (reply.status() == 303 || (reply.status() <= 302 && method.equals("POST"))) {
                    method = method.equals("HEAD") ? method : "GET";
                    body = NOTHING;
                }
            } catch (SocketTimeoutException late) {
                throw new ToolException(
                        Reason.TIMEOUT, shown(uri) + " did not answer within " + timeout.toMillis() + " ms", late);
            } catch (OutboundReply.AnswerTooLargeException large) {
                throw new ToolException(
                        Reason.BAD_ANSWER,
                        "the answer of " + shown(uri) + " is larger than " + settings.answerSizeMax()
                                + " (setting tools.http.answer_size_max)",
                        large);
            } catch (IOException failure) {
                throw new ToolException(Reason.UNAVAILABLE, shown(uri) + " could not be called", failure);
            }
        }
        throw new ToolException(Reason.BAD_ANSWER, shown(uri) + " redirects again and again");
    }

    private URI redirected(URI from, String location) throws ToolException {
        URI to;
        try {
            to = Addresses.redirected(from, location);
        } catch (IllegalArgumentException malformed) {
            throw new ToolException(Reason.BAD_ANSWER, shown(from) + " redirects to what is no address", malformed);
        }
        requireAllowed(to);
        if (from.getScheme().equals("https") && to.getScheme().equals("http")) {
            throw new ToolException(Reason.NOT_ALLOWED, shown(from) + " redirects from https to http");
        }
        return to;
    }

    private OutboundReply send(OutboundRequest request, Deadline deadline) throws IOException, ToolException {
        URI uri = request.uri();
        try {
            return http.send(
                    request,
                    address -> PublicAddresses.contain(address) || privateHosts.contain(uri),
                    deadline,
                    settings.answerSizeMax().bytes());
        } catch (OutboundHttp.AddressNotPermittedException refused) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "'" + Text.shorten(Addresses.host(uri), 120)
                            + "' has an address that is not public (setting tools.http.private_hosts)",
                    refused);
        } catch (UnknownHostException unknown) {
            throw new ToolException(
                    Reason.UNAVAILABLE, "there is no host '" + Text.shorten(Addresses.host(uri), 120) + "'", unknown);
        }
    }

    private OutboundRequest request(HttpCall call, String method, URI uri, byte[] body) throws ToolException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Accept", "application/json, text/*;q=0.9, */*;q=0.1");
        headers.put("Idempotency-Key", call.idempotencyKey());
        JsonNode content = call.body();
        if (body.length > 0 && content != null) {
            headers.put("Content-Type", content.isTextual() ? "text/plain; charset=utf-8" : "application/json");
        }
        headers.putAll(call.headers());
        for (Map.Entry<String, String> entry : call.secretHeaders().entrySet()) {
            headers.put(entry.getKey(), secret(entry.getValue(), uri, call.organization()));
        }
        try {
            return new OutboundRequest(method, uri, headers, body);
        } catch (IllegalArgumentException malformed) {
            throw new ToolException(Reason.INVALID, String.valueOf(malformed.getMessage()));
        }
    }

    /** Returns what a header carries for a secret, if it may go to that address. */
    private String secret(String name, URI uri, String organization) throws ToolException {
        ToolSettings.SecretUse use = requireSecret(name, organization);
        if (!new HostNames(use.hosts()).contain(uri)) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "the secret '" + name + "' may not be sent to '" + Text.shorten(uri.getRawAuthority(), 120)
                            + "' (setting tools.secrets." + name + ".hosts)");
        }
        if (!uri.getScheme().equals("https") && !privateHosts.contain(uri)) {
            throw new ToolException(Reason.NOT_ALLOWED, "the secret '" + name + "' may be sent over https only");
        }
        return use.prefix().orElse("") + use.value().reveal();
    }

    ToolSettings.SecretUse requireSecret(String name, String organization) throws ToolException {
        ToolSettings.SecretUse use = secrets.get(name);
        if (use == null || !Tools.mayUse(use.organizations(), organization)) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "there is no secret '" + Text.shorten(name, 60) + "' (setting tools.secrets)"
                            + Text.didYouMean(name, List.copyOf(secrets.keySet())));
        }
        return use;
    }

    private static byte[] body(@Nullable JsonNode body) throws ToolException {
        if (body == null || body.isNull()) {
            return NOTHING;
        }
        byte[] bytes = body.isTextual() ? body.textValue().getBytes(StandardCharsets.UTF_8) : Json.write(body);
        if (bytes.length > BODY_BYTES_MAX) {
            throw new ToolException(Reason.INVALID, "the body has more than " + BODY_BYTES_MAX + " bytes");
        }
        return bytes;
    }

    private HttpResult result(OutboundReply reply, Collection<String> sent) throws IOException, ToolException {
        byte[] bytes = reply.readAll();
        String type = reply.mediaType();
        boolean json = type.equals("application/json") || type.endsWith("+json");
        JsonNode body = TextNode.valueOf("");
        if (bytes.length > 0) {
            try {
                String text = withoutSecrets(new String(bytes, json ? StandardCharsets.UTF_8 : reply.charset()), sent);
                body = json ? Json.read(text.getBytes(StandardCharsets.UTF_8)) : TextNode.valueOf(text);
            } catch (GantryException malformed) {
                throw new ToolException(Reason.BAD_ANSWER, "the answer calls itself JSON and is none", malformed);
            }
        }
        Map<String, String> headers = new HashMap<>(reply.headers());
        headers.keySet().removeIf(name -> DROPPED.contains(name.toLowerCase(Locale.ROOT)));
        headers.replaceAll((_, value) -> withoutSecrets(value, sent));
        return new HttpResult(reply.status(), headers, body);
    }

    /** Some servers say back what they were sent; what they say is stored. */
    private String withoutSecrets(String text, Collection<String> sent) {
        String without = text;
        for (String name : sent) {
            ToolSettings.SecretUse use = secrets.get(name);
            if (use != null) {
                without = without.replace(use.value().reveal(), use.value().toString());
            }
        }
        return without;
    }

    /** Without its query, which may hold what is nobody's business. */
    private static String shown(URI uri) {
        return "'" + Text.shorten(uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath(), 160) + "'";
    }
}
