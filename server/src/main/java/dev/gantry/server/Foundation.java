package dev.gantry.server;

import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.config.Configuration;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.crypto.MasterKeyRotation;
import dev.gantry.database.Database;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.identity.Bootstrap;
import dev.gantry.identity.Identity;
import dev.gantry.metering.UsageLedger;
import dev.gantry.quota.Budgets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** What every request stands on: database, keys, identity, audit log, ledger, and budgets, which count what it holds. */
record Foundation(
        Clock clock,
        Database database,
        KeyRing keyRing,
        MasterKeyRotation masterKeys,
        Identity identity,
        PlatformRights platform,
        AuditLog auditLog,
        AuditEvent.Origin writer,
        AuditTrail audit,
        Budgets budgets,
        TriggerFeeds feeds,
        UsageLedger ledger) {
    /** Modules with tables, in the order in which their migrations run. */
    static final List<String> MIGRATIONS = List.of(
            "database",
            "crypto",
            "identity",
            "accounts",
            "audit",
            "metering",
            "quota",
            "jobs",
            "batch",
            "registry",
            "signin",
            "gitsync",
            "mirror",
            "runs",
            "triggers",
            "server");

    static Foundation open(Configuration configuration, Path dataDirectory, Parts parts) {
        Clock clock = Clock.systemUTC();
        DatabaseSettings databaseSettings = configuration.get("database", DatabaseSettings.class);
        Database database = parts.add(Database.open(databaseSettings, dataDirectory));
        database.migrate(MIGRATIONS);
        MasterKeyRotation masterKeys = MasterKeyRotation.open(
                new MasterKeyFile(dataDirectory.resolve("master.key")),
                nodeName(),
                work -> database.unscoped(handle -> {
                    work.over(handle.getConnection());
                    return null;
                }),
                (organization, work) -> database.inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        KeyRing keyRing = masterKeys.keyRing();
        Identity identity = parts.add(Identity.open(database, ConfigSections.roleBook(configuration), clock));
        parts.add(masterKeys).start(identity.organizations()::forEachId);
        Bootstrap.Outcome home =
                Bootstrap.ensure(database, identity, clock, dataDirectory, databaseSettings.isEmbedded());
        AuditLog auditLog =
                parts.add(AuditLog.open(database, keyRing, ConfigSections.audit(configuration), dataDirectory, clock));
        AuditEvent.Origin writer = new AuditEvent.Origin("gantry", Version.current(), nodeName());
        auditLog.verifyRegularly(new AuditPatrolNotes(auditLog, home.organization(), writer, clock));
        AuditTrail audit = new AuditTrail(auditLog, home.organization(), writer);
        TriggerFeeds feeds = new TriggerFeeds();
        Budgets budgets = parts.add(BudgetWiring.open(configuration, database, auditLog, writer, feeds, clock));
        BudgetWiring.warnOfUnknownTeams(configuration, identity);
        LimitSections.warnOfUnknownTeams(configuration, identity);
        LimitSections.warnOfUncounted(configuration);
        UsageLedger ledger = new UsageLedger(database, BudgetWiring.follower(budgets));
        return new Foundation(
                clock,
                database,
                keyRing,
                masterKeys,
                identity,
                new PlatformRights(home.organization()),
                auditLog,
                writer,
                audit,
                budgets,
                feeds,
                ledger);
    }

    private static String nodeName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
