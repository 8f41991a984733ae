package dev.gantry.proof;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * What a log commits to: how many entries it has and the root of the tree over them. Its text is that of C2SP's <a
 * href="https://c2sp.org/tlog-checkpoint">tlog-checkpoint</a> with one extension line, the time: origin, size, root in
 * Base64, {@code time} and the time.
 *
 * @param origin which log
 * @param size how many entries
 * @param root over them
 * @param time when it was made, by the clock of the node that did
 */
@SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
public record Checkpoint(String origin, long size, byte[] root, Instant time) {
    private static final String TIME = "time ";

    /** Returns the text to be signed. */
    public String text() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n" + TIME + time + "\n";
    }

    /**
     * Reads the text of a checkpoint.
     *
     * @throws SignedNote.Untrusted if it is none
     */
    public static Checkpoint parse(String text) throws SignedNote.Untrusted {
        String[] lines = text.split("\n", -1);
        try {
            if (lines.length >= 5 && lines[3].startsWith(TIME)) {
                byte[] root = Base64.getDecoder().decode(lines[2]);
                long size = Long.parseLong(lines[1]);
                if (root.length == TreeHash.LENGTH
                        && size >= 0
                        && Long.toString(size).equals(lines[1])) {
                    return new Checkpoint(lines[0], size, root, Instant.parse(lines[3].substring(TIME.length())));
                }
            }
        } catch (IllegalArgumentException | DateTimeException malformed) {
            // Reported below, together with what has too few lines.
        }
        throw new SignedNote.Untrusted("This is not a checkpoint of an audit log");
    }
}
