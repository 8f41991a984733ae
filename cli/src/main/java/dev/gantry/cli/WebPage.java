package dev.gantry.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/** Fetches a page and keeps what a reader would read of it. */
final class WebPage {
    private static final int BYTES_MAX = 16 * 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern CHARSET = Pattern.compile("charset=\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);
    private static final String FURNITURE =
            "script, style, noscript, template, svg, iframe, nav, header, footer, aside, form, button, [hidden],"
                    + " [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo]";
    private static final Set<String> HEADINGS = Set.of("h1", "h2", "h3", "h4", "h5", "h6");

    private WebPage() {}

    /**
     * Fetches an address.
     *
     * @return readable text of HTML; other text as it is
     * @throws CommandFailure if it cannot be fetched, is too large or is not text
     */
    static String fetch(String address) {
        try (HttpClient http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(TIMEOUT)
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                    .timeout(TIMEOUT)
                    .header("User-Agent", "gantry-cli/" + Context.version())
                    .header("Accept", "text/html, text/*;q=0.9, application/json;q=0.8, */*;q=0.1")
                    .build();
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new CommandFailure("The address answered " + response.statusCode(), address);
                }
                byte[] bytes = body.readNBytes(BYTES_MAX + 1);
                if (bytes.length > BYTES_MAX) {
                    throw new CommandFailure("The page is larger than " + Format.bytes(BYTES_MAX), address);
                }
                return text(response.headers().firstValue("content-type").orElse("text/plain"), bytes, address);
            }
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage("'" + address + "' is no address: " + malformed.getMessage());
        } catch (IOException failed) {
            throw new CommandFailure("The page cannot be fetched: " + reason(failed), address);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Cancelled");
        }
    }

    /** The client's exceptions about connections have no message. */
    private static String reason(IOException failed) {
        return switch (failed) {
            case HttpTimeoutException late -> "no answer within " + Format.duration(TIMEOUT);
            case ConnectException refused -> "nothing answers at this address";
            case IOException other when other.getMessage() != null -> other.getMessage();
            default -> failed.getClass().getSimpleName();
        };
    }

    private static String text(String contentType, byte[] bytes, String address) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("text/html") || type.equals("application/xhtml+xml")) {
            return readable(parse(contentType, bytes, address));
        }
        if (type.startsWith("text/") || type.endsWith("json") || type.endsWith("xml") || type.endsWith("yaml")) {
            return new String(bytes, charset(contentType).orElse(StandardCharsets.UTF_8));
        }
        throw new CommandFailure(
                "The address holds " + type + ", not text", address, "Download and convert it, then pipe the text in");
    }

    private static Document parse(String contentType, byte[] bytes, String address) {
        try (InputStream stream = new java.io.ByteArrayInputStream(bytes)) {
            // Without a charset in the header jsoup reads the page's own meta element.
            return Jsoup.parse(stream, charset(contentType).map(Charset::name).orElse(null), address);
        } catch (IOException impossible) {
            throw new CommandFailure("The page cannot be parsed: " + impossible.getMessage(), address);
        }
    }

    private static Optional<Charset> charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        try {
            return matcher.find() ? Optional.of(Charset.forName(matcher.group(1))) : Optional.empty();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return Optional.empty();
        }
    }

    /** Returns title and main content as plain text with one blank line between blocks. */
    static String readable(Document page) {
        Element main = page.selectFirst("main, article, [role=main]");
        Element content = main == null ? page.body() : main;
        content.select(FURNITURE).remove();
        StringBuilder text = new StringBuilder();
        if (!page.title().isBlank()) {
            text.append("# ").append(page.title().strip()).append("\n\n");
        }
        content.traverse(new Blocks(text));
        return text.toString()
                        .replaceAll("[ \\t]+\\n", "\n")
                        .replaceAll("\\n{3,}", "\n\n")
                        .strip()
                + "\n";
    }

    /** Writes text nodes, with line breaks where a browser would begin a block. */
    private static final class Blocks implements NodeVisitor {
        private final StringBuilder text;

        Blocks(StringBuilder text) {
            this.text = text;
        }

        @Override
        public void head(Node node, int depth) {
            if (node instanceof TextNode words) {
                boolean literal = isLiteral(words);
                append(literal ? words.getWholeText() : words.text());
            } else if (node instanceof Element element) {
                String name = element.tagName();
                if (element.isBlock() || name.equals("br")) {
                    newLine();
                }
                if (HEADINGS.contains(name)) {
                    text.append('\n').append("#".repeat(name.charAt(1) - '0')).append(' ');
                } else if (name.equals("li")) {
                    text.append("- ");
                }
            }
        }

        @Override
        public void tail(Node node, int depth) {
            if (node instanceof Element element && element.isBlock()) {
                newLine();
                if (!element.tagName().equals("li")) {
                    text.append('\n');
                }
            }
        }

        private static boolean isLiteral(TextNode words) {
            return words.parent() != null && words.parent().closest("pre") != null;
        }

        private void append(String words) {
            boolean atStart = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
            text.append(atStart && words.startsWith(" ") ? words.substring(1) : words);
        }

        private void newLine() {
            if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
                text.append('\n');
            }
        }
    }
}
