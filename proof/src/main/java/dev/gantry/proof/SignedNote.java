package dev.gantry.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * A text with signatures below it, as C2SP's <a href="https://c2sp.org/signed-note">signed-note</a> writes it: the text,
 * an empty line, and for each signature {@code — name base64(key id ‖ signature)}.
 *
 * @param text what is signed; ends in a line feed
 * @param signatures all of them, unverified
 */
public record SignedNote(String text, List<Line> signatures) {
    /** Longest note that is read, in characters. */
    public static final int LENGTH_MAX = 1 << 20;

    private static final int SIGNATURES_MAX = 16;
    private static final String DASH = "— ";

    /** Copies the list. */
    public SignedNote {
        signatures = List.copyOf(signatures);
    }

    /**
     * A signature.
     *
     * @param name whose it claims to be
     * @param keyId which key claims to have made it
     * @param signature its bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // hashes are compared by their content, these records never
    public record Line(String name, int keyId, byte[] signature) {}

    /** A note that cannot be trusted; the message says why. */
    public static final class Untrusted extends Exception {
        private static final long serialVersionUID = 1;

        /** Says why. */
        public Untrusted(String message) {
            super(message);
        }
    }

    static void requireText(String text) {
        if (!text.endsWith("\n") || text.startsWith("\n") || text.contains("\n\n")) {
            throw new IllegalArgumentException("The text of a note ends in a line feed and has no empty line");
        }
    }

    /**
     * Takes a note apart without verifying it.
     *
     * @throws Untrusted if it does not have the form of a note
     */
    public static SignedNote parse(String note) throws Untrusted {
        int split = note.lastIndexOf("\n\n");
        if (split < 0 || note.length() > LENGTH_MAX || !note.endsWith("\n")) {
            throw new Untrusted("This does not have the form of a signed note");
        }
        List<Line> lines = new ArrayList<>();
        for (String line : note.substring(split + 2, note.length() - 1).split("\n", -1)) {
            lines.add(line(line));
        }
        if (lines.size() > SIGNATURES_MAX) {
            throw new Untrusted("The note has more than " + SIGNATURES_MAX + " signatures");
        }
        return new SignedNote(note.substring(0, split + 1), lines);
    }

    private static Line line(String line) throws Untrusted {
        String[] parts = line.split(" ", -1);
        if (!line.startsWith(DASH) || parts.length != 3) {
            throw new Untrusted("The note has a malformed signature line");
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(parts[2]);
            if (bytes.length <= Integer.BYTES) {
                throw new Untrusted("The note has a signature that is too short");
            }
            return new Line(
                    parts[1], ByteBuffer.wrap(bytes).getInt(), Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length));
        } catch (IllegalArgumentException notBase64) {
            throw new Untrusted("The note has a signature that is not Base64");
        }
    }

    /**
     * Takes a note apart and verifies that one of the keys signed it.
     *
     * @return the text
     * @throws Untrusted if it has another form, none of the keys signed it, or one of their signatures is wrong
     */
    public static String verify(String note, Collection<NoteKey> keys) throws Untrusted {
        SignedNote parsed = parse(note);
        byte[] text = parsed.text().getBytes(StandardCharsets.UTF_8);
        boolean verified = false;
        for (Line line : parsed.signatures()) {
            for (NoteKey key : keys) {
                if (key.id() == line.keyId() && key.name().equals(line.name())) {
                    if (!key.verifies(text, line.signature())) {
                        throw new Untrusted("The signature of " + key.name() + " is not valid");
                    }
                    verified = true;
                }
            }
        }
        if (!verified) {
            throw new Untrusted("None of the trusted keys signed it");
        }
        return parsed.text();
    }
}
