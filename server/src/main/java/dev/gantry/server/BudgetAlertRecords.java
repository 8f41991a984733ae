package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditResult;
import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.quota.BudgetAlert;
import dev.gantry.quota.BudgetLevel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Records the alerts of budgets in the audit log, each once however often this node raises it. Thread-safe. */
final class BudgetAlertRecords {
    private static final Duration RECORD_TIMEOUT = Duration.ofSeconds(5);
    private static final int UNCONFIRMED_MAX = 1_000;

    private final Function<AuditEvent, GroupCommit.Commit> log;
    private final AuditEvent.Origin writer;

    /** What was handed to the log, and not confirmed in time: it is still to be written. */
    private final Map<UUID, GroupCommit.Commit> unconfirmed = new ConcurrentHashMap<>();

    /** Records in a log that is given each event, to be written soon. */
    BudgetAlertRecords(Function<AuditEvent, GroupCommit.Commit> log, AuditEvent.Origin writer) {
        this.log = log;
        this.writer = writer;
    }

    /**
     * Records an alert before it is stored, so that none is without its record, whatever dies.
     *
     * @param isRecorded whether the log holds an event already, by its id
     * @throws GantryException if it is not known to be recorded; to be called again with the same alert later
     */
    void record(BudgetAlert alert, Predicate<UUID> isRecorded) {
        UUID id = Ids.of("audit/" + alert.id());
        GroupCommit.Commit written = unconfirmed.get(id);
        if (written == null) {
            if (isRecorded.test(id)) {
                return;
            }
            requireRoom();
            written = log.apply(event(id, alert));
            unconfirmed.put(id, written);
        }
        try {
            written.await(RECORD_TIMEOUT);
            unconfirmed.remove(id);
        } catch (GantryException failure) {
            if (failure.code() != ErrorCode.DATABASE_UNAVAILABLE) {
                // It will never be written.
                unconfirmed.remove(id);
            }
            throw failure;
        }
    }

    private void requireRoom() {
        // Another node may have raised what this one could not.
        unconfirmed.values().removeIf(GroupCommit.Commit::isDurable);
        if (unconfirmed.size() >= UNCONFIRMED_MAX) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    UNCONFIRMED_MAX + " alerts of budgets wait to be recorded in the audit log");
        }
    }

    /** Returns by what request an alert is found in the log. */
    static String request(BudgetAlert alert) {
        return alert.id().toString();
    }

    private AuditEvent event(UUID id, BudgetAlert alert) {
        return new AuditEvent(
                id,
                alert.raisedAt(),
                "budget.alert",
                new AuditEvent.Actor(null, null, null),
                alert.organization(),
                alert.budget().level() == BudgetLevel.TEAM ? alert.budget().subject() : null,
                alert.budget().level() == BudgetLevel.PROJECT ? alert.budget().subject() : null,
                BudgetWiring.resource(alert.budget()),
                "alert",
                AuditResult.SUCCESS,
                alert.show(),
                null,
                null,
                null,
                request(alert),
                null,
                details(alert),
                writer);
    }

    private static Map<String, AuditDetail> details(BudgetAlert alert) {
        Map<String, AuditDetail> details = new HashMap<>();
        details.put("alert", AuditDetail.of(alert.id().toString()));
        details.put("unit", AuditDetail.of(alert.budget().unit().id()));
        details.put("cause", AuditDetail.of(alert.isRefusal() ? "refusal" : "threshold"));
        details.put("threshold", AuditDetail.of(alert.threshold().toPlainString()));
        details.put("limit", AuditDetail.of(alert.limit()));
        details.put("spent", AuditDetail.of(alert.spent()));
        details.put("resets_at", AuditDetail.of(alert.windowEnd().toString()));
        return details;
    }
}
