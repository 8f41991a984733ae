package dev.gantry.cli;

import dev.gantry.kernel.FileProblem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** The certificate by which a platform knows who runs a command, in the place of a key. */
final class ClientCertificate {
    /** Names a PEM file with the certificate, and those between it and its authority. */
    static final String CERTIFICATE = "GANTRY_CLIENT_CERT";

    /** Names a PEM file with its private key. */
    static final String KEY = "GANTRY_CLIENT_KEY";

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private ClientCertificate() {}

    private static boolean isNamed(Context context) {
        return context.variable(CERTIFICATE).isPresent()
                || context.variable(KEY).isPresent();
    }

    /** Returns whether a platform at an address is shown one: plain HTTP has no place for it. */
    static boolean isShownAt(URI url, Context context) {
        return "https".equals(url.getScheme()) && isNamed(context);
    }

    /**
     * Returns what shows the certificate that the environment names; null if it names none.
     *
     * @throws CommandFailure if it cannot be used
     */
    static KeyManager @Nullable [] of(Context context) {
        if (!isNamed(context)) {
            return null;
        }
        Path certificate = file(context, CERTIFICATE);
        Path key = file(context, KEY);
        try {
            return managers(certificate, key);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
            String why = unusable instanceof IOException unreadable
                    ? FileProblem.of(unreadable)
                    : String.valueOf(unusable.getMessage());
            throw new CommandFailure(
                    "The client certificate cannot be used: " + why,
                    certificate + ", " + key,
                    CERTIFICATE + " and " + KEY + " must name PEM files; openssl pkcs8 -topk8 -nodes makes such a key");
        }
    }

    private static Path file(Context context, String variable) {
        return context.variable(variable)
                .map(Path::of)
                .orElseThrow(() -> new CommandFailure(
                        variable + " is not set", CERTIFICATE + " and " + KEY + " go together; set both or none"));
    }

    private static KeyManager[] managers(Path certificate, Path key) throws IOException, GeneralSecurityException {
        Certificate[] chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)))
                .toArray(Certificate[]::new);
        if (chain.length == 0) {
            throw new CertificateException("there is no certificate");
        }
        Matcher pem = PKCS8.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new InvalidKeyException("the key is not PEM in PKCS #8 (BEGIN PRIVATE KEY)");
        }
        PrivateKey secret = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
        char[] password = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry("client", secret, password, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }
}
