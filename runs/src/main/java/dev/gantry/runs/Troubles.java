package dev.gantry.runs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts that ended by trouble of the platform's own, such as a database that was away or a node that stopped, and not with
 * their process. It is noted with the step; where the database takes no note, this node remembers it until it has the step
 * again. Thread-safe.
 */
final class Troubles {
    private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);
    private static final int REMEMBERED_MAX = 10_000;

    private final RunEngine engine;
    private final Set<Attempted> remembered =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Attempted, Boolean> eldest) {
                    return size() > REMEMBERED_MAX;
                }
            }));

    private record Attempted(UUID run, String scope, String step, long fence) {
        static Attempted of(UUID run, StepRow row) {
            return new Attempted(run, row.scope, row.step, row.fence);
        }
    }

    Troubles(RunEngine engine) {
        this.engine = engine;
    }

    /** Notes an attempt; does not fail. */
    void note(Claim claim) {
        // A node that stops interrupts its strands, and the database would take nothing of an interrupted thread.
        boolean interrupted = Thread.interrupted();
        UUID run = claim.run().id;
        try {
            engine.tasks.transaction(claim.run().organization(), transaction -> {
                StepRows.noteTrouble(transaction.handle(), run, claim.row());
                return run;
            });
        } catch (RuntimeException away) {
            LOG.debug(
                    "That step {} of run {} had trouble is remembered here",
                    claim.row().path(),
                    run,
                    away);
            remembered.add(Attempted.of(run, claim.row()));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns, once, whether an attempt is remembered that could not be noted. */
    boolean wasNoted(UUID run, StepRow row) {
        return remembered.remove(Attempted.of(run, row));
    }
}
