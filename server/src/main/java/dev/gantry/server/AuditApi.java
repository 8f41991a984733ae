package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditPage;
import dev.gantry.audit.AuditQuery;
import dev.gantry.audit.AuditResult;
import dev.gantry.audit.VerificationReport;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.proof.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations on the audit log. */
final class AuditApi {
    private final AuditLog audit;

    AuditApi(AuditLog audit) {
        this.audit = audit;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "listAuditEvents", this::events,
                "showAuditLog", this::show,
                "rotateAuditKey", this::rotate,
                "verifyAuditLog", this::verify,
                "proveAuditEvent", this::prove,
                "exportAuditLog", this::export,
                "eraseAuditSubject", this::erase);
    }

    private ApiReply events(Caller caller, ApiRequest request) {
        String result = request.query("result");
        String cursor = request.query("cursor");
        AuditPage page = audit.query(
                caller.organization(),
                new AuditQuery(
                        request.time("from"),
                        request.time("to"),
                        request.query("event_type"),
                        request.query("actor"),
                        request.query("resource"),
                        request.query("team"),
                        result == null ? null : AuditResult.valueOf(result.toUpperCase(Locale.ROOT)),
                        request.query("request_id"),
                        cursor == null ? null : TimeCursor.parse(cursor),
                        request.query("limit", 50)));
        List<ObjectNode> items = new ArrayList<>();
        for (AuditEvent event : page.events()) {
            items.add((ObjectNode) Json.read(event.toCanonicalJson()));
        }
        return ApiReply.page(items, GovernanceApi.encode(page.next()));
    }

    private ApiReply show(Caller caller, ApiRequest request) {
        ObjectNode body = Json.object()
                .put("log_size", audit.logSize())
                .put("spilled_events", audit.spilledEvents())
                .put("problem", problem(audit).orElse(null));
        audit.verified()
                .ifPresent(verified -> body.putObject("verification")
                        .put("at", verified.at().toString())
                        .put("events", verified.events())
                        .put("findings", verified.findings())
                        .put(
                                "running_since",
                                verified.running() == null
                                        ? null
                                        : verified.running().toString()));
        ArrayNode keys = body.putArray("keys");
        audit.publicKeys().forEach(keys::add);
        return ApiReply.ok(body);
    }

    /** Returns what is wrong with the log, fit for everybody; empty when nothing is, as far as is known. */
    static Optional<String> problem(AuditLog audit) {
        return audit.problem()
                .or(() -> audit.verified()
                        .filter(verified -> verified.findings() > 0)
                        .map(verified -> "Verification found " + verified.findings()
                                + (verified.findings() == 1 ? " thing" : " things")
                                + " in the log that are not as they were written; gantry audit verify says which"));
    }

    private ApiReply rotate(Caller caller, ApiRequest request) {
        List<String> keys = audit.rotateKey();
        request.note("key", AuditDetail.of(keys.getFirst()));
        ObjectNode body = Json.object();
        keys.forEach(body.putArray("keys")::add);
        return ApiReply.ok(body);
    }

    private ApiReply verify(Caller caller, ApiRequest request) {
        Period period = Period.of(request);
        return ApiReply.lines(out -> {
            VerificationReport report = audit.verify(caller.organization(), period.from(), period.to(), progress -> {
                ObjectNode line = Json.object();
                line.putObject("progress")
                        .put("events", progress.events())
                        .put("batches", progress.batches())
                        .put("log_entries", progress.logEntries());
                writeUnchecked(out, line);
            });
            ObjectNode line = Json.object();
            line.set("report", view(report));
            write(out, line);
        });
    }

    /** From a time on, before another; null is no bound. */
    private record Period(@Nullable Instant from, @Nullable Instant to) {
        static Period of(ApiRequest request) {
            Period period = new Period(request.time("from"), request.time("to"));
            if (period.from != null && period.to != null && !period.from.isBefore(period.to)) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST,
                        "The period ends before it begins: 'to' (" + period.to + ") is not after 'from' (" + period.from
                                + ")");
            }
            return period;
        }
    }

    private static void writeUnchecked(OutputStream out, ObjectNode line) {
        try {
            write(out, line);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static void write(OutputStream out, ObjectNode line) throws IOException {
        out.write(Json.write(line));
        out.write('\n');
        out.flush();
    }

    private static ObjectNode view(VerificationReport report) {
        ObjectNode view = Json.object()
                .put("sound", report.isSound())
                .put("events", report.events())
                .put("batches", report.batches())
                .put("removed_batches", report.removed())
                .put("pending_batches", report.pending())
                .put("log_size", report.logSize())
                .put("mirrored_checkpoints", report.mirrored());
        Checkpoint checkpoint = report.checkpoint();
        if (checkpoint != null) {
            view.putObject("checkpoint")
                    .put("origin", checkpoint.origin())
                    .put("size", checkpoint.size())
                    .put("root", Base64.getEncoder().encodeToString(checkpoint.root()))
                    .put("time", checkpoint.time().toString());
        }
        ArrayNode findings = view.putArray("findings");
        for (VerificationReport.Finding finding : report.findings()) {
            findings.addObject()
                    .put("kind", finding.kind().name().toLowerCase(Locale.ROOT))
                    .put("message", finding.message());
        }
        return view.put("findings_total", report.findingsTotal());
    }

    /** A proof is short, and made whole, so that an event that does not exist has a status of its own. */
    private ApiReply prove(Caller caller, ApiRequest request) {
        ByteArrayOutputStream proof = new ByteArrayOutputStream();
        audit.prove(caller.organization(), request.id("event"), proof);
        return ApiReply.lines(proof::writeTo);
    }

    private ApiReply export(Caller caller, ApiRequest request) {
        Period period = Period.of(request);
        audit.requireSound();
        if (audit.logSize() == 0) {
            throw new GantryException(ErrorCode.NOT_FOUND, "The audit log has no signed checkpoint yet; try again");
        }
        return ApiReply.lines(out -> audit.export(caller.organization(), period.from(), period.to(), out));
    }

    private ApiReply erase(Caller caller, ApiRequest request) {
        String name = request.fields().requireText("name");
        UUID subject = audit.erase(caller.organization(), name)
                .orElseThrow(() -> new GantryException(
                        ErrorCode.NOT_FOUND, "No audit event names this person, or the person was erased before"));
        return ApiReply.ok(Json.object().put("subject", subject.toString()));
    }
}
