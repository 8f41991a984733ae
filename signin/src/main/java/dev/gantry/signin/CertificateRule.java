package dev.gantry.signin;

import dev.gantry.config.Setting;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which certificate is which service account: by one name that the authority wrote into it, or by its fingerprint.
 *
 * @param dns a DNS name among the subject's alternative names
 * @param uri an address among them, such as a SPIFFE ID
 * @param email an e-mail address among them
 * @param fingerprint SHA-256 of the whole certificate
 * @param serviceAccount whose certificate it is
 * @param organization where that service account is
 */
public record CertificateRule(
        @Setting("A DNS name that the certificate has as an alternative name; without wildcards.")
        Optional<String> dns,

        @Setting("An address that it has as an alternative name, such as spiffe://example.com/ci; to the letter.")
        Optional<String> uri,

        @Setting("An e-mail address that it has as an alternative name.")
        Optional<String> email,

        @Setting("The SHA-256 fingerprint of the certificate, in hexadecimal digits with or without colons.")
        Optional<String> fingerprint,

        @Setting("The service account whose certificate it is.")
        String serviceAccount,

        @Setting(value = "The organization of the service account.", defaultValue = "default")
        String organization) {
    private static final Pattern DNS = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

    /** Insists on one mark, and brings it into the form in which it is compared. */
    public CertificateRule {
        if (Stream.of(dns, uri, email, fingerprint).filter(Optional::isPresent).count() != 1) {
            throw new IllegalArgumentException("give exactly one of dns, uri, email and fingerprint");
        }
        dns = dns.map(name -> name.toLowerCase(Locale.ROOT));
        email = email.map(address -> address.toLowerCase(Locale.ROOT));
        fingerprint = fingerprint.map(hex -> hex.replace(":", "").toLowerCase(Locale.ROOT));
        require(dns, DNS, "dns must be a name such as ci.example.com, without wildcards");
        require(email, EMAIL, "email must be an address such as ci@example.com");
        require(
                fingerprint,
                FINGERPRINT,
                "fingerprint must be the 64 hexadecimal digits of a SHA-256, as"
                        + " 'openssl x509 -noout -fingerprint -sha256' shows them");
        uri.filter(address -> !isAbsolute(address)).ifPresent(wrong -> {
            throw new IllegalArgumentException("uri must be a whole address such as spiffe://example.com/ci");
        });
        if (serviceAccount.isBlank()) {
            throw new IllegalArgumentException("service_account must not be empty");
        }
    }

    private static void require(Optional<String> value, Pattern form, String message) {
        if (value.isPresent() && !form.matcher(value.get()).matches()) {
            throw new IllegalArgumentException(message);
        }
    }

    private static boolean isAbsolute(String address) {
        try {
            return URI.create(address).isAbsolute();
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Returns what a certificate must have. */
    String mark() {
        return dns.map(CertificateMarks::dns)
                .or(() -> uri.map(CertificateMarks::uri))
                .or(() -> email.map(CertificateMarks::email))
                .or(() -> fingerprint.map(CertificateMarks::fingerprint))
                .orElseThrow();
    }
}
