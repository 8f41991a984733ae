package dev.gantry.accounts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A password's hash by Argon2id (RFC 9106), version 19, in the PHC string format that names its cost:
 * {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. Immutable.
 */
record Argon2(int memoryKib, int passes, int lanes, String salt, String hash) {
    static final int SALT_LENGTH = 16;
    private static final int HASH_LENGTH = 32;

    /** What a stored hash may cost at the most, so that a row cannot exhaust the node. */
    private static final int MEMORY_KIB_MAX = 1 << 20;

    private static final int PASSES_MAX = 20;
    private static final int LANES_MAX = 16;
    private static final Pattern FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{43})");

    /** How much one computation costs. */
    record Cost(int memoryKib, int passes) {}

    static Argon2 of(String password, byte[] salt, Cost cost) {
        byte[] hash = compute(password, salt, cost.memoryKib(), cost.passes(), 1);
        return new Argon2(cost.memoryKib(), cost.passes(), 1, encode(salt), encode(hash));
    }

    /**
     * Reads a stored hash.
     *
     * @throws IllegalArgumentException if it has another form, or a cost beyond all reason
     */
    static Argon2 parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("A stored hash is not one of Argon2id");
        }
        Argon2 parsed = new Argon2(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4),
                matcher.group(5));
        boolean reasonable = parsed.memoryKib >= 8
                && parsed.memoryKib <= MEMORY_KIB_MAX
                && parsed.passes >= 1
                && parsed.passes <= PASSES_MAX
                && parsed.lanes >= 1
                && parsed.lanes <= LANES_MAX;
        if (!reasonable) {
            throw new IllegalArgumentException("A stored hash costs more than a node can spend");
        }
        return parsed;
    }

    /** Returns whether this is the hash of a password; takes as long for a wrong one as for the right one. */
    boolean matches(String password) {
        byte[] expected = Base64.getDecoder().decode(hash);
        byte[] actual = compute(password, Base64.getDecoder().decode(salt), memoryKib, passes, lanes);
        return MessageDigest.isEqual(expected, actual);
    }

    /** Returns whether today's cost is above the one of this hash. */
    boolean isBelow(Cost cost) {
        return memoryKib < cost.memoryKib() || passes < cost.passes();
    }

    private static byte[] compute(String password, byte[] salt, int memoryKib, int passes, int lanes) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] hash = new byte[HASH_LENGTH];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return hash;
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the stored form. */
    @Override
    public String toString() {
        return "$argon2id$v=19$m=" + memoryKib + ",t=" + passes + ",p=" + lanes + "$" + salt + "$" + hash;
    }
}
