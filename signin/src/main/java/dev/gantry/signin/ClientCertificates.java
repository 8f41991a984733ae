package dev.gantry.signin;

import dev.gantry.database.Database;
import dev.gantry.identity.Beliefs;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.PassingProof;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.identity.Proof;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Knows clients by the certificate of their connection. A certificate is judged when it is first used and again when the
 * files or the time have changed something; whose it is and what they may do is believed as long as for API keys, so that
 * a service account that is deactivated is out within a second, on open connections, too. Thread-safe.
 */
public final class ClientCertificates implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final int REMEMBERED_MAX = 10_000;

    /** How long a key may last that is made with a certificate, which itself lasts for years. */
    private static final Duration KEYS_LAST = Duration.ofHours(24);

    private final MtlsSettings settings;
    private final ClientTrust trust;
    private final Map<String, Account> accounts = new HashMap<>();
    private final Identity identity;
    private final Database database;
    private final Beliefs<Caller> callers;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);

    private record Account(String organization, String name) {
        String key() {
            return organization + "/" + name;
        }
    }

    private ClientCertificates(MtlsSettings settings, Database database, Identity identity, Clock clock) {
        this.settings = settings;
        this.trust = new ClientTrust(settings, clock);
        this.identity = identity;
        this.database = database;
        this.clock = clock;
        this.callers = identity.beliefs("mtls", REMEMBERED_MAX, Caller::organization);
        settings.certificates()
                .forEach(rule -> accounts.put(rule.mark(), new Account(rule.organization(), rule.serviceAccount())));
    }

    /**
     * Begins to know clients, and to follow the files.
     *
     * @param settings the providers, among which there may be one for certificates
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if a file cannot be used
     */
    public static Optional<ClientCertificates> open(
            AuthenticationSettings settings, Database database, Identity identity, Clock clock) {
        return settings.mtls().map(mtls -> {
            ClientCertificates clients = new ClientCertificates(mtls, database, identity, clock);
            Thread.ofVirtual().name("gantry-client-certificates").start(clients::run);
            return clients;
        });
    }

    /**
     * Reads the files as {@link #open} would.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if one cannot be used
     */
    public static void check(MtlsSettings settings, Clock clock) {
        new ClientTrust(settings, clock).generation();
    }

    private void run() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                trust.look();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether nobody connects without a certificate. */
    public boolean required() {
        return settings.required();
    }

    /** Returns what TLS is to ask about certificates. */
    public X509TrustManager trustManager() {
        return new HandshakeTrust(trust, settings.required());
    }

    /** Returns why certificates may not count that should, for a person; empty while all is well. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trust.trouble());
    }

    /**
     * Returns what a connection proves.
     *
     * @param chain what the client showed and has the key of, its own certificate first; not empty
     */
    public Proof proof(List<X509Certificate> chain) {
        return new Shown(List.copyOf(chain));
    }

    /** The certificate of one connection. */
    private final class Shown implements Proof {
        private final List<X509Certificate> chain;
        private final String fingerprint;
        private final Set<Account> candidates;
        private volatile ClientTrust.@Nullable Verdict verdict;

        private Shown(List<X509Certificate> chain) {
            this.chain = chain;
            this.fingerprint = CertificateMarks.fingerprint(chain.getFirst());
            this.candidates = CertificateMarks.of(chain.getFirst()).stream()
                    .filter(accounts::containsKey)
                    .map(mark -> accounts.get(mark))
                    .collect(Collectors.toUnmodifiableSet());
        }

        @Override
        public String id() {
            return "sha256:" + fingerprint;
        }

        @Override
        public void require() {
            ClientTrust.Verdict known = verdict;
            if (known == null
                    || known.generation() != trust.generation()
                    || !clock.instant().isBefore(known.until())) {
                known = trust.judge(chain);
                verdict = known;
            }
            CertificateException refusal = known.refusal();
            if (refusal != null) {
                throw refused("The client certificate " + refusal.getMessage());
            }
        }

        @Override
        public Caller caller() {
            require();
            if (candidates.size() != 1) {
                throw refused(
                        candidates.isEmpty()
                                ? "The client certificate is that of no service account; list it under certificates of the"
                                        + " provider mtls, or send a key (its fingerprint is " + fingerprint + ")"
                                : "The client certificate is that of " + candidates.size()
                                        + " service accounts by its names, so it counts for none");
            }
            Account account = candidates.iterator().next();
            Caller known = callers.find(account.key());
            if (known == null) {
                known = callers.read(account.key(), () -> read(account));
            }
            if (known == null) {
                throw refused("The client certificate is that of nobody");
            }
            return known.provenBy(passing());
        }

        private PassingProof passing() {
            Instant end = chain.getFirst().getNotAfter().toInstant();
            Instant latest = clock.instant().plus(KEYS_LAST);
            return PassingProof.ofProgram(end.isBefore(latest) ? end : latest);
        }
    }

    private Caller read(Account account) {
        UUID organization = identity.organizationNamed(account.organization()).orElse(null);
        Principal principal = organization == null
                ? null
                : database.<@Nullable Principal>inOrganization(
                        organization,
                        handle -> identity.directoryAccounts()
                                .find(handle, account.name())
                                .filter(found -> found.kind() == PrincipalKind.SERVICE_ACCOUNT)
                                .orElse(null));
        if (organization == null || principal == null || !principal.active()) {
            GantryException refusal =
                    refused("The client certificate is that of service account '" + account.name() + "', which "
                            + (principal == null
                                    ? "does not exist in organization '" + account.organization() + "'"
                                    : "is deactivated"));
            throw organization == null
                    ? refusal
                    : refusal.to(new GantryException.Claimed(organization, "service-accounts/" + account.name()));
        }
        return identity.onBehalf(organization, principal.id(), null);
    }

    private static GantryException refused(String text) {
        return new GantryException(ErrorCode.UNAUTHENTICATED, text);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
