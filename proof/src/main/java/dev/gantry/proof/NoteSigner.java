package dev.gantry.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;

/** Signs notes with an Ed25519 key. Thread-safe. */
public final class NoteSigner {
    private static final int SEED_LENGTH = 32;

    private final NoteKey key;
    private final PrivateKey privateKey;
    private final byte[] seed;

    private NoteSigner(NoteKey key, PrivateKey privateKey, byte[] seed) {
        this.key = key;
        this.privateKey = privateKey;
        this.seed = seed;
    }

    /** Makes a new key. */
    public static NoteSigner generate(String name) {
        byte[] seed = new byte[SEED_LENGTH];
        new SecureRandom().nextBytes(seed);
        return ofSeed(name, seed);
    }

    /**
     * Takes a key from its seed of 32 bytes (RFC 8032, section 5.1.5).
     *
     * @throws IllegalArgumentException if the seed has another length
     */
    public static NoteSigner ofSeed(String name, byte[] seed) {
        if (seed.length != SEED_LENGTH) {
            throw new IllegalArgumentException("The seed of an Ed25519 key has 32 bytes, not " + seed.length);
        }
        try {
            // The JDK has no direct way from a seed to the public key, but a generator takes its seed from its source.
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = java.util.Arrays.copyOfRange(encoded, encoded.length - NoteKey.RAW_LENGTH, encoded.length);
            PrivateKey privateKey = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
            if (!java.util.Arrays.equals(
                    ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow(), seed)) {
                throw new IllegalStateException("the JDK's Ed25519 generator does not take the seed as it is");
            }
            return new NoteSigner(NoteKey.of(name, raw), privateKey, seed.clone());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK lacks Ed25519", impossible);
        }
    }

    /** Returns the public key. */
    public NoteKey key() {
        return key;
    }

    /** Returns the secret seed, to be stored where only the signer reads it. */
    public byte[] seed() {
        return seed.clone();
    }

    /**
     * Signs a text.
     *
     * @param text ends in a line feed and holds no empty line
     * @return the text, an empty line, and the line of the signature
     */
    public String sign(String text) {
        SignedNote.requireText(text);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            byte[] bytes = signature.sign();
            byte[] line = ByteBuffer.allocate(Integer.BYTES + bytes.length)
                    .putInt(key.id())
                    .put(bytes)
                    .array();
            return text + "\n— " + key.name() + " " + Base64.getEncoder().encodeToString(line) + "\n";
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Gives out fixed bytes. */
    private static final class Fixed extends SecureRandom {
        private final transient byte[] bytes;

        Fixed(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
