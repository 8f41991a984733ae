package dev.gantry.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Receives traces as a collector does, by OTLP over HTTP with protobuf bodies, whose wire format it reads by itself: fields of
 * opentelemetry/proto/trace/v1/trace.proto.
 */
final class TraceCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    /** A span as it came; ids in hexadecimal digits, {@code parent} empty for none. */
    record Span(String traceId, String id, String parent, String name, int kind, Map<String, Object> attributes) {}

    /** One field of a message: a number, or bytes. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared: it is read once and dropped.
    private record Field(int number, long value, byte[] bytes) {}

    TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Span> spans() {
        return spans;
    }

    /** All bodies as text, for looking whether something stands in one. */
    List<String> bodies() {
        return bodies;
    }

    /** What the header {@code x-collector-token} said each time. */
    List<String> tokens() {
        return tokens;
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-collector-token")));
            bodies.add(new String(body, StandardCharsets.ISO_8859_1));
            for (Field resourceSpans : fields(body, 1)) {
                for (Field scopeSpans : fields(resourceSpans.bytes(), 2)) {
                    fields(scopeSpans.bytes(), 2).forEach(span -> spans.add(span(span.bytes())));
                }
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Span span(byte[] message) {
        Map<String, Object> attributes = new HashMap<>();
        for (Field attribute : fields(message, 9)) {
            byte[] value = fields(attribute.bytes(), 2).getFirst().bytes();
            Field content = fields(value).getFirst();
            attributes.put(
                    text(attribute.bytes(), 1),
                    content.number() == 1 ? new String(content.bytes(), StandardCharsets.UTF_8) : content.value());
        }
        return new Span(
                hex(message, 1),
                hex(message, 2),
                hex(message, 4),
                text(message, 5),
                (int) fields(message, 6).getFirst().value(),
                attributes);
    }

    private static String hex(byte[] message, int number) {
        List<Field> found = fields(message, number);
        return found.isEmpty() ? "" : HexFormat.of().formatHex(found.getFirst().bytes());
    }

    private static String text(byte[] message, int number) {
        return new String(fields(message, number).getFirst().bytes(), StandardCharsets.UTF_8);
    }

    private static List<Field> fields(byte[] message, int number) {
        return fields(message).stream()
                .filter(field -> field.number() == number)
                .toList();
    }

    private static List<Field> fields(byte[] message) {
        ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (buffer.hasRemaining()) {
            long tag = varint(buffer);
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> fields.add(new Field(number, varint(buffer), new byte[0]));
                case 1 -> fields.add(new Field(number, buffer.getLong(), new byte[0]));
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(buffer)];
                    buffer.get(bytes);
                    fields.add(new Field(number, 0, bytes));
                }
                case 5 -> fields.add(new Field(number, buffer.getInt(), new byte[0]));
                default -> throw new IllegalArgumentException("Not protobuf: wire type " + (tag & 7));
            }
        }
        return fields;
    }

    private static long varint(ByteBuffer buffer) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = buffer.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
