package dev.gantry.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.outbound.Addresses;
import dev.gantry.outbound.Deadline;
import dev.gantry.outbound.OutboundHttp;
import dev.gantry.outbound.OutboundReply;
import dev.gantry.outbound.OutboundReply.AnswerTooLargeException;
import dev.gantry.outbound.OutboundRequest;
import dev.gantry.outbound.TrustedAuthorities;
import dev.gantry.registry.AssetInventory.Labelled;
import dev.gantry.registry.Visibility;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What another Gantry answers to one that mirrors it. Nothing of it is believed beyond its form; everything is bounded. Redirects
 * are not followed. Thread-safe, blocking.
 */
final class Upstream {
    private static final String ASSETS = "/api/v1/mirror-feed/assets";
    private static final String VERSIONS = "/api/v1/mirror-feed/versions";

    /** SHA-256 in hexadecimal digits. */
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** Assets that are asked for at a time. */
    private static final int PAGE_ITEMS = 500;

    private final URI address;
    private final MirrorSettings settings;
    private final MirrorsSettings bounds;
    private final OutboundHttp http;

    /**
     * A registry.
     *
     * @throws IOException if the file of authorities cannot be used
     */
    Upstream(MirrorSettings settings, MirrorsSettings bounds) throws IOException {
        this.address = Addresses.parse(settings.url());
        this.settings = settings;
        this.bounds = bounds;
        this.http = settings.caFile().isPresent()
                ? new OutboundHttp(
                        InetAddress::getAllByName,
                        TrustedAuthorities.of(settings.caFile().get()))
                : new OutboundHttp();
    }

    /**
     * An asset as the other registry describes it.
     *
     * @param everybody whether the whole organization sees it there
     */
    record Item(
            UUID id,
            String kind,
            String name,
            int version,
            String hash,
            List<String> tags,
            Map<String, Labelled> labels,
            @Nullable String deprecation,
            boolean everybody) {}

    /**
     * A part of the list.
     *
     * @param etag what stands for the whole list; of the first part only
     * @param next where the next part begins; null after the last
     */
    record Page(List<Item> items, String etag, @Nullable String next) {}

    /** A version with its text. */
    record Version(UUID asset, int number, String hash, String content, String author, Instant at) {}

    /** Versions, and whether these are all that were asked for. */
    record Versions(List<Version> versions, boolean complete) {}

    /**
     * Returns a part of the list of assets.
     *
     * @param etag of the list that is known; empty for none
     * @param cursor where it begins; null for the first part
     * @return null if the list that is known still holds
     */
    @Nullable
    Page page(String etag, @Nullable String cursor) throws UpstreamFailed {
        StringBuilder path = new StringBuilder(ASSETS).append("?limit=").append(PAGE_ITEMS);
        if (!settings.namespaces().isEmpty()) {
            path.append("&namespaces=").append(encode(String.join(",", settings.namespaces())));
        }
        if (cursor != null) {
            path.append("&cursor=").append(encode(cursor));
        }
        try (OutboundReply reply = ask(path.toString(), etag)) {
            if (reply.status() == 304 && !etag.isEmpty()) {
                return null;
            }
            JsonNode body = read(reply);
            List<Item> items = new ArrayList<>();
            for (JsonNode item : items(body)) {
                items.add(item(item));
            }
            if (items.size() > PAGE_ITEMS) {
                throw UpstreamFailed.unusable(
                        "it answers with " + items.size() + " assets where " + PAGE_ITEMS + " were asked for");
            }
            JsonNode cursorOfNext = body.path("next_cursor");
            boolean last = cursorOfNext.isMissingNode() || cursorOfNext.isNull();
            String next = last ? null : text(body, "next_cursor", 500);
            String tag = reply.headers().getOrDefault("etag", "");
            return new Page(items, tag.length() > 200 ? "" : tag, next);
        }
    }

    /** Returns versions after the given ones; perhaps not all, but at least one of those that there are. */
    Versions versions(Map<UUID, Integer> wanted) throws UpstreamFailed {
        String assets = wanted.entrySet().stream()
                .map(asset -> asset.getKey() + ":" + asset.getValue())
                .collect(Collectors.joining(","));
        try (OutboundReply reply = ask(VERSIONS + "?assets=" + encode(assets), "")) {
            JsonNode body = read(reply);
            List<Version> versions = new ArrayList<>();
            for (JsonNode item : items(body)) {
                versions.add(new Version(
                        id(item, "asset"),
                        number(item, "version"),
                        hash(item),
                        text(item, "content", Integer.MAX_VALUE),
                        text(item, "author", 1_000),
                        time(item)));
            }
            return new Versions(versions, body.path("complete").asBoolean(true));
        }
    }

    private OutboundReply ask(String path, String etag) throws UpstreamFailed {
        Map<String, String> headers = new HashMap<>();
        headers.put("Authorization", "Bearer " + settings.apiKey().reveal());
        headers.put("Accept", "application/json");
        if (!etag.isEmpty()) {
            headers.put("If-None-Match", etag);
        }
        String base = address.toString().replaceAll("/+$", "");
        try {
            OutboundRequest request = new OutboundRequest("GET", Addresses.parse(base + path), headers, new byte[0]);
            return http.send(
                    request,
                    _ -> true,
                    Deadline.in(bounds.timeout()),
                    bounds.replySizeMax().bytes());
        } catch (IOException failed) {
            throw failed(failed);
        } catch (IllegalArgumentException unusable) {
            throw UpstreamFailed.unusable("it cannot be asked: " + unusable.getMessage());
        }
    }

