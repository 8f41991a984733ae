package dev.gantry.audit;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.NoteSigner;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The keys that sign checkpoints, in a file that only its owner may read, never in the database: {@code private} and the
 * seed in Base64 for the key that signs, {@code public} and the key for those that signed before it. Nodes that share a
 * database share the file.
 *
 * @param path the file
 */
record SigningKeyFile(Path path) {
    private static final String EXPLANATION = """
            # Keys of the audit log. Who has the private key can sign another history: keep this file from the database's
            # administrators, and give each node of one installation the same. The public keys verify.
            """;
    private static final String PRIVATE = "private ";
    private static final String PUBLIC = "public ";
    private static final int NAME_BYTES = 4;

    /**
     * The keys of a log.
     *
     * @param signer signs from here on; its name is the origin of the log
     * @param trusted every key that ever signed, the signer's own first
     */
    record Keys(NoteSigner signer, List<NoteKey> trusted) {
        Keys {
            trusted = List.copyOf(trusted);
        }

        String origin() {
            return signer.key().name();
        }
    }

    /**
     * Reads the keys; makes a file with a new one when there is none. Where the file has public keys only, a new private one
     * joins them, since that is what is left of a key that was lost.
     *
     * @param begun whether the log has checkpoints already: then a missing file is an error, as a new key would vouch for
     *     nothing that was signed before, and nobody would notice
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file cannot be used or others may read it
     */
    Keys load(boolean begun) {
        try {
            if (Files.notExists(path)) {
                if (begun) {
                    throw unusable(
                            "it is missing, though the log has checkpoints that its key signed. Copy it from another"
                                    + " node, or restore it from a backup; if it is lost for good, see docs/audit.md, Keys");
                }
                byte[] random = new byte[NAME_BYTES];
                new java.security.SecureRandom().nextBytes(random);
                NoteSigner signer =
                        NoteSigner.generate("gantry-audit-" + HexFormat.of().formatHex(random));
                Durable.create(path, text(signer, List.of()));
            }
            return read();
        } catch (IOException failure) {
            throw unusable(String.valueOf(failure.getMessage()));
        }
    }

    /**
     * Puts a new key into the file, which signs from here on; those before stay trusted. Nodes that do so at the same time do it
     * one after the other, so that none drops the key of another.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file cannot be used
     */
    Keys rotate() {
        try (FileChannel turn = FileChannel.open(
                        path.resolveSibling(path.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock _ = lock(turn)) {
            Keys before = read();
            NoteSigner next = NoteSigner.generate(before.origin());
            Durable.replace(path, text(next, before.trusted()));
            return read();
        } catch (IOException failure) {
            throw unusable(String.valueOf(failure.getMessage()));
        }
    }

    /** Waits for other processes; within this one a lock that is held already is an error of the JDK. */
    private static FileLock lock(FileChannel turn) throws IOException {
        try {
            return turn.lock();
        } catch (OverlappingFileLockException here) {
            throw new IOException("another rotation is under way", here);
        }
    }

    /** Returns the lines that make known who may have signed; enough for {@link #load} to go on after a loss. */
    static byte[] publicText(List<NoteKey> keys) {
        StringBuilder text = new StringBuilder();
        keys.forEach(key -> text.append(PUBLIC).append(key.text()).append('\n'));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private Keys read() throws IOException {
        Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        others.removeAll(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        if (!others.isEmpty()) {
            throw unusable("others may use it (" + others + "). Run: chmod 600 " + path);
        }
        NoteSigner signer = null;
        List<NoteKey> former = new ArrayList<>();
        String name = "";
        for (String line : Files.readAllLines(path)) {
            try {
                if (line.startsWith(PRIVATE)) {
                    String[] parts = line.split(" ", -1);
                    name = parts[1];
                    signer = NoteSigner.ofSeed(name, Base64.getDecoder().decode(parts[2]));
                } else if (line.startsWith(PUBLIC)) {
                    former.add(NoteKey.parse(line.substring(PUBLIC.length())));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    throw unusable("it has a line that is neither 'private' nor 'public'");
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
                throw unusable("one of its keys is malformed");
            }
        }
        if (signer == null && former.isEmpty()) {
            throw unusable("it has no key");
        }
        if (signer == null) {
            signer = NoteSigner.generate(former.getFirst().name());
            Durable.replace(path, text(signer, former));
        }
        List<NoteKey> trusted = new ArrayList<>(List.of(signer.key()));
        trusted.addAll(former);
        return new Keys(signer, trusted);
    }

    private static byte[] text(NoteSigner signer, List<NoteKey> former) {
        StringBuilder text = new StringBuilder(EXPLANATION)
                .append(PRIVATE)
                .append(signer.key().name())
                .append(' ')
                .append(Base64.getEncoder().encodeToString(signer.seed()))
                .append('\n');
        text.append(new String(publicText(former), StandardCharsets.US_ASCII));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private GantryException unusable(String why) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "The file " + path + " with the keys of the audit log cannot be used: " + why);
    }
}
