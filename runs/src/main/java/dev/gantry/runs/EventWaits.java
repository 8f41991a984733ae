package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.database.Database;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.GantryException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps that wait for events, and who may hear of which. Thread-safe. */
final class EventWaits {
    private static final Logger LOG = LoggerFactory.getLogger(EventWaits.class);
    private static final int PAGE = 500;

    private final RunEngine engine;
    private final Database database;
    private final EventAudience audience;

    EventWaits(RunEngine engine, Database database, EventAudience audience) {
        this.engine = engine;
        this.database = database;
        this.audience = audience;
    }

    /** Returns whether a step waits for an event. */
    static boolean isAwaited(TaskTransaction transaction, String event) {
        return transaction
                .handle()
                .createQuery("SELECT EXISTS (SELECT 1 FROM run_steps WHERE state = 'waiting' AND event = :event)")
                .bind("event", event)
                .mapTo(Boolean.class)
                .one();
    }

    /** Tells the steps that waited at a time; returns how many of them it ended. */
    int happened(UUID organization, String event, ObjectNode facts, Instant at) {
        int ended = 0;
        Map<Starter, Boolean> heard = new HashMap<>();
        List<Waiting> page = waiting(organization, event, at, new UUID(0, 0));
        while (!page.isEmpty()) {
            for (Waiting waiting : page) {
                Starter starter = waiting.starter();
                if (starter != null && heard.computeIfAbsent(starter, who -> mayHear(who, event, facts))) {
                    ended += tell(organization, waiting.run(), event, facts);
                }
            }
            page = waiting(organization, event, at, page.getLast().run());
        }
        return ended;
    }

    /** Whoever may do nothing any more hears of nothing. */
    private boolean mayHear(Starter starter, String event, ObjectNode facts) {
        try {
            return audience.mayHear(starter, event, facts);
        } catch (RuntimeException refused) {
            RunEngine.throwOwnTrouble(refused);
            if (!(refused instanceof GantryException)) {
                LOG.warn("Whether {} may hear of {} cannot be said", starter.name(), event, refused);
            }
            return false;
        }
    }

    /** Tells one run; one that makes no sense, which its deadline ends, must not keep the event from the others. */
    private int tell(UUID organization, UUID run, String event, ObjectNode facts) {
        try {
            return engine.changeFromOutside(
                            organization, run, progress -> RunSignal.event(engine, progress, event, facts))
                    .orElse(0);
        } catch (RuntimeException failure) {
            RunEngine.throwOwnTrouble(failure);
            LOG.warn("Run {} could not be told of {}", run, event, failure);
            return 0;
        }
    }

    /** A run that waits, and who started it, within the permissions of its workflow; null if that cannot be read. */
    private record Waiting(UUID run, @Nullable Starter starter) {}

    /** Returns some of the runs that waited for an event at a time, in their order. */
    private List<Waiting> waiting(UUID organization, String event, Instant since, UUID after) {
        return database.inOrganization(
                organization,
                handle -> handle
                        .createQuery(RunRows.COLUMNS + """
                                WHERE id > :after AND id IN (
                                    SELECT run_id FROM run_steps
                                    WHERE state = 'waiting' AND event = :event AND run_id > :after AND started_at <= :since
                                      AND due_at > :since)
                                ORDER BY id LIMIT :max
                                """)
                        .bind("event", event)
                        .bind("after", after)
                        .bind("since", since)
                        .bind("max", PAGE)
                        .map((row, _) -> RunRows.run(row))
                        .list()
                        .stream()
                        .map(run -> new Waiting(run.id, starter(handle, run)))
                        .toList());
    }

    private @Nullable Starter starter(Handle handle, RunRow run) {
        try {
            return run.starter.within(engine.definitions.of(handle, run).permissions());
        } catch (RuntimeException unreadable) {
            RunEngine.throwOwnTrouble(unreadable);
            LOG.warn("Run {} hears of no events", run.id, unreadable);
            return null;
        }
    }
}
