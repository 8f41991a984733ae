package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.accounts.Accounts;
import dev.gantry.accounts.Passkeys;
import dev.gantry.accounts.Passwords;
import dev.gantry.accounts.Person;
import dev.gantry.accounts.SecondFactors;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Operations on passwords and second factors: of one's own, and of others for administrators. Whoever changes how they sign
 * in proves anew who they are; whoever changes how somebody else does must be allowed all that this somebody is.
 */
final class AccountsApi {
    private final Accounts accounts;
    private final Identity identity;

    AccountsApi(Accounts accounts, Identity identity) {
        this.accounts = accounts;
        this.identity = identity;
    }

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        own(handlers);
        ownPasskeys(handlers);
        others(handlers);
        return handlers;
    }

    private void own(Map<String, ApiHandler> handlers) {
        handlers.put("changePassword", (caller, request) -> {
            JsonFields fields = request.fields();
            accounts.passwords()
                    .change(
                            own(caller),
                            Secret.of(fields.requireText("current_password")),
                            Secret.of(fields.requireText("new_password")),
                            place(caller));
            return ApiReply.noContent();
        });
        handlers.put("listFactors", (caller, request) -> ApiReply.ok(factors(own(caller))));
        handlers.put(
                "enrolTotp",
                (caller, request) ->
                        ApiReply.ok(PasswordSignInApi.view(accounts.factors().enrol(fresh(caller, request)))));
        handlers.put(
                "confirmTotp",
                (caller, request) -> ApiReply.ok(PasswordSignInApi.codes(
                        Json.object(),
                        accounts.factors()
                                .confirm(own(caller), Secret.of(request.fields().requireText("code"))))));
        handlers.put("removeTotp", (caller, request) -> {
            if (!accounts.factors().remove(fresh(caller, request))) {
                throw missing("authenticator application");
            }
            return ApiReply.noContent();
        });
        handlers.put("renewRecoveryCodes", (caller, request) -> {
            Person person = fresh(caller, request);
            if (!accounts.factors().state(person).totp()
                    && accounts.passkeys().list(person).isEmpty()) {
                throw missing("second factor, which recovery codes stand in for");
            }
            return ApiReply.ok(
                    PasswordSignInApi.codes(Json.object(), accounts.factors().renewRecoveryCodes(person)));
        });
    }

    private void ownPasskeys(Map<String, ApiHandler> handlers) {
        handlers.put("beginPasskey", (caller, request) -> {
            Person person = fresh(caller, request);
            String display = identity.users()
                    .show(caller, caller.principalId().toString())
                    .principal()
                    .displayName();
            return PasswordSignInApi.asked(accounts.passkeys().enrol(person, display));
        });
        handlers.put("createPasskey", (caller, request) -> {
            JsonFields fields = request.fields();
            JsonFields credential = fields.object("credential");
            if (credential == null) {
                throw fields.invalid("credential", "is required");
            }
            Passkeys.Passkey passkey = accounts.passkeys()
                    .register(
                            own(caller),
                            fields.requireText("challenge"),
                            credential.node(),
                            fields.requireText("name"));
            request.noteObject("passkeys", passkey.id().toString());
            return ApiReply.created(view(passkey), "/api/v1/auth/factors");
        });
        handlers.put("removePasskey", (caller, request) -> {
            if (!accounts.passkeys().remove(fresh(caller, request), request.id("passkey"))) {
                throw missing("such passkey");
            }
            return ApiReply.noContent();
        });
    }

    private void others(Map<String, ApiHandler> handlers) {
        handlers.put("getUserSignIn", (caller, request) -> {
            Principal user = user(
                    identity.users().show(caller, request.path("principal")).principal());
            return ApiReply.ok(overview(AccountPeople.person(caller.organization(), user)));
        });
        handlers.put("setUserPassword", (caller, request) -> {
            JsonFields fields = request.fields();
            boolean mustChange = !Boolean.FALSE.equals(fields.bool("must_change"));
            accounts.passwords()
                    .set(
                            controlled(caller, request),
                            "/password",
                            Secret.of(fields.requireText("password")),
                            mustChange);
            return ApiReply.noContent();
        });
        handlers.put("issuePasswordReset", (caller, request) -> {
            Passwords.Reset reset = accounts.passwords().issueReset(controlled(caller, request), caller.principalId());
            return ApiReply.ok(Json.object()
                    .put("token", reset.token().reveal())
                    .put("expires_at", reset.expiresAt().toString()));
        });
        handlers.put("removeUserPassword", changing(person -> {
            if (!accounts.passwords().remove(person)) {
                throw missing("password");
            }
        }));
        handlers.put("removeUserFactors", changing(accounts::removeFactors));
        handlers.put("unlockUser", changing(accounts::unlock));
    }

    private ApiHandler changing(Consumer<Person> change) {
        return (caller, request) -> {
            change.accept(controlled(caller, request));
            return ApiReply.noContent();
        };
    }

    private Person controlled(Caller caller, ApiRequest request) {
        Principal principal = user(identity.users().requireControl(caller, request.path("principal")));
        return AccountPeople.person(caller.organization(), principal);
    }

    private static Principal user(Principal principal) {
        if (principal.kind() != PrincipalKind.USER) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, principal.name() + " is a service account and signs in with keys only");
        }
        return principal;
    }

    private Person own(Caller caller) {
        Principal principal =
                identity.users().show(caller, caller.principalId().toString()).principal();
        return AccountPeople.person(caller.organization(), user(principal));
    }

    /** Returns the caller once they proved anew who they are; who has no password yet must not come with a lesser key. */
    private Person fresh(Caller caller, ApiRequest request) {
        Person person = own(caller);
        if (accounts.passwords().has(person)) {
            JsonFields fields = request.fields();
            accounts.requireFresh(person, secret(fields, "password"), secret(fields, "code"), place(caller));
        } else {
            identity.users().requireControl(caller, caller.principalId().toString());
        }
        return person;
    }

    private static @Nullable Secret secret(JsonFields fields, String name) {
        String text = fields.text(name);
        return text == null ? null : Secret.of(text);
    }

    /** Wrong passwords of somebody who is signed in count apart from those of strangers. */
    private static String place(Caller caller) {
        return "signed in as " + caller.principalId();
    }

    private ObjectNode factors(Person person) {
        ObjectNode body = Json.object();
        SecondFactors.State state = accounts.factors().state(person);
        body.put("password", accounts.passwords().has(person))
                .put("totp", state.totp())
                .put("recovery_codes", state.recoveryCodes());
        ArrayNode passkeys = body.putArray("passkeys");
        accounts.passkeys().list(person).forEach(passkey -> passkeys.add(view(passkey)));
        return body;
    }

    private ObjectNode overview(Person person) {
        Accounts.Overview overview = accounts.overview(person);
        return Json.object()
                .put("name", person.name())
                .put("password", overview.password().isPresent())
                .put(
                        "password_changed_at",
                        overview.password()
                                .map(state -> state.changedAt().toString())
                                .orElse(null))
                .put(
                        "must_change",
                        overview.password().map(Passwords.State::mustChange).orElse(false))
                .put("totp", overview.factors().totp())
                .put("recovery_codes", overview.factors().recoveryCodes())
                .put("passkeys", overview.passkeys())
                .put(
                        "locked_until",
                        overview.lockedUntil().map(Object::toString).orElse(null));
    }

    private static ObjectNode view(Passkeys.Passkey passkey) {
        return Json.object()
                .put("id", passkey.id().toString())
                .put("name", passkey.name())
                .put("synced", passkey.synced())
                .put("created_at", passkey.createdAt().toString())
                .put(
                        "last_used_at",
                        passkey.lastUsedAt() == null
                                ? null
                                : passkey.lastUsedAt().toString());
    }

    private static GantryException missing(String what) {
        return new GantryException(ErrorCode.NOT_FOUND, "There is no " + what);
    }
}
