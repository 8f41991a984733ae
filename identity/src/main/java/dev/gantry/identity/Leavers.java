package dev.gantry.identity;

import dev.gantry.kernel.Text;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Handle;

/**
 * Ends what belongs to people who leave, all of it in the transaction by which they do. Who is deleted keeps the row, as the
 * audit log and the ledger refer to it, and gives up the name: whoever gets it next is somebody else. Thread-safe.
 */
final class Leavers {
    /** A domain that nobody can have (RFC 2606), so that no address means a deleted user. */
    private static final String NOWHERE = "@deleted.invalid";

    private static final int DISPLAY_LENGTH_MAX = 200;

    private final List<Leaving> others = new CopyOnWriteArrayList<>();

    /** Adds a module that keeps something of people. */
    void add(Leaving other) {
        others.add(other);
    }

    /** Somebody was deactivated, and may come back. */
    void deactivated(Handle handle, UUID principal) {
        others.forEach(other -> other.left(handle, principal, false));
    }

    /** Deletes a user for good. */
    void delete(Handle handle, Principal user, Instant now) {
        UUID id = user.id();
        // Before anything of theirs, as everybody does who makes something of theirs: so nobody waits for each other.
        PrincipalStore.lock(handle, id);
        KeyStore.revokeOf(handle, id, now);
        RoleStore.removeEverywhere(handle, id);
        TeamStore.removeEverywhere(handle, id);
        others.forEach(other -> other.left(handle, id, true));
        ProvisionedStore.markDeleted(handle, id, user.name(), now);
        PrincipalStore.update(
                handle,
                new Principal(
                        id,
                        user.kind(),
                        id + NOWHERE,
                        Text.shorten(user.name(), DISPLAY_LENGTH_MAX - 20) + " (deleted)",
                        false,
                        user.createdAt()));
    }
}
