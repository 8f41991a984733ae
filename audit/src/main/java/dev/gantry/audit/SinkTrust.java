package dev.gantry.audit;

import dev.gantry.kernel.AuthorityFile;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Whose certificates a sink believes: those of the JDK's authorities, or of the operator's own alone. */
final class SinkTrust {
    private SinkTrust() {}

    /**
     * Returns what connections over TLS are made with.
     *
     * @param authorities file with certificates in PEM form
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file cannot be used
     */
    static SSLContext of(Optional<Path> authorities) {
        try {
            return authorities.isEmpty() ? SSLContext.getDefault() : AuthorityFile.context(authorities.get());
        } catch (IOException | GeneralSecurityException unusable) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "A sink's ca_certificate cannot be used: " + unusable.getMessage(),
                    unusable);
        }
    }
}
