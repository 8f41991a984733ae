package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.accounts.Accounts;
import dev.gantry.accounts.Accounts.Method;
import dev.gantry.accounts.Passkeys;
import dev.gantry.accounts.Person;
import dev.gantry.accounts.SecondFactors;
import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.Secret;
import dev.gantry.signin.Assurance;
import dev.gantry.signin.IssuedSession;
import dev.gantry.signin.SignIn;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations for who is not signed in yet: passwords, second factors, passkeys, and choosing a password by token. */
final class PasswordSignInApi {
    private static final String PASSWORD = "password";
    private static final int NAME_LENGTH_MAX = 254;

    /** By the names of RFC 8176. */
    private static final Assurance PASSWORD_ALONE = new Assurance(null, List.of("pwd"));

    /** It holds a key, and has verified its user. */
    private static final Assurance PASSKEY_ALONE = new Assurance(null, List.of("pop", "user", "mfa"));

    private final Accounts accounts;
    private final Identity identity;
    private final UUID home;
    private final SignIn signIn;
    private final SignInApi sessions;
    private final SessionCookie cookie;

    /**
     * The operations.
     *
     * @param home the organization of those who name none
     */
    PasswordSignInApi(
            Accounts accounts, Identity identity, UUID home, SignIn signIn, SignInApi sessions, SessionCookie cookie) {
        this.accounts = accounts;
        this.identity = identity;
        this.home = home;
        this.signIn = signIn;
        this.sessions = sessions;
        this.cookie = cookie;
    }

    Map<String, OpenHandler> openHandlers() {
        return Map.of(
                "completeSignIn",
                this::complete,
                "enrolOnTheWay",
                this::enrolOnTheWay,
                "askForPasskey",
                (inbound, request, entry) -> asked(accounts.passkeys().ask(organization(request.fields(), entry))),
                "createPasskeySession",
                this::withPasskey,
                "resetPassword",
                this::reset);
    }

    /** Signs in by name and password, as far as that goes. */
    ApiReply withPassword(Inbound inbound, ApiRequest request, AuditEntry entry) {
        requireBrowserMaySignIn(inbound);
        JsonFields fields = request.fields();
        String name = fields.requireText("username");
        UUID organization = organization(fields, entry);
        entry.detail("provider", new AuditDetail.Text(PASSWORD));
        noteTyped(name, entry);
        Accounts.Step step = accounts.signIn(
                organization,
                name,
                Secret.of(fields.requireText(PASSWORD)),
                secret(fields, "new_password"),
                inbound.address());
        return switch (step) {
            case Accounts.Step.Done done ->
                withPassword(inbound, request, done.person(), done.passwordVersion(), PASSWORD_ALONE, entry);
            case Accounts.Step.Needed needed -> {
                entry.about("auth.factor.request", "auth/sessions", "request");
                noteTyped(name, entry);
                yield ApiReply.ok(view(needed));
            }
        };
    }

    /** Whatever is no address may be a password. */
    private static void noteTyped(String name, AuditEntry entry) {
        if (name.indexOf('@') > 0 && name.indexOf('/') < 0 && name.length() <= NAME_LENGTH_MAX) {
            entry.object(name.strip().toLowerCase(Locale.ROOT));
        }
    }

    private static ObjectNode view(Accounts.Step.Needed needed) {
        ObjectNode body = Json.object()
                .put("mfa_required", true)
                .put("challenge", needed.challenge())
                .put("enrolment_required", needed.methods().isEmpty())
                .put("password_change_required", needed.mustChange());
        ArrayNode methods = body.putArray("methods");
        needed.methods().forEach(method -> methods.add(method.id()));
        body.set("passkey", needed.passkey());
        return body;
    }

