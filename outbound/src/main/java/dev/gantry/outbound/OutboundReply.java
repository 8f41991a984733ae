package dev.gantry.outbound;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The answer to one request in HTTP/1.1 (RFC 9112), within a deadline and a bound on every part. Used by one thread. */
public final class OutboundReply implements AutoCloseable {
    private static final int HEAD_BYTES_MAX = 64 * 1024;
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");
    private static final Pattern CHARSET = Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:-]+)");

    private final Socket socket;
    private final int status;

    /** By lower-case name; of repeated ones the last. */
    private final Map<String, String> headers;

    private final InputStream body;

    private OutboundReply(Socket socket, int status, Map<String, String> headers, InputStream body) {
        this.socket = socket;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** Asks over a fresh connection, which this closes. */
    static OutboundReply of(Socket socket, OutboundRequest request, Deadline deadline, long bodyBytesMax)
            throws IOException {
        socket.setSoTimeout(deadline.remainingMs());
        socket.getOutputStream().write(head(request).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(request.body());
        socket.getOutputStream().flush();
        InputStream input = new BufferedInputStream(new TimedInput(socket, deadline));
        int[] headBytesLeft = {HEAD_BYTES_MAX};
        int status = status(line(input, headBytesLeft));
        Map<String, String> headers = headers(input, headBytesLeft);
        while (status >= 100 && status < 200) {
            status = status(line(input, headBytesLeft));
            headers = headers(input, headBytesLeft);
        }
        boolean bodyless = request.method().equals("HEAD") || status == 204 || status == 304;
        InputStream body =
                bodyless ? InputStream.nullInputStream() : new BodyInput(input, framing(headers), bodyBytesMax);
        return new OutboundReply(socket, status, headers, body);
    }

    private static String head(OutboundRequest request) {
        StringBuilder head = new StringBuilder()
                .append(request.method())
                .append(' ')
                .append(Addresses.target(request.uri()))
                .append(" HTTP/1.1\r\nHost: ")
                .append(Addresses.hostHeader(request.uri()))
                .append("\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
        if (request.headers().keySet().stream().noneMatch("user-agent"::equalsIgnoreCase)) {
            head.append("User-Agent: gantry\r\n");
        }
        request.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        int length = request.body().length;
        if (length > 0 || WITH_BODY.contains(request.method())) {
            head.append("Content-Length: ").append(length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Returns the status. */
    public int status() {
        return status;
    }

    /** Returns the headers by lower-case name; of repeated ones the last. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns where a redirect leads, as the answer says it; null if this is none. */
    public @Nullable String redirectLocation() {
        boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        return redirect ? headers.get("location") : null;
    }

    /** Returns the media type in lower case, without its parameters; empty when there is none. */
    public String mediaType() {
        return headers.getOrDefault("content-type", "")
                .toLowerCase(Locale.ROOT)
                .split(";", 2)[0]
                .strip();
    }

    /** Returns the character set that the answer names, UTF-8 where it names none that is known. */
    public Charset charset() {
        Matcher matcher =
                CHARSET.matcher(headers.getOrDefault("content-type", "").toLowerCase(Locale.ROOT));
        if (matcher.find()) {
            try {
                return Charset.forName(matcher.group(1));
            } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
                return StandardCharsets.UTF_8;
            }
        }
        return StandardCharsets.UTF_8;
    }

    /**
     * Returns the body; reading beyond the bound throws {@link AnswerTooLargeException}, beyond the deadline
     * {@link java.net.SocketTimeoutException}.
     */
    public InputStream body() {
        return body;
    }

    /** Reads the body to its end. */
    public byte[] readAll() throws IOException {
        return body.readAllBytes();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing is expected of it any more.
        }
    }

    /** An answer is larger than allowed. */
    public static final class AnswerTooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        AnswerTooLargeException(long bytesMax) {
            super("the answer has more than " + bytesMax + " bytes");
        }
    }

    private static int status(String line) throws IOException {
        Matcher matcher = STATUS_LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IOException("Not an HTTP/1.1 answer");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static Map<String, String> headers(InputStream input, int[] bytesLeft) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(input, bytesLeft); !line.isEmpty(); line = line(input, bytesLeft)) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("Malformed header");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    /** Returns the length of a body; -1 for chunks, -2 for a body that ends with the connection. */
    private static long framing(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return BodyInput.CHUNKS;
        }
        String length = headers.get("content-length");
        return length == null ? BodyInput.TO_THE_END : BodyInput.number(length, 10);
    }

    /** Reads one line of the head, without its end. */
    static String line(InputStream input, int[] bytesLeft) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("The answer ends early");
            }
            if (--bytesLeft[0] < 0) {
                throw new IOException("The head of the answer is too long");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** Lets every single read wait no longer than the deadline of the whole allows. */
    private static final class TimedInput extends FilterInputStream {
        private final Socket socket;
        private final Deadline deadline;

        TimedInput(Socket socket, Deadline deadline) throws IOException {
            super(socket.getInputStream());
            this.socket = socket;
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            socket.setSoTimeout(deadline.remainingMs());
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            socket.setSoTimeout(deadline.remainingMs());
            return super.read(bytes, offset, length);
        }
    }
}
