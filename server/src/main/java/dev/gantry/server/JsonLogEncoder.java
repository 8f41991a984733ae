package dev.gantry.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.RequestContext;
import java.util.Arrays;

/** Writes each log event as one line of JSON, with the ids of the request that the logging thread serves. */
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ObjectNode line = Json.object()
                .put("timestamp", event.getInstant().toString())
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("thread", event.getThreadName())
                .put("message", event.getFormattedMessage());
        if (RequestContext.CURRENT.isBound()) {
            RequestContext request = RequestContext.CURRENT.get();
            line.put("request_id", request.requestId())
                    .put("trace_id", request.traceId())
                    .put("span_id", request.spanId());
        }
        IThrowableProxy failure = event.getThrowableProxy();
        if (failure != null) {
            line.put("error", ThrowableProxyUtil.asString(failure));
        }
        byte[] json = Json.write(line);
        byte[] bytes = Arrays.copyOf(json, json.length + 1);
        bytes[json.length] = '\n';
        return bytes;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
