package dev.gantry.signin;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** By what a certificate can be known: its alternative names, and its fingerprint. */
final class CertificateMarks {
    /** RFC 5280, 4.2.1.6: the kinds of alternative names. */
    private static final int EMAIL = 1;

    private static final int DNS = 2;
    private static final int URI = 6;

    private CertificateMarks() {}

    static String dns(String name) {
        return "dns " + name.toLowerCase(Locale.ROOT);
    }

    static String uri(String address) {
        return "uri " + address;
    }

    static String email(String address) {
        return "email " + address.toLowerCase(Locale.ROOT);
    }

    static String fingerprint(String hex) {
        return "fingerprint " + hex;
    }

    /** Returns SHA-256 of the certificate, in hexadecimal digits. */
    static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns all marks of a certificate; names that cannot be read are none. */
    static Set<String> of(X509Certificate certificate) {
        Set<String> marks = new LinkedHashSet<>();
        marks.add(fingerprint(fingerprint(certificate)));
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.get(0) instanceof Integer kind && name.get(1) instanceof String text) {
                    switch (kind) {
                        case DNS -> marks.add(dns(text));
                        case URI -> marks.add(uri(text));
                        case EMAIL -> marks.add(email(text));
                        default -> {}
                    }
                }
            }
        } catch (CertificateParsingException malformed) {
            // Then only the fingerprint can name it.
        }
        return marks;
    }
}
