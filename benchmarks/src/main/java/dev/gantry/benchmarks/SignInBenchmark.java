package dev.gantry.benchmarks;

import com.sun.net.httpserver.HttpServer;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.Database;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.identity.Bootstrap;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.CredentialsFile;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.identity.RoleAssignmentSettings;
import dev.gantry.identity.RoleBook;
import dev.gantry.identity.RoleSettings;
import dev.gantry.identity.RolesSettings;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.Assurance;
import dev.gantry.signin.AuthenticationSettings;
import dev.gantry.signin.Client;
import dev.gantry.signin.Directory;
import dev.gantry.signin.MappingSettings;
import dev.gantry.signin.SessionSettings;
import dev.gantry.signin.SignIn;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What knowing callers costs: tokens of another issuer, sessions in memory, and decisions among many roles. Counts the processor
 * time of one thread, so that other load on the machine matters less.
 */
final class SignInBenchmark {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Client CLIENT = new Client("127.0.0.1", "benchmark");
    private static final int WARM_UP = 20_000;
    private static final int TOKENS = 3_000;
    private static final int DECISIONS = 1_000_000;
    private static final int ROLES = 10_000;
    private static final int SESSIONS = 10_000;
    private static final int SESSIONS_EACH = 20;
    private static final String PERSON = "many.roles@example.com";

    private final Workplace workplace;
    private final Figures figures;
    private final int rounds;

    SignInBenchmark(Workplace workplace, Figures figures, int rounds) {
        this.workplace = workplace;
        this.figures = figures;
        this.rounds = rounds;
    }

    private record Issuer(String algorithm, KeyPair keys, String signature) {
        String token(String issuer, Instant expires) throws Exception {
            String signed = text("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + algorithm + "\",\"typ\":\"JWT\"}") + "."
                    + text("{\"iss\":\"" + issuer + "\",\"aud\":\"gantry\",\"sub\":\"person-" + algorithm
                            + "\",\"email\":\"person-" + algorithm.toLowerCase(Locale.ROOT)
                            + "@example.com\",\"name\":\"A Person\",\"groups\":[\"engineering\",\"reviewers\"],\"iat\":"
                            + expires.minusSeconds(3_600).getEpochSecond() + ",\"exp\":" + expires.getEpochSecond()
                            + "}");
            Signature signing = Signature.getInstance(signature);
            signing.initSign(keys.getPrivate());
            signing.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signing.sign());
        }

        String jwk() {
            String start = "{\"kid\":\"" + algorithm + "\",\"use\":\"sig\",";
            return start
                    + switch (keys.getPublic()) {
                        case RSAPublicKey rsa ->
                            "\"kty\":\"RSA\",\"n\":\"" + number(rsa.getModulus(), 256) + "\",\"e\":\"AQAB\"}";
                        case ECPublicKey ec ->
                            "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
                                    + number(ec.getW().getAffineX(), 32) + "\",\"y\":\""
                                    + number(ec.getW().getAffineY(), 32) + "\"}";
                        default -> throw new IllegalStateException("no such keys are made here");
                    };
        }

        private static String text(String json) {
            return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
        }

