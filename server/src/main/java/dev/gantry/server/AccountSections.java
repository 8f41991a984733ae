package dev.gantry.server;

import dev.gantry.accounts.AccountSettings;
import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.Origin;
import dev.gantry.config.Setting;
import dev.gantry.signin.AuthenticationSettings;
import dev.gantry.signin.SessionSettings;
import java.time.Duration;
import java.util.Optional;

/** The section about passwords and second factors, some of which the FixOps overlay has at another place. */
final class AccountSections {
    private static final String ACCOUNTS = "accounts";
    private static final String OVERLAY = "security";
    private static final String AUTHENTICATION = "authentication";
    private static final String MFA_REQUIRED = "accounts.mfa.required";

    private AccountSections() {}

    /** Section {@code security} of the FixOps overlay. */
    record Overlay(
            @Setting(value = "Roles decide what callers may do; this cannot be switched off.", defaultValue = "true")
            boolean enableRbac,

            @Setting(value = "What happens is audited; this cannot be switched off.", defaultValue = "true")
            boolean enableAuditLogging,

            @Setting(
                    value = "How long a session lasts without being used; the same as authentication.session.timeout.",
                    unit = "minutes",
                    min = 60_000,
                    max = 30L * 24 * 60 * 60 * 1000)
            Optional<Duration> sessionTimeoutMinutes,

            @Setting(value = "The same as accounts.password.attempts_max.", min = 1, max = 100)
            Optional<Integer> maxLoginAttempts,

            @Setting(value = "The same as accounts.password.min_length.", unit = "characters", min = 8, max = 64)
            Optional<Integer> passwordMinLength,

            @Setting("The same as accounts.mfa.required.") Optional<Boolean> requireMfa) {
        /** Refuses to pretend. */
        Overlay {
            if (!enableRbac || !enableAuditLogging) {
                throw new IllegalArgumentException(
                        "enable_rbac and enable_audit_logging cannot be false; remove the line");
            }
        }
    }

    static void declare(ConfigSchema.Builder schema) {
        schema.section(ACCOUNTS, AccountSettings.class, "Passwords and second factors that Gantry keeps itself")
                .section(OVERLAY, Overlay.class, "What the FixOps overlay says of passwords and sessions")
                .check(AccountSections::check);
    }

    private static Overlay overlay(Configuration configuration) {
        return configuration.get(OVERLAY, Overlay.class);
    }

    /** Returns the section, with what the overlay says where it does. */
    static AccountSettings accounts(Configuration configuration) {
        AccountSettings file = configuration.get(ACCOUNTS, AccountSettings.class);
        Overlay overlay = overlay(configuration);
        AccountSettings.Passwords passwords = file.password();
        return file.with(
                passwords.with(
                        overlay.passwordMinLength().orElse(passwords.minLength()),
                        overlay.maxLoginAttempts().orElse(passwords.attemptsMax())),
                overlay.requireMfa().orElse(file.mfa().required()));
    }

    /** Returns section {@code authentication}, with the timeout that the overlay says where it does. */
    static AuthenticationSettings authentication(Configuration configuration) {
        AuthenticationSettings file = configuration.get(AUTHENTICATION, AuthenticationSettings.class);
        SessionSettings session = file.session();
        return overlay(configuration)
                .sessionTimeoutMinutes()
                .map(timeout -> file.with(new SessionSettings(
                        timeout,
                        session.refreshEnabled(),
                        timeout.compareTo(session.absoluteTimeout()) > 0 ? timeout : session.absoluteTimeout(),
                        session.perUserMax(),
                        session.apiKeys())))
                .orElse(file);
    }

    private static void check(Configuration configuration, Complaints complaints) {
        SamlWiring.check(authentication(configuration), complaints);
        Overlay overlay = overlay(configuration);
        boolean required =
                configuration.get(ACCOUNTS, AccountSettings.class).mfa().required();
        boolean said = !(configuration.explain(MFA_REQUIRED).getFirst().origin() instanceof Origin.BuiltIn);
        overlay.requireMfa()
                .filter(wanted -> said && wanted != required)
                .ifPresent(contradiction -> complaints.add(
                        OVERLAY + ".require_mfa", "contradicts " + MFA_REQUIRED + "; remove one of them"));
    }
}
