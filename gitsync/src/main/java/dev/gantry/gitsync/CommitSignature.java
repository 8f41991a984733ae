package dev.gantry.gitsync;

import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SignatureVerifier.SignatureVerification;
import org.eclipse.jgit.lib.SignatureVerifier.TrustLevel;
import org.eclipse.jgit.lib.SignatureVerifiers;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.util.RawParseUtils;

/** Checks the SSH signature of a commit. Signatures of GPG and X.509 count as none. */
final class CommitSignature {
    private static final String SSH_BEGIN = "-----BEGIN SSH SIGNATURE-----";

    private CommitSignature() {}

    /**
     * Insists that a commit is signed by an allowed signer; it vouches for the whole state of the files.
     *
     * @throws GitRefused with the reason if it is not
     */
    static void require(Repository repository, RevCommit commit, Path allowedSigners) throws GitRefused {
        byte[] signature = commit.getRawGpgSignature();
        String id = commit.abbreviate(12).name();
        if (signature == null) {
            throw new GitRefused("commit " + id + " is not signed, and signatures are required");
        }
        if (RawParseUtils.match(signature, 0, SSH_BEGIN.getBytes(java.nio.charset.StandardCharsets.US_ASCII)) < 0) {
            throw new GitRefused("commit " + id + " bears no SSH signature; those of other kinds are not checked");
        }
        Config config = new Config();
        config.setString("gpg", null, "format", "ssh");
        config.setString(
                "gpg",
                "ssh",
                "allowedSignersFile",
                allowedSigners.toAbsolutePath().toString());
        try {
            SignatureVerification result = SignatureVerifiers.verify(repository, new GpgConfig(config), commit);
            if (result == null || !result.verified() || result.expired()) {
                throw new GitRefused("the signature of commit " + id + " does not hold"
                        + (result == null || result.message() == null ? "" : ": " + result.message()));
            }
            if (result.trustLevel().compareTo(TrustLevel.FULL) < 0) {
                throw new GitRefused("commit " + id + " is signed by somebody who is not in " + allowedSigners);
            }
        } catch (IOException unreadable) {
            throw new GitRefused("the signature of commit " + id + " cannot be checked: " + unreadable.getMessage());
        }
    }
}
