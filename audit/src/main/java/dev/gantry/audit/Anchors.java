package dev.gantry.audit;

import dev.gantry.proof.NoteKey;
import dev.gantry.proof.SignedNote;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * The signed notes that stand for what retention removed. Of the log: {@code origin/log-anchor}, the number of entries that
 * are gone, {@code before} and the time that events were removed up to, then the edge of the tree over those entries in
 * Base64, a line each. Of an organization: {@code origin/anchor}, its id, {@code before} and the time, then for each shard
 * {@code chain}, the shard, the number and the hash of the last batch whose header is gone.
 */
final class Anchors {
    private static final String BEFORE = "before ";

    private Anchors() {}

    /** The beginning of a log whose first entries are gone. */
    record LogAnchor(long size, Instant before, List<byte[]> edge) {
        static final LogAnchor NONE = new LogAnchor(0, Instant.MIN, List.of());

        String text(String origin) {
            StringBuilder text = new StringBuilder(origin + "/log-anchor\n" + size + "\n" + BEFORE + before + "\n");
            edge.forEach(hash ->
                    text.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
            return text.toString();
        }
    }

    /** The beginnings of an organization's chains. */
    record ChainAnchor(UUID organization, Instant before, Map<Integer, Shard.Head> heads) {
        String text(String origin) {
            StringBuilder text = new StringBuilder(origin + "/anchor\n" + organization + "\n" + BEFORE + before + "\n");
            heads.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> text.append("chain ")
                            .append(entry.getKey())
                            .append(' ')
                            .append(entry.getValue().number())
                            .append(' ')
                            .append(HexFormat.of().formatHex(entry.getValue().hash()))
                            .append('\n'));
            return text.toString();
        }
    }

    /** Returns the newest anchor of the log. */
    static LogAnchor ofLog(Handle handle, Collection<NoteKey> keys) throws SignedNote.Untrusted {
        String note = handle.createQuery("SELECT note FROM audit_log_anchors ORDER BY made_at DESC LIMIT 1")
                .mapTo(String.class)
                .findOne()
                .orElse("");
        if (note.isEmpty()) {
            return LogAnchor.NONE;
        }
        String[] lines = SignedNote.verify(note, keys).split("\n");
        try {
            if (lines[0].endsWith("/log-anchor")) {
                List<byte[]> edge = new ArrayList<>();
                for (int index = 3; index < lines.length; index++) {
                    edge.add(Base64.getDecoder().decode(lines[index]));
                }
                return new LogAnchor(Long.parseLong(lines[1]), before(lines[2]), edge);
            }
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException malformed) {
            // Signed by us and yet not ours: reported below.
        }
        throw new SignedNote.Untrusted("The anchor of the log is malformed");
    }

    /** Returns the newest anchor of an organization, in a transaction of it. */
    static ChainAnchor ofOrganization(Handle handle, UUID organization, Collection<NoteKey> keys)
            throws SignedNote.Untrusted {
        String note = handle.createQuery("""
                        SELECT note FROM audit_anchors WHERE organization_id = :organization
                        ORDER BY made_at DESC LIMIT 1
                        """)
                .bind("organization", organization)
                .mapTo(String.class)
                .findOne()
                .orElse("");
        if (note.isEmpty()) {
            return new ChainAnchor(organization, Instant.MIN, Map.of());
        }
        return chain(SignedNote.verify(note, keys), organization);
    }

    private static ChainAnchor chain(String text, UUID organization) throws SignedNote.Untrusted {
        String[] lines = text.split("\n");
        try {
            if (lines[0].endsWith("/anchor") && lines[1].equals(organization.toString())) {
                Map<Integer, Shard.Head> heads = new HashMap<>();
                for (int index = 3; index < lines.length; index++) {
                    String[] parts = lines[index].split(" ", -1);
                    heads.put(
                            Integer.parseInt(parts[1]),
                            new Shard.Head(
                                    Long.parseLong(parts[2]), HexFormat.of().parseHex(parts[3])));
                }
                return new ChainAnchor(organization, before(lines[2]), heads);
            }
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException malformed) {
            // Signed by us and yet not ours: reported below.
        }
        throw new SignedNote.Untrusted("The anchor of organization " + organization + " is malformed");
    }

    private static Instant before(String line) {
        return Instant.parse(line.substring(BEFORE.length()));
    }
}
