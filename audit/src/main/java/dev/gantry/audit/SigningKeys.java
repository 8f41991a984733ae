package dev.gantry.audit;

import dev.gantry.kernel.GantryException;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.NoteSigner;
import java.util.List;

/** The keys of a log as they are now: they change while a node runs, by this node or by one that shares the file. Thread-safe. */
final class SigningKeys {
    private final SigningKeyFile file;
    private volatile SigningKeyFile.Keys current;

    /**
     * Reads the keys; makes them for a log that has none.
     *
     * @param begun whether the log has checkpoints, so that there must be keys
     * @throws GantryException if the file cannot be used, or is missing although it must be there
     */
    SigningKeys(SigningKeyFile file, boolean begun) {
        this.file = file;
        this.current = file.load(begun);
    }

    /** Returns what signs. */
    NoteSigner signer() {
        return current.signer();
    }

    /** Returns every key that ever signed, the present one first. */
    List<NoteKey> trusted() {
        return current.trusted();
    }

    /** Returns the name of the log. */
    String origin() {
        return current.origin();
    }

    /** Reads the file again, which another node may have changed; returns whether there are other keys in it. */
    synchronized boolean reload() {
        SigningKeyFile.Keys before = current;
        current = file.load(true);
        return !before.trusted().equals(current.trusted());
    }

    /** Makes a new key, which signs from here on; the one before stays trusted. */
    synchronized void rotate() {
        current = file.rotate();
    }
}
