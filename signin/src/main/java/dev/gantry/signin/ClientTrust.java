package dev.gantry.signin;

import dev.gantry.kernel.GantryException;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the certificates of clients by RFC 5280: vouched for by one of our authorities, in their time, made for clients,
 * and not revoked. Nothing is fetched from addresses that a certificate names. Follows its files. Thread-safe.
 */
final class ClientTrust {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTrust.class);
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USE = "2.5.29.37.0";
    private static final int CHAIN_MAX = 6;

    private final MtlsSettings settings;
    private final Clock clock;
    private final AtomicLong generations = new AtomicLong();
    private volatile ClientAuthorities authorities;
    private volatile @Nullable String trouble;
    private ClientAuthorities.@Nullable FileContents refused;

    /**
     * Reads the files.
     *
     * @throws GantryException if one cannot be used
     */
    ClientTrust(MtlsSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.authorities =
                ClientAuthorities.of(settings, ClientAuthorities.contents(settings), generations.incrementAndGet());
    }

    /**
     * What is to be said of a certificate.
     *
     * @param refusal why it does not count; null if it does
     * @param generation of the files by which it was judged
     * @param until when it is to be judged again
     */
    record Verdict(@Nullable CertificateException refusal, long generation, Instant until) {}

    long generation() {
        return authorities.generation();
    }

    /** Returns the authorities, for clients to choose a certificate by. */
    X509Certificate[] issuers() {
        return authorities.anchors().stream()
                .map(anchor -> anchor.getTrustedCert())
                .toArray(X509Certificate[]::new);
    }

    /** Looks whether the files have changed; to be called by one thread. */
    void look() {
        ClientAuthorities.FileContents now = null;
        try {
            now = ClientAuthorities.contents(settings);
            if (now.isSameAs(authorities.files())) {
                trouble = null;
                return;
            }
            if (now.isSameAs(refused)) {
                return;
            }
            authorities = ClientAuthorities.of(settings, now, generations.incrementAndGet());
            trouble = null;
            LOG.info("Authorities and revocation lists of clients were renewed");
        } catch (GantryException unusable) {
            refused = now;
            String why = String.valueOf(unusable.getMessage());
            if (!why.equals(trouble)) {
                trouble = why;
                LOG.warn("Authorities and revocation lists of clients stay as they were: {}", why);
            }
        }
    }

    /** Returns what is wrong with the files; null if nothing is. */
    @Nullable
    String trouble() {
        String known = trouble;
        if (known != null) {
            return known;
        }
        ClientAuthorities current = authorities;
        int expired = current.lists().size() - current.listsAt(clock.instant()).size();
        return expired == 0
                ? null
                : expired + " of " + current.lists().size()
                        + " revocation lists are not in force, so that no certificate of their authorities counts";
    }

    /** Judges what a client showed, its own certificate first. */
    Verdict judge(List<X509Certificate> chain) {
        ClientAuthorities current = authorities;
        Instant now = clock.instant();
        Instant until = until(chain, current, now);
        try {
            X509Certificate own = chain.getFirst();
            requireTime(own, now);
            requireUse(own);
            CertPath path = path(chain, current, now);
            if (!settings.crlFiles().isEmpty()) {
                requireNotRevoked(path, current, now);
            }
            return new Verdict(null, current.generation(), until);
        } catch (CertificateException refusal) {
            return new Verdict(refusal, current.generation(), until);
        }
    }

    /** Whatever was said holds until something of it begins or ends. */
    private static Instant until(List<X509Certificate> chain, ClientAuthorities current, Instant now) {
        List<Instant> moments = new ArrayList<>();
        chain.forEach(certificate -> {
            moments.add(certificate.getNotBefore().toInstant());
            moments.add(certificate.getNotAfter().toInstant());
        });
        current.lists().forEach(list -> {
            moments.add(list.getThisUpdate().toInstant());
            moments.add(list.getNextUpdate().toInstant());
        });
        return moments.stream()
                .filter(moment -> moment.isAfter(now))
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    private static void requireTime(X509Certificate certificate, Instant now) throws CertificateException {
        try {
            certificate.checkValidity(Date.from(now));
        } catch (CertificateExpiredException expired) {
            throw new CertificateException(
                    "has expired on " + certificate.getNotAfter().toInstant(),
                    reason(expired, CertPathValidatorException.BasicReason.EXPIRED));
        } catch (CertificateNotYetValidException early) {
            throw new CertificateException(
                    "is not valid before " + certificate.getNotBefore().toInstant(),
                    reason(early, CertPathValidatorException.BasicReason.NOT_YET_VALID));
        }
    }

    /** In a form that TLS can tell the client. */
    private static CertPathValidatorException reason(
            CertificateException cause, CertPathValidatorException.BasicReason reason) {
        return new CertPathValidatorException(cause.getMessage(), cause, null, -1, reason);
    }

    private static void requireUse(X509Certificate certificate) throws CertificateException {
        List<String> uses = certificate.getExtendedKeyUsage();
        if (uses != null && !uses.contains(CLIENT_AUTH) && !uses.contains(ANY_USE)) {
            throw new CertificateException("is not made for clients: its extended key usage lacks clientAuth");
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[0]) {
            throw new CertificateException("is not made for signing in: its key usage lacks digitalSignature");
        }
    }

    private static CertPath path(List<X509Certificate> chain, ClientAuthorities current, Instant now)
            throws CertificateException {
        if (chain.size() > CHAIN_MAX) {
            throw new CertificateException("comes with more than " + CHAIN_MAX + " certificates");
        }
        try {
            X509CertSelector own = new X509CertSelector();
            own.setCertificate(chain.getFirst());
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(current.anchors(), own);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            return CertPathBuilder.getInstance("PKIX").build(parameters).getCertPath();
        } catch (CertPathBuilderException | InvalidAlgorithmParameterException untrusted) {
            throw new CertificateException("is not vouched for by an authority of ca_files", untrusted);
        } catch (GeneralSecurityException impossible) {
            throw new CertificateException("cannot be checked", impossible);
        }
    }

    private static void requireNotRevoked(CertPath path, ClientAuthorities current, Instant now)
            throws CertificateException {
        try {
            List<X509CRL> inForce = current.listsAt(now);
            PKIXParameters parameters = new PKIXParameters(current.anchors());
            // The JDK's own checks, which by default ask lists at hand alone, and nobody over the network.
            parameters.setRevocationEnabled(true);
            parameters.setDate(Date.from(now));
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(inForce)));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (CertPathValidatorException invalid) {
            throw new CertificateException(
                    invalid.getReason() == CertPathValidatorException.BasicReason.REVOKED
                            ? "was revoked"
                            : invalid.getReason()
                                            == CertPathValidatorException.BasicReason.UNDETERMINED_REVOCATION_STATUS
                                    ? "may have been revoked: there is no revocation list in force of its authority"
                                    : "is not vouched for by an authority of ca_files",
                    invalid);
        } catch (GeneralSecurityException impossible) {
            throw new CertificateException("cannot be checked", impossible);
        }
    }
}
