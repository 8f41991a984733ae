package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.registry.GuardedFetch.Deadline;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The answer to one GET in HTTP/1.1 (RFC 9112), read to its end within a deadline and a bound on every part. */
final class HttpAnswer {
    private static final int HEAD_BYTES_MAX = 64 * 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");
    private static final Pattern CHARSET = Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:-]+)");

    private final int status;

    /** By lower-case name; of repeated ones the last. */
    private final Map<String, String> headers;

    private final byte[] body;

    private HttpAnswer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** Asks for a path over a fresh connection, which is closed by the other side or the caller afterwards. */
    static HttpAnswer get(Socket socket, String target, String host, Deadline deadline, long bodyBytesMax)
            throws IOException {
        String request = "GET " + target + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: gantry\r\nAccept: text/*, application/json, application/xml;q=0.9, */*;q=0.1"
                + "\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n";
        socket.setSoTimeout(deadline.remainingMs());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        InputStream input = new BufferedInputStream(new TimedInput(socket, deadline));
        int[] headBytesLeft = {HEAD_BYTES_MAX};
        int status = status(line(input, headBytesLeft));
        Map<String, String> headers = headers(input, headBytesLeft);
        while (status >= 100 && status < 200) {
            status = status(line(input, headBytesLeft));
            headers = headers(input, headBytesLeft);
        }
        boolean bodyless = status == 204 || status == 304 || (status >= 300 && status < 400);
        return new HttpAnswer(status, headers, bodyless ? new byte[0] : body(input, headers, bodyBytesMax));
    }

    /** Returns where a redirect leads, or null if this is none. */
    @Nullable
    String redirectLocation() {
        boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        return redirect ? headers.get("location") : null;
    }

    /**
     * Returns the body as text.
     *
     * @throws GantryException {@link ErrorCode#TEMPLATE_FAILED} if the server reports an error or sends no text
     */
    String text(String host) {
        if (status < 200 || status > 299) {
            throw failed("'" + Text.shorten(host, 120) + "' answered with status " + status);
        }
        String type = headers.getOrDefault("content-type", "text/plain").toLowerCase(Locale.ROOT);
        String mediaType = type.split(";", 2)[0].strip();
        boolean readable = mediaType.startsWith("text/")
                || mediaType.equals("application/json")
                || mediaType.equals("application/xml")
                || mediaType.equals("application/javascript")
                || mediaType.endsWith("+json")
                || mediaType.endsWith("+xml");
        String encoding = headers.getOrDefault("content-encoding", "identity");
        if (!readable || !encoding.equalsIgnoreCase("identity")) {
            throw failed(
                    "'" + Text.shorten(host, 120) + "' did not send plain text but " + Text.shorten(mediaType, 60));
        }
        return new String(body, charset(type));
    }

    private static Charset charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        if (matcher.find()) {
            try {
                return Charset.forName(matcher.group(1));
            } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
                return StandardCharsets.UTF_8;
            }
        }
        return StandardCharsets.UTF_8;
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

    private static byte[] body(InputStream input, Map<String, String> headers, long bytesMax) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            int[] lineBytesLeft = {HEAD_BYTES_MAX};
            long size = chunkSize(line(input, lineBytesLeft));
            while (size > 0) {
                copy(input, size, body, bytesMax);
                lineBytesLeft[0] = HEAD_BYTES_MAX;
                if (!line(input, lineBytesLeft).isEmpty()) {
                    throw new IOException("Malformed chunk");
                }
                size = chunkSize(line(input, lineBytesLeft));
            }
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        if (length != null) {
            copy(input, number(length, 10), body, bytesMax);
            return body.toByteArray();
        }
        byte[] rest = input.readNBytes(Math.toIntExact(bytesMax + 1));
        requireBound(rest.length, bytesMax);
        return rest;
    }

    private static void copy(InputStream input, long size, ByteArrayOutputStream body, long bytesMax)
            throws IOException {
        requireBound(size, bytesMax - body.size());
        byte[] bytes = input.readNBytes(Math.toIntExact(size));
        if (bytes.length < size) {
            throw new EOFException("The answer ends early");
        }
        body.writeBytes(bytes);
    }

    private static void requireBound(long size, long bytesMax) {
        if (size > bytesMax) {
            throw failed("the page is larger than the operator allows");
        }
    }

    private static long chunkSize(String line) throws IOException {
        return number(line.split(";", 2)[0].strip(), 16);
    }

    private static long number(String digits, int radix) throws IOException {
        try {
            long number = Long.parseLong(digits, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException malformed) {
            // Reported below, together with negative numbers.
        }
        throw new IOException("Malformed length");
    }

    /** Reads one line of the head, without its end. */
    private static String line(InputStream input, int[] bytesLeft) throws IOException {
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

    private static GantryException failed(String problem) {
        return new GantryException(ErrorCode.TEMPLATE_FAILED, "plugin:fetch:get: " + problem);
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
