package dev.gantry.audit;

import java.io.IOException;
import java.util.List;

/** Takes events that are in the database already. Used by one thread. */
interface AuditSink {
    /**
     * Delivers events in their order and returns when the other side has them. Events may come again after a failure.
     *
     * @param delivery names it: the same name stands for the same events
     */
    void deliver(String delivery, List<AuditEvent> events) throws IOException;

    /** Makes the sink that settings describe. */
    static AuditSink of(SinkSettings settings) {
        return switch (settings.type()) {
            case FILE ->
                new FileSink(settings.path().orElseThrow(), settings.maxSize().bytes(), settings.keep());
            case WEBHOOK ->
                new WebhookSink(
                        settings.url().orElseThrow(),
                        settings.secret().orElseThrow(),
                        SinkTrust.of(settings.caCertificate()));
            case SYSLOG ->
                new SyslogSink(
                        settings.address().orElseThrow(), settings.transport(), SinkTrust.of(settings.caCertificate()));
        };
    }
}