    private ApiReply complete(Inbound inbound, ApiRequest request, AuditEntry entry) {
        requireBrowserMaySignIn(inbound);
        JsonFields fields = request.fields();
        Method method = Method.valueOf(fields.requireText("method").toUpperCase(Locale.ROOT));
        entry.detail("method", new AuditDetail.Text(method.id()));
        JsonFields assertion = fields.object("assertion");
        Accounts.Completed completed = accounts.complete(
                fields.requireText("challenge"),
                method,
                secret(fields, "code"),
                assertion == null ? null : assertion.node(),
                secret(fields, "new_password"));
        ApiReply reply = withPassword(
                inbound, request, completed.person(), completed.passwordVersion(), assurance(method), entry);
        if (!completed.recoveryCodes().isEmpty() && reply.body() instanceof ObjectNode body) {
            codes(body, completed.recoveryCodes());
        }
        return reply;
    }

    /** Opens a session, which lasts if the password did not change while it was being looked at. */
    private ApiReply withPassword(
            Inbound inbound,
            ApiRequest request,
            Person person,
            long passwordVersion,
            Assurance assurance,
            AuditEntry entry) {
        IssuedSession issued = issue(inbound, person, PASSWORD, assurance);
        if (!accounts.passwords().isVersion(person, passwordVersion)) {
            signIn.sessions().end(issued.session());
            throw new GantryException(ErrorCode.UNAUTHENTICATED, "The password was changed meanwhile; sign in again");
        }
        return sessions.opened(inbound, request, issued, entry);
    }

    private static Assurance assurance(Method method) {
        return switch (method) {
            case TOTP, RECOVERY_CODE -> new Assurance(null, List.of("pwd", "otp", "mfa"));
            case PASSKEY -> new Assurance(null, List.of("pwd", "pop", "mfa"));
        };
    }

    private IssuedSession issue(Inbound inbound, Person person, String provider, Assurance assurance) {
        return signIn.withProof(person.organization(), person.id(), provider, assurance, SignInApi.client(inbound));
    }

    private ApiReply enrolOnTheWay(Inbound inbound, ApiRequest request, AuditEntry entry) {
        return ApiReply.ok(view(accounts.enrolOnTheWay(request.fields().requireText("challenge"))));
    }

    static ObjectNode view(SecondFactors.Enrolment enrolment) {
        return Json.object()
                .put("secret", enrolment.secret().reveal())
                .put("otpauth_uri", enrolment.uri().reveal());
    }

    static ApiReply asked(Passkeys.Request request) {
        ObjectNode body = Json.object().put("challenge", request.challenge());
        body.set("public_key", request.options());
        return ApiReply.ok(body);
    }

    private ApiReply withPasskey(Inbound inbound, ApiRequest request, AuditEntry entry) {
        requireBrowserMaySignIn(inbound);
        JsonFields fields = request.fields();
        JsonFields assertion = fields.object("assertion");
        if (assertion == null) {
            throw fields.invalid("assertion", "is required");
        }
        Person person = accounts.passkeys().prove(fields.requireText("challenge"), assertion.node());
        return sessions.opened(inbound, request, issue(inbound, person, "passkey", PASSKEY_ALONE), entry);
    }

    private ApiReply reset(Inbound inbound, ApiRequest request, AuditEntry entry) {
        JsonFields fields = request.fields();
        Person person = accounts.passwords()
                .reset(Secret.of(fields.requireText("token")), Secret.of(fields.requireText("new_password")));
        entry.by(identity.onBehalf(person.organization(), person.id(), null));
        return ApiReply.noContent();
    }

    static ObjectNode codes(ObjectNode body, List<Secret> recoveryCodes) {
        ArrayNode codes = body.putArray("recovery_codes");
        recoveryCodes.forEach(code -> codes.add(code.reveal()));
        return body;
    }

    private void requireBrowserMaySignIn(Inbound inbound) {
        cookie.requireTrustedOrigin(inbound);
        cookie.requirePrivateConnection(inbound);
    }

    /**
     * An organization that does not exist has nobody in it, and looks like one in which somebody is not. What is tried belongs
     * into the log of the one that was named.
     */
    private UUID organization(JsonFields fields, AuditEntry entry) {
        String name = fields.text("organization");
        UUID organization = name == null
                ? home
                : identity.organizationNamed(name.strip().toLowerCase(Locale.ROOT))
                        .orElse(home);
        entry.in(organization);
        return organization;
    }

    private static @Nullable Secret secret(JsonFields fields, String name) {
        String text = fields.text(name);
        return text == null ? null : Secret.of(text);
    }
}
