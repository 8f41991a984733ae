package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Serves the web console: files that the module {@code console} packed, each also compressed. Files whose names carry a
 * hash of their content may be kept for ever; every other path under {@code /console} is the page itself, which finds out
 * from its address what to show. Read when first asked for, then kept. Thread-safe.
 */
final class ConsoleFiles implements InboundHandler {
    static final String ROOT = "/console";

    private static final String RESOURCES = "/dev/gantry/console/";
    private static final String PAGE = "index.html";
    private static final String HTML = "text/html; charset=utf-8";

    /** Nothing from elsewhere and nothing inline: what is injected into a page does not run, and looks like nothing. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String ABSENT = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Gantry</title></head>
            <body>
            <h1>This build of Gantry has no web console</h1>
            <p>It was built on a machine without Node 20.19 or newer. Install Node (nodejs.org), then build Gantry again:</p>
            <pre>./gantry down; touch console/pom.xml; ./gantry up</pre>
            <p>The commands of <code>gantry</code> and the REST API, which <a href="/openapi.json">/openapi.json</a>
            describes, do all that the console does.</p>
            </body>
            </html>
            """;

    /** A file as the build describes it. */
    private record Entry(String path, String type, List<String> encodings, boolean immutable, String hash) {}

    private final Map<String, Entry> entries;
    private final Map<String, Buffer> contents = new ConcurrentHashMap<>();

    private ConsoleFiles(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** Finds the console's files on the class path; without them a page says why. */
    static ConsoleFiles load() {
        byte[] list = read("files.json");
        Map<String, Entry> entries = new HashMap<>();
        if (list != null) {
            for (JsonNode file : Json.read(list).path("files")) {
                List<String> encodings = file.path("encodings")
                        .valueStream()
                        .map(JsonNode::asText)
                        .toList();
                String path = file.path("path").asText();
                entries.put(
                        path,
                        new Entry(
                                path,
                                file.path("type").asText(),
                                encodings,
                                file.path("immutable").asBoolean(),
                                file.path("hash").asText()));
            }
        }
        return new ConsoleFiles(Map.copyOf(entries));
    }

    /** Returns whether a path is the console's. */
    static boolean serves(String path) {
        return path.equals(ROOT) || path.startsWith(ROOT + "/");
    }

    @Override
    public void serve(Inbound inbound) {
        boolean head = inbound.method().equals("HEAD");
        if (!head && !inbound.method().equals("GET")) {
            ApiPipeline.sendProblem(
                    inbound,
                    new GantryException(ErrorCode.METHOD_NOT_ALLOWED, inbound.method() + " is not possible here"));
            return;
        }
        if (entries.isEmpty()) {
            inbound.exchange().send(404, HTML, policy(), Buffer.buffer(head ? "" : ABSENT));
            return;
        }
        String name = inbound.path().substring(Math.min(inbound.path().length(), ROOT.length() + 1));
        Entry entry = entries.get(name);
        if (entry == null && name.startsWith("assets/")) {
            ApiPipeline.sendProblem(
                    inbound, new GantryException(ErrorCode.NOT_FOUND, "The console has no such file; load it again"));
            return;
        }
        send(inbound, entry == null ? page() : entry, head);
    }

    private Entry page() {
        Entry page = entries.get(PAGE);
        if (page == null) {
            throw new IllegalStateException("The console was packed without " + PAGE);
        }
        return page;
    }

    private void send(Inbound inbound, Entry entry, boolean head) {
        String encoding = encoding(entry, inbound.headers().get("Accept-Encoding"));
        String tag = "\"" + entry.hash() + (encoding.isEmpty() ? "" : "-" + encoding) + "\"";
        Map<String, String> headers = policy();
        headers.put("Cache-Control", entry.immutable() ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("ETag", tag);
        if (!entry.encodings().isEmpty()) {
            headers.put("Vary", "Accept-Encoding");
        }
        if (tag.equals(inbound.headers().get("If-None-Match"))) {
            inbound.exchange().sendEmpty(304, headers);
            return;
        }
        if (!encoding.isEmpty()) {
            headers.put("Content-Encoding", encoding);
        }
        Buffer content = content(entry, encoding);
        if (head) {
            headers.put("Content-Type", entry.type());
            headers.put("Content-Length", Integer.toString(content.length()));
            inbound.exchange().sendEmpty(200, headers);
            return;
        }
        inbound.exchange().send(200, entry.type(), headers, content);
    }

    private static Map<String, String> policy() {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Security-Policy", POLICY);
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        return headers;
    }

    /** Returns the best encoding that there is and that the client takes; empty for the bytes as they are. */
    private static String encoding(Entry entry, @Nullable String accepted) {
        if (accepted == null) {
            return "";
        }
        List<String> taken = Arrays.stream(accepted.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(each -> !each.replace(" ", "").matches(".*;q=0(\\.0*)?"))
                .map(each -> each.split(";", 2)[0].strip())
                .toList();
        return entry.encodings().stream().filter(taken::contains).findFirst().orElse("");
    }

    private Buffer content(Entry entry, String encoding) {
        String suffix = switch (encoding) {
            case "br" -> ".br";
            case "gzip" -> ".gz";
            default -> "";
        };
        return contents.computeIfAbsent("files/" + entry.path() + suffix, name -> {
            byte[] bytes = read(name);
            if (bytes == null) {
                throw new IllegalStateException("The console was packed without " + name);
            }
            return Buffer.buffer(bytes);
        });
    }

    private static byte @Nullable [] read(String name) {
        try (InputStream stream = ConsoleFiles.class.getResourceAsStream(RESOURCES + name)) {
            return stream == null ? null : stream.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