    private UpstreamFailed failed(IOException failure) {
        return switch (failure) {
            case AnswerTooLargeException _ ->
                UpstreamFailed.unusable(
                        "a reply is larger than " + bounds.replySizeMax() + " (setting mirrors.reply_size_max)");
            case SocketTimeoutException _ ->
                UpstreamFailed.unreachable(
                        "an exchange takes longer than " + seconds(bounds.timeout()) + " (setting mirrors.timeout)");
            case UnknownHostException _ -> UpstreamFailed.unreachable("there is no host " + Addresses.host(address));
            case ConnectException refused ->
                UpstreamFailed.unreachable("nobody answers at " + address.getAuthority() + ": " + refused.getMessage());
            case SSLException untrusted ->
                UpstreamFailed.unreachable("its certificate cannot be trusted, or it does not speak TLS: "
                        + Text.shorten(String.valueOf(untrusted.getMessage()), 200)
                        + "; an authority of your own goes into ca_file");
            default ->
                UpstreamFailed.unreachable(
                        "the connection fails: " + Text.shorten(String.valueOf(failure.getMessage()), 200));
        };
    }

    private JsonNode read(OutboundReply reply) throws UpstreamFailed {
        int status = reply.status();
        String problem = switch (status) {
            case 200 -> "";
            case 301, 302, 303, 307, 308 -> "it redirects, which is not followed; write the address where it really is";
            case 401 -> "it does not know the key, or the key has expired (setting api_key)";
            case 403 -> "the key may read neither patterns nor workflows there";
            case 404 -> "there is no feed for mirrors at this address; is it a Gantry, and new enough?";
            case 429 -> "it limits the requests of the key; the rest comes with the next look";
            default -> status >= 500 ? "it fails with status " + status : "it answers with status " + status;
        };
        if (!problem.isEmpty()) {
            throw status >= 300 && status < 400
                    ? UpstreamFailed.unusable(problem)
                    : UpstreamFailed.unreachable(problem);
        }
        try {
            return Json.read(reply.readAll());
        } catch (IOException broken) {
            throw failed(broken);
        } catch (GantryException malformed) {
            throw UpstreamFailed.unusable("its reply is no JSON: " + malformed.getMessage());
        }
    }

    private static Item item(JsonNode item) throws UpstreamFailed {
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : item.path("added_tags")) {
            tags.add(Text.shorten(tag.asText(), 100));
        }
        Map<String, Labelled> labels = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> label : item.path("labels").properties()) {
            labels.put(label.getKey(), new Labelled(number(label.getValue(), "version"), hash(label.getValue())));
        }
        JsonNode deprecation = item.path("deprecation");
        String message = null;
        if (deprecation.isObject()) {
            String instead = deprecation.path("replacement").asText("");
            message = Text.storable(
                    deprecation.path("message").asText("")
                            + (instead.isEmpty() ? "" : " (there replaced by '" + instead + "')"),
                    1_000);
        }
        return new Item(
                id(item, "id"),
                text(item, "kind", 40),
                text(item, "name", 500),
                number(item, "version"),
                hash(item),
                tags,
                labels,
                message,
                item.path("visibility").asText().equals(Visibility.ORGANIZATION.id()));
    }

    /** A reply without a list is not an empty one: that would mean that everything is gone. */
    private static JsonNode items(JsonNode body) throws UpstreamFailed {
        JsonNode items = body.path("items");
        if (!items.isArray()) {
            throw UpstreamFailed.unusable("its reply has no list 'items'");
        }
        return items;
    }

    private static String hash(JsonNode item) throws UpstreamFailed {
        String hash = text(item, "hash", 64);
        if (!HASH.matcher(hash).matches()) {
            throw malformed("hash");
        }
        return hash;
    }

    private static String text(JsonNode item, String field, int lengthMax) throws UpstreamFailed {
        JsonNode value = item.path(field);
        if (!value.isTextual() || value.textValue().length() > lengthMax) {
            throw malformed(field);
        }
        return value.textValue();
    }

    private static int number(JsonNode item, String field) throws UpstreamFailed {
        JsonNode value = item.path(field);
        if (!value.canConvertToInt() || value.intValue() < 1 || value.intValue() > 999_999_999) {
            throw malformed(field);
        }
        return value.intValue();
    }

    private static UUID id(JsonNode item, String field) throws UpstreamFailed {
        try {
            return UUID.fromString(text(item, field, 36));
        } catch (IllegalArgumentException malformed) {
            throw malformed(field);
        }
    }

    private static Instant time(JsonNode item) throws UpstreamFailed {
        try {
            Instant at = Instant.parse(text(item, "created_at", 40));
            if (at.isAfter(Instant.EPOCH) && at.isBefore(Instant.EPOCH.plus(Duration.ofDays(365_000)))) {
                return at;
            }
        } catch (DateTimeParseException malformed) {
            // Reported below, together with times that nobody wrote at.
        }
        throw malformed("created_at");
    }

    private static UpstreamFailed malformed(String field) {
        return UpstreamFailed.unusable("its reply has an item without a usable '" + field + "'");
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() < 1_000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
