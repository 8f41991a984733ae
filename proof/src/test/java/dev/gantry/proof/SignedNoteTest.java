package dev.gantry.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignedNoteTest {
    private static final Instant TIME = Instant.parse("2026-11-21T06:00:00.123Z");

    private final NoteSigner signer = NoteSigner.generate("log.example.com");

    /** The note of the documentation of Go's golang.org/x/mod/sumdb/note, which defined the format. */
    @Test
    void shouldVerifyANoteOfAnotherImplementation() throws SignedNote.Untrusted {
        NoteKey peter = NoteKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        String text = """
                If you think cryptography is the answer to your problem,
                then you don't know what your problem is.
                """;
        String note = text
                + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

        assertThat(SignedNote.verify(note, List.of(peter))).isEqualTo(text);
        assertThat(peter.text()).isEqualTo("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    }

    /** RFC 8032, section 7.1, test 1. */
    @Test
    void shouldDeriveThePublicKeyFromTheSeed() {
        byte[] seed = HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

        byte[] encoded = NoteSigner.ofSeed("test", seed).key().key().getEncoded();

        assertThat(HexFormat.of().formatHex(encoded))
                .endsWith("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void shouldReturnACheckpointThatWasSigned() throws SignedNote.Untrusted {
        Checkpoint checkpoint = new Checkpoint("log.example.com/audit", 42, new TreeHash().empty(), TIME);

        String note = signer.sign(checkpoint.text());
        Checkpoint read = Checkpoint.parse(
                SignedNote.verify(note, List.of(NoteKey.parse(signer.key().text()))));

        assertThat(note)
                .startsWith("log.example.com/audit\n42\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 2026-")
                .contains("\n\n— log.example.com ");
        assertThat(read.size()).isEqualTo(42);
        assertThat(read.root()).isEqualTo(checkpoint.root());
        assertThat(read.time()).isEqualTo(TIME);
    }

    @Test
    void shouldTrustNeitherAChangedTextNorAnUnknownKey() {
        String note = signer.sign("origin\n42\n");
        List<NoteKey> keys = List.of(signer.key());
        List<NoteKey> others = List.of(NoteSigner.generate("log.example.com").key());

        assertUntrusted(() -> SignedNote.verify(note.replace("42", "43"), keys), "not valid");
        assertUntrusted(() -> SignedNote.verify(note, others), "None of the trusted keys");
        assertUntrusted(() -> SignedNote.verify("origin\n42\n", keys), "form");
        assertUntrusted(() -> SignedNote.verify(note.replace("— ", "- "), keys), "malformed");
        assertUntrusted(() -> Checkpoint.parse("origin\n042\nAAAA\n"), "not a checkpoint");
    }

    private static void assertUntrusted(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String why) {
        assertThatThrownBy(call).isInstanceOf(SignedNote.Untrusted.class).hasMessageContaining(why);
    }

    @Test
    void shouldRefuseToSignWhatCouldBeReadAsAnotherNote() {
        assertThatThrownBy(() -> signer.sign("a\n\n— b c\n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> signer.sign("a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NoteSigner.generate("a b")).isInstanceOf(IllegalArgumentException.class);
    }
}