        private static String number(BigInteger number, int bytes) {
            byte[] signed = number.toByteArray();
            byte[] fixed = new byte[bytes];
            int length = Math.min(bytes, signed.length);
            System.arraycopy(signed, signed.length - length, fixed, bytes - length, length);
            return BASE64.encodeToString(fixed);
        }
    }

    void run() throws Exception {
        List<Issuer> issuers = List.of(
                new Issuer("RS256", rsa(), "SHA256withRSA"), new Issuer("ES256", ec(), "SHA256withECDSAinP1363Format"));
        HttpServer keys = serveKeys(issuers);
        Path data = Files.createDirectories(workplace.folder().resolve("signin-data"));
        try (Database database = Database.open(DatabaseSettings.embedded(), data)) {
            database.migrate(List.of("database", "crypto", "identity", "accounts", "signin"));
            Clock clock = Clock.systemUTC();
            try (Identity identity = Identity.open(database, manyRoles(), clock)) {
                UUID organization =
                        Bootstrap.ensure(database, identity, clock, data, true).organization();
                KeyRing ring = new KeyRing(
                        new MasterKeyFile(data.resolve("master.key")).load(),
                        (of, work) -> database.inOrganization(of, handle -> {
                            work.over(handle.getConnection());
                            return null;
                        }));
                String issuer = "http://127.0.0.1:" + keys.getAddress().getPort();
                SignIn signIn = SignIn.open(
                        database, identity, ring, settings(issuer), (of, id, principal, provider, groups) -> {}, clock);
                Caller administrator = identity.authenticate(new Credentials(
                        CredentialsFile.read(data)
                                .map(CredentialsFile::apiKey)
                                .orElseThrow()
                                .reveal(),
                        "127.0.0.1"));
                for (Issuer each : issuers) {
                    tokens(signIn, each, issuer, clock);
                }
                decisions(identity, administrator);
                sessions(identity, signIn, administrator, organization);
            }
        } finally {
            keys.stop(0);
        }
    }

    private static KeyPair rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        return generator.generateKeyPair();
    }

    private static KeyPair ec() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static HttpServer serveKeys(List<Issuer> issuers) throws Exception {
        byte[] document = ("{\"keys\":["
                        + String.join(",", issuers.stream().map(Issuer::jwk).toList()) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/keys", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, document.length);
                exchange.getResponseBody().write(document);
            }
        });
        server.start();
        return server;
    }

    private static AuthenticationSettings settings(String issuer) {
        return new AuthenticationSettings(
                List.of(new AuthenticationSettings.Jwt(
                        issuer,
                        "gantry",
                        URI.create(issuer + "/keys"),
                        "jwt",
                        List.of("RS256", "ES256"),
                        Duration.ofSeconds(60),
                        new Directory("default", true, false, List.of(), MappingSettings.defaults()))),
                SessionSettings.defaults());
    }

    private static RoleBook manyRoles() {
        Map<String, RoleSettings> roles = new HashMap<>();
        List<RoleAssignmentSettings> assignments = new ArrayList<>();
        for (int number = 0; number < ROLES; number++) {
            String role = "role-" + number;
            roles.put(role, new RoleSettings(List.of("patterns:execute:team-" + number + "/analysis/*")));
            assignments.add(new RoleAssignmentSettings(Optional.of(PERSON), Optional.empty(), role));
        }
        return new RoleBook(new RolesSettings(roles, assignments));
    }

    /** A token that has expired is refused after everything else was verified, and is not remembered. */
    private void tokens(SignIn signIn, Issuer issuer, String name, Clock clock) throws Exception {
        String expired = issuer.token(name, clock.instant().minusSeconds(3_600));
        String valid = issuer.token(name, clock.instant().plusSeconds(3_600));
        Runnable verify = () -> {
            try {
                signIn.authenticate(expired, false);
                throw new IllegalStateException("It has expired");
            } catch (GantryException refused) {
                // As it should be.
            }
        };
        measure("token " + issuer.algorithm() + ", verified, µs", WARM_UP / 2, TOKENS, verify);
        measure(
                "token " + issuer.algorithm() + ", seen before, µs",
                WARM_UP,
                10 * TOKENS,
                () -> signIn.authenticate(valid, false));
    }

    private void decisions(Identity identity, Caller administrator) {
        Principal person = identity.users().create(administrator, PrincipalKind.USER, PERSON, "");
        Caller caller = identity.onBehalf(administrator.organization(), person.id(), null);
        List<Permission> asked = new ArrayList<>();
        for (int number = 0; number < 1_000; number++) {
            asked.add(Permission.of("patterns", "execute", "team-" + number * 10 + "/analysis/risk"));
            asked.add(Permission.of("patterns", "execute", "team-" + number * 10 + "/other/risk"));
        }
        int[] counts = new int[2];
        measure("decision among 10,000 roles, µs", DECISIONS, DECISIONS, () -> {
            Permission permission = asked.get(counts[0]++ % asked.size());
            counts[1] += caller.may(permission) ? 1 : 0;
        });
        if (counts[1] * 2 != counts[0]) {
            throw new IllegalStateException("Half of them are allowed");
        }
    }

    private void measure(String line, int warmUp, int times, Runnable work) {
        for (int time = 0; time < warmUp; time++) {
            work.run();
        }
        for (int round = 0; round < rounds; round++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            for (int time = 0; time < times; time++) {
                work.run();
            }
            figures.add(line, "gantry", (THREADS.getCurrentThreadCpuTime() - begin) / 1e3 / times);
        }
    }

    private void sessions(Identity identity, SignIn signIn, Caller administrator, UUID organization) {
        String[] tokens = new String[SESSIONS];
        for (int number = 0; number < SESSIONS; number += SESSIONS_EACH) {
            UUID person = identity.users()
                    .create(administrator, PrincipalKind.USER, "person-" + number + "@example.com", "")
                    .id();
            for (int each = 0; each < SESSIONS_EACH; each++) {
                tokens[number + each] = signIn.withProof(organization, person, "password", Assurance.UNKNOWN, CLIENT)
                        .token()
                        .reveal();
            }
        }
        long before = usedBytes();
        Arrays.stream(tokens).forEach(token -> signIn.sessions().use(token));
        figures.add("10,000 sessions in use, MB of heap", "gantry", (usedBytes() - before) / 1e6);
        int[] next = new int[1];
        measure(
                "session looked up, µs",
                WARM_UP,
                WARM_UP,
                () -> signIn.sessions().use(tokens[next[0]++ % SESSIONS]));
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int time = 0; time < 3; time++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
