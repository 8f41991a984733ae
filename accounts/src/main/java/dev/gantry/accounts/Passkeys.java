package dev.gantry.accounts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticatorTransport;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.AttestationObject;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.data.extension.authenticator.RegistrationExtensionAuthenticatorOutput;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.VerificationException;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Passkeys (WebAuthn level 3), as second factor and as the only one; the authenticator then has to verify its user itself.
 * No attestation is asked for: which maker's authenticator somebody uses is not this platform's business. Thread-safe;
 * every method blocks and may throw {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Passkeys {
    /** How many somebody may have. */
    public static final int PASSKEYS_MAX = 20;

    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.RS256);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Database database;
    private final Challenges challenges;
    private final RelyingParty relyingParty;
    private final People people;
    private final Clock clock;
    private final ObjectConverter converter = new ObjectConverter();
    private final AttestedCredentialDataConverter credentials = new AttestedCredentialDataConverter(converter);
    private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);

    Passkeys(Database database, Challenges challenges, RelyingParty relyingParty, People people, Clock clock) {
        this.database = database;
        this.challenges = challenges;
        this.relyingParty = relyingParty;
        this.people = people;
        this.clock = clock;
    }

    /**
     * A passkey as its owner sees it.
     *
     * @param synced whether its maker keeps a copy of it elsewhere
     * @param lastUsedAt null if never
     */
    public record Passkey(
            UUID id,
            String name,
            boolean synced,
            Instant createdAt,
            @Nullable Instant lastUsedAt) {}

    /**
     * What a browser is asked for.
     *
     * @param challenge to be brought back with the answer
     * @param options what {@code navigator.credentials} takes as {@code publicKey}, in its JSON form
     */
    public record Request(String challenge, ObjectNode options) {}

    /** Returns somebody's passkeys. */
    public List<Passkey> list(Person person) {
        return rows(person).stream().map(Passkeys::describe).toList();
    }

    private List<PasskeyStore.Row> rows(Person person) {
        return database.inOrganization(person.organization(), handle -> PasskeyStore.of(handle, person.id()));
    }

    private static Passkey describe(PasskeyStore.Row row) {
        return new Passkey(row.id(), row.name(), row.backedUp(), row.createdAt(), row.lastUsedAt());
    }

    /** Asks for a new passkey of somebody. */
    public Request enrol(Person person, String displayName) {
        Challenges.Issued issued =
                challenges.issue(Challenges.Purpose.PASSKEY_ENROLMENT, person.organization(), person.id());
        ObjectNode options = Json.object();
        options.putObject("rp").put("id", relyingParty.id()).put("name", relyingParty.name());
        options.putObject("user")
                .put("id", BASE64.encodeToString(userHandle(person)))
                .put("name", person.name())
                .put("displayName", displayName.isEmpty() ? person.name() : displayName);
        options.put("challenge", BASE64.encodeToString(issued.challenge().nonce()));
        ArrayNode algorithms = options.putArray("pubKeyCredParams");
        for (COSEAlgorithmIdentifier algorithm : ALGORITHMS) {
            algorithms.addObject().put("type", "public-key").put("alg", algorithm.getValue());
        }
        options.put("timeout", Challenges.LIFETIME.toMillis());
        options.set("excludeCredentials", descriptors(rows(person)));
        options.putObject("authenticatorSelection")
                .put("residentKey", "required")
                .put("requireResidentKey", true)
                .put("userVerification", "required");
        options.put("attestation", "none");
        return new Request(issued.text(), options);
    }

    /**
     * Stores a new passkey.
     *
     * @param challenge from {@link #enrol}
     * @param credential what the browser gave, in its JSON form
     * @param name for its owner to tell it from others
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if it does not prove what it must,
     *     {@link ErrorCode#CONFLICT} if it is known already or there are too many
     */
    public Passkey register(Person person, String challenge, ObjectNode credential, String name) {
        Challenges.Challenge opened = challenges.open(challenge, Challenges.Purpose.PASSKEY_ENROLMENT);
        if (!person.organization().equals(opened.organization()) || !person.id().equals(opened.principal())) {
            throw refused("the challenge is somebody else's", null);
        }
        RegistrationData data = verifyRegistration(credential, opened);
        AttestationObject attestation = data.getAttestationObject();
        AuthenticatorData<RegistrationExtensionAuthenticatorOutput> authenticator =
                attestation == null ? null : attestation.getAuthenticatorData();
        AttestedCredentialData attested = authenticator == null ? null : authenticator.getAttestedCredentialData();
        if (authenticator == null || attested == null) {
            throw refused("no credential is in it", null);
        }
        challenges.spend(opened);
        Set<AuthenticatorTransport> transports = data.getTransports();
        PasskeyStore.Row row = new PasskeyStore.Row(
                Ids.next(),
                person.id(),
                attested.getCredentialId(),
                name,
                credentials.convert(attested),
                authenticator.getSignCount(),
                authenticator.isFlagBS(),
                transports == null
                        ? List.of()
                        : transports.stream()
                                .map(each -> each.getValue())
                                .sorted()
                                .limit(10)
                                .toList(),
                now(),
                null);
        boolean added = database.inOrganization(person.organization(), handle -> {
            if (PasskeyStore.of(handle, person.id()).size() >= PASSKEYS_MAX) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "There are " + PASSKEYS_MAX + " passkeys already; remove one first");
            }
            return PasskeyStore.insert(handle, row);
        });
        if (!added) {
            throw new GantryException(ErrorCode.CONFLICT, "This passkey is known already");
        }
        return describe(row);
    }

    RegistrationData verifyRegistration(ObjectNode credential, Challenges.Challenge challenge) {
        requireResponse(credential);
        try {
            RegistrationData data = manager.parseRegistrationResponseJSON(credential.toString());
            List<PublicKeyCredentialParameters> algorithms = ALGORITHMS.stream()
                    .map(each -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, each))
                    .toList();
            return manager.verify(data, new RegistrationParameters(server(challenge), algorithms, true, true));
        } catch (DataConversionException | VerificationException | IllegalArgumentException unusable) {
            throw refused(reason(unusable), unusable);
        }
    }

    /** The library takes it for granted. */
    private static void requireResponse(ObjectNode credential) {
        if (!credential.path("response").isObject()) {
            throw refused("there is no response in it", null);
        }
    }

    /** Asks for a passkey of whoever has one, in an organization or another: their own passkey says who they are. */
    public Request ask(UUID organization) {
        Challenges.Issued issued = challenges.issue(Challenges.Purpose.PASSKEY, organization, null);
        return new Request(issued.text(), request(issued.challenge(), List.of()));
    }

    /** Asks for a passkey of somebody whose password was right. */
    ObjectNode ask(Person person, Challenges.Challenge challenge) {
        return request(challenge, rows(person));
    }

    private ObjectNode request(Challenges.Challenge challenge, List<PasskeyStore.Row> allowed) {
        ObjectNode options = Json.object();
        options.put("challenge", BASE64.encodeToString(challenge.nonce()));
        options.put("timeout", Challenges.LIFETIME.toMillis());
        options.put("rpId", relyingParty.id());
        options.set("allowCredentials", descriptors(allowed));
        options.put("userVerification", "required");
        return options;
    }

    private static ArrayNode descriptors(List<PasskeyStore.Row> rows) {
        ArrayNode descriptors = Json.mapper().createArrayNode();
        for (PasskeyStore.Row row : rows) {
            ArrayNode transports = descriptors
                    .addObject()
                    .put("type", "public-key")
                    .put("id", BASE64.encodeToString(row.credentialId()))
                    .putArray("transports");
            row.transports().forEach(transports::add);
        }
        return descriptors;
    }

    /**
     * Checks the answer to {@link #ask(UUID)}.
     *
     * @return who it proves to be there
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, always in the same words
     */
    public Person prove(String challenge, ObjectNode assertion) {
        Challenges.Challenge opened = challenges.open(challenge, Challenges.Purpose.PASSKEY);
        UserHandle handle = UserHandle.of(assertion);
        Person person = people.find(handle.organization(), handle.principal()).orElseThrow(Passkeys::unknown);
        prove(person, opened, assertion);
        challenges.spend(opened);
        return person;
    }

    /** Checks that an assertion answers a challenge with a passkey of somebody; the challenge is for the caller to spend. */
    void prove(Person person, Challenges.Challenge challenge, ObjectNode assertion) {
        requireResponse(assertion);
        try {
            AuthenticationData data = manager.parseAuthenticationResponseJSON(assertion.toString());
            byte[] credentialId =
                    Base64.getUrlDecoder().decode(assertion.path("id").asText(""));
            PasskeyStore.Row row = database.inOrganization(
                            person.organization(), handle -> PasskeyStore.find(handle, credentialId))
                    .filter(found -> found.principal().equals(person.id()))
                    .orElseThrow(Passkeys::unknown);
            manager.verify(data, new AuthenticationParameters(server(challenge), record(row), null, true, true));
            AuthenticatorData<?> authenticator = data.getAuthenticatorData();
            if (authenticator == null) {
                throw unknown();
            }
            boolean noted = database.inOrganization(
                    person.organization(),
                    handle -> PasskeyStore.used(
                            handle, row.id(), authenticator.getSignCount(), authenticator.isFlagBS(), now()));
            if (!noted) {
                throw refused("its counter went back, as that of a copy would", null);
            }
        } catch (DataConversionException | VerificationException | IllegalArgumentException unusable) {
            throw refused(reason(unusable), unusable);
        }
    }

    private CredentialRecord record(PasskeyStore.Row row) {
        return new CredentialRecordImpl(
                new NoneAttestationStatement(),
                true,
                null,
                row.backedUp(),
                row.signCount(),
                credentials.convert(row.credential()),
                null,
                null,
                null,
                null);
    }

    /** Removes one of somebody's passkeys; returns whether it was there. */
    public boolean remove(Person person, UUID passkey) {
        boolean had = database.inOrganization(
                person.organization(), handle -> PasskeyStore.delete(handle, person.id(), passkey));
        people.credentialsChanged(person);
        return had;
    }

    /** Removes all of somebody's passkeys; returns how many there were. */
    public int removeAll(Person person) {
        int count =
                database.inOrganization(person.organization(), handle -> PasskeyStore.deleteAll(handle, person.id()));
        people.credentialsChanged(person);
        return count;
    }

    private ServerProperty server(Challenges.Challenge challenge) {
        return ServerProperty.builder()
                .originPredicate(relyingParty::accepts)
                .rpId(relyingParty.id())
                .challenge(new DefaultChallenge(challenge.nonce()))
                .build();
    }

    /** What a passkey remembers of its owner: organization and principal, which say nothing to others. */
    private static byte[] userHandle(Person person) {
        return ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(person.organization().getMostSignificantBits())
                .putLong(person.organization().getLeastSignificantBits())
                .putLong(person.id().getMostSignificantBits())
                .putLong(person.id().getLeastSignificantBits())
                .array();
    }

    private record UserHandle(UUID organization, UUID principal) {
        static UserHandle of(ObjectNode assertion) {
            try {
                byte[] bytes = Base64.getUrlDecoder()
                        .decode(assertion.path("response").path("userHandle").asText(""));
                if (bytes.length != 4 * Long.BYTES) {
                    throw unknown();
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                return new UserHandle(
                        new UUID(buffer.getLong(), buffer.getLong()), new UUID(buffer.getLong(), buffer.getLong()));
            } catch (IllegalArgumentException malformed) {
                throw unknown();
            }
        }
    }

    /** The names of the library's exceptions say what is wrong; their messages quote what was sent. */
    private static String reason(Exception unusable) {
        String name = unusable.getClass().getSimpleName();
        return name.replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    private static GantryException unknown() {
        return refused("it is not known here", null);
    }

    private static GantryException refused(String reason, @Nullable Exception cause) {
        return new GantryException(ErrorCode.UNAUTHENTICATED, "The passkey was refused: " + reason, cause);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
