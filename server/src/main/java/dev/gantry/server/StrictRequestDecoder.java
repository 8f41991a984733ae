package dev.gantry.server;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/**
 * Reads the length of requests strictly (RFC 9112, sections 6.1 and 6.3): where it could be read in two ways, Netty chooses
 * one of them, and a proxy before us may choose the other and let a request be smuggled past it. What cannot be parsed at all is answered in our own
 * version of the protocol.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private static final String NAME = "httpDecoder";
    private static final String TWO_LENGTHS = "A request has Content-Length or Transfer-Encoding, not both";
    private static final String UNREADABLE = "The only Transfer-Encoding that is read is chunked, in HTTP/1.1";
    private static final String NOT_HTTP = "This is not a valid HTTP/1.1 request";

    private StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** Puts such a decoder in place of the usual one; to be called before the connection's first byte is read. */
    static void install(HttpConnection connection, HttpServerOptions options) {
        if (!(connection instanceof HttpServerConnection server)) {
            throw new IllegalStateException("Vert.x has changed: not a server's connection: " + connection.getClass());
        }
        server.channelHandlerContext().pipeline().replace(NAME, NAME, new StrictRequestDecoder(options));
    }

    /**
     * Called when the head is complete and before anything is taken for the body. What is refused here ends the connection:
     * whatever follows might be meant as a body or as a request.
     */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        List<String> encodings = message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()) {
            if (message.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
                throw new IllegalArgumentException(TWO_LENGTHS);
            }
            boolean chunked = encodings.size() == 1
                    && encodings.getFirst().strip().equalsIgnoreCase("chunked")
                    && HttpVersion.HTTP_1_1.equals(message.protocolVersion());
            if (!chunked) {
                throw new IllegalArgumentException(UNREADABLE);
            }
        }
        return super.isContentAlwaysEmpty(message);
    }

    @Override
    protected HttpMessage createInvalidMessage() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request");
    }

    /** Returns what is wrong with a request that was not let through, for its sender. */
    static String reason(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        String message = cause == null ? null : cause.getMessage();
        return message != null && (message.equals(TWO_LENGTHS) || message.equals(UNREADABLE)) ? message : NOT_HTTP;
    }
}
