package dev.gantry.server;

import dev.gantry.gateway.GatewayObserver;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Settled;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.RequestContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spans over OTLP/HTTP, one for each request to the gateway, when {@code OTEL_EXPORTER_OTLP_ENDPOINT} (or its variant for
 * traces) is set. Attributes follow OpenTelemetry's {@code gen_ai} conventions and hold no prompt text.
 */
final class Tracing implements AutoCloseable {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
    private static final int QUEUE_MAX = 8_192;

    private final @Nullable SdkTracerProvider provider;

    private Tracing(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
    }

    static Tracing open(Map<String, String> environment) {
        String traces = environment.getOrDefault(TRACES_ENDPOINT, "");
        String base = environment.getOrDefault(ENDPOINT, "");
        if (traces.isBlank() && base.isBlank()) {
            return new Tracing(null);
        }
        String endpoint = traces.isBlank() ? base + (base.endsWith("/") ? "" : "/") + "v1/traces" : traces;
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), environment.getOrDefault("OTEL_SERVICE_NAME", "gantry"),
                        AttributeKey.stringKey("service.version"), Version.current())));
        return new Tracing(SdkTracerProvider.builder()
                .setResource(resource)
                .setIdGenerator(new RequestIds())
                .addSpanProcessor(BatchSpanProcessor.builder(exporter(endpoint, environment))
                        .setMaxQueueSize(QUEUE_MAX)
                        .build())
                .build());
    }

    /** With the headers of {@code OTEL_EXPORTER_OTLP_HEADERS}: {@code name=value} pairs, commas between. */
    private static OtlpHttpSpanExporter exporter(String endpoint, Map<String, String> environment) {
        OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder().setEndpoint(endpoint);
        for (String pair : environment.getOrDefault(HEADERS, "").split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                builder.addHeader(
                        pair.substring(0, equals).strip(),
                        URLDecoder.decode(pair.substring(equals + 1).strip(), StandardCharsets.UTF_8));
            }
        }
        return builder.build();
    }

    boolean isEnabled() {
        return provider != null;
    }

    /** Returns an observer that tells another one everything and writes spans as well, when tracing is on. */
    GatewayObserver observe(GatewayObserver next) {
        return provider == null ? next : new SpanWriter(provider.get("dev.gantry"), next);
    }

    @Override
    public void close() {
        if (provider != null) {
            provider.close();
        }
    }

    /** Gives a span the id under which the request's own context already travels. */
    private static final class RequestIds implements IdGenerator {
        private final IdGenerator random = IdGenerator.random();

        @Override
        public String generateSpanId() {
            return RequestContext.CURRENT.isBound()
                    ? RequestContext.CURRENT.get().spanId()
                    : random.generateSpanId();
        }

        @Override
        public String generateTraceId() {
            return RequestContext.CURRENT.isBound()
                    ? RequestContext.CURRENT.get().traceId()
                    : random.generateTraceId();
        }
    }

    private record SpanWriter(Tracer tracer, GatewayObserver next) implements GatewayObserver {
        @Override
        public void entered(Origin origin) {
            next.entered(origin);
        }

        @Override
        public void settled(Origin origin, Settled settled, @Nullable Duration timeToFirstByte) {
            next.settled(origin, settled, timeToFirstByte);
            Span span = begin(origin)
                    .setAttribute("gen_ai.operation.name", "chat")
                    .setAttribute("gen_ai.provider.name", settled.model().provider())
                    .setAttribute("gen_ai.request.model", settled.model().name())
                    .setAttribute("gen_ai.usage.input_tokens", settled.usage().prompt())
                    .setAttribute("gen_ai.usage.output_tokens", settled.usage().output())
                    .setAttribute("gantry.cost_micro_usd", settled.cost().value())
                    .setAttribute("gantry.provider_ms", settled.providerTime().toMillis());
            if (settled.prompt().subject().pattern() != null) {
                span.setAttribute("gantry.pattern", settled.prompt().subject().pattern());
            }
            if (settled.failure() != null) {
                span.setStatus(StatusCode.ERROR, settled.failure().code().id());
            }
            span.end(end(origin, settled.duration()));
        }

        @Override
        public void previewed(Origin origin) {
            next.previewed(origin);
            begin(origin).end(end(origin, Duration.ofNanos(System.nanoTime() - origin.startedNanos())));
        }

        @Override
        public void found(String kind, String action, int count) {
            next.found(kind, action, count);
        }

        @Override
        public void refused(Origin origin, @Nullable Caller caller, ErrorCode code) {
            next.refused(origin, caller, code);
            begin(origin)
                    .setStatus(StatusCode.ERROR, code.id())
                    .end(end(origin, Duration.ofNanos(System.nanoTime() - origin.startedNanos())));
        }

        private Span begin(Origin origin) {
            Span span = tracer.spanBuilder("POST " + origin.endpoint())
                    .setSpanKind(SpanKind.SERVER)
                    .setParent(parent(origin))
                    .setStartTimestamp(origin.startedAt())
                    .startSpan();
            return span.setAttribute("http.route", origin.endpoint())
                    .setAttribute("gantry.request_id", origin.requestId());
        }

        private static Context parent(Origin origin) {
            String parentSpan = origin.parentSpanId();
            return parentSpan == null
                    ? Context.root()
                    : Context.root()
                            .with(Span.wrap(SpanContext.createFromRemoteParent(
                                    origin.traceId(), parentSpan, TraceFlags.getSampled(), TraceState.getDefault())));
        }

        private static Instant end(Origin origin, Duration duration) {
            return origin.startedAt().plus(duration);
        }
    }
}
