package dev.gantry.signin;

import dev.gantry.config.Kind;
import dev.gantry.config.Setting;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Certificates that clients show when they connect.
 *
 * @param provider its name here
 * @param caFiles who may vouch for clients
 * @param crlFiles what they took back
 * @param required whether nobody connects without a certificate
 * @param certificates whose certificates are whose
 */
@Kind("mtls")
public record MtlsSettings(
        @Setting(value = "The name of the provider here.", defaultValue = "mtls")
        String provider,

        @Setting("PEM files of the authorities that vouch for clients; no others count.")
        List<Path> caFiles,

        @Setting(
                "Files of certificate revocation lists, PEM or DER. If there are any, each authority between a client and"
                        + " ca_files must have a list in force.")
        List<Path> crlFiles,

        @Setting(
                value =
                        "Whether a connection without a valid certificate is refused, whatever it is for: probes, the console and"
                                + " the command line included.",
                defaultValue = "false")
        boolean required,

        @Setting("Which certificate is which service account.")
        List<CertificateRule> certificates)
        implements AuthenticationSettings.Provider {
    /** Refuses what nobody could present, and one certificate for two. */
    public MtlsSettings {
        caFiles = List.copyOf(caFiles);
        crlFiles = List.copyOf(crlFiles);
        certificates = List.copyOf(certificates);
        AuthenticationSettings.checkProviderName(provider);
        if (caFiles.isEmpty()) {
            throw new IllegalArgumentException("ca_files must name at least one authority");
        }
        Set<String> marks = new HashSet<>();
        for (CertificateRule rule : certificates) {
            if (!marks.add(rule.mark())) {
                throw new IllegalArgumentException("certificates has two entries for " + rule.mark() + "; keep one");
            }
        }
    }
}
