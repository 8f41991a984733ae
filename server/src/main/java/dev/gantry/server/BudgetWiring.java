package dev.gantry.server;

import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.config.Configuration;
import dev.gantry.database.Database;
import dev.gantry.identity.Identity;
import dev.gantry.metering.UsageFollower;
import dev.gantry.metering.UsageRecord;
import dev.gantry.quota.BudgetAmounts;
import dev.gantry.quota.BudgetKey;
import dev.gantry.quota.BudgetSettings;
import dev.gantry.quota.BudgetSpending;
import dev.gantry.quota.BudgetTokenSettings;
import dev.gantry.quota.Budgets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins budgets to the ledger, whose lines they count, and to the audit log, which records their alerts. */
final class BudgetWiring {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetWiring.class);

    private BudgetWiring() {}

    static Budgets open(
            Configuration configuration,
            Database database,
            AuditLog audit,
            AuditEvent.Origin writer,
            TriggerFeeds feeds,
            Clock clock) {
        BudgetAlertRecords records = new BudgetAlertRecords(audit::append, writer);
        return Budgets.open(
                database,
                configuration.get("budgets", BudgetSettings.class),
                configuration.get(BudgetTokenSettings.class),
                new LedgerHistory(),
                (handle, alert) -> {
                    feeds.raised(handle, alert);
                    records.record(
                            alert,
                            event -> !audit.recorded(handle, BudgetAlertRecords.request(alert), List.of(event))
                                    .isEmpty());
                },
                clock);
    }

    /** A limit of a team that does not exist bounds nobody, which is seldom what was meant. */
    static void warnOfUnknownTeams(Configuration configuration, Identity identity) {
        warn(
                "budgets.teams",
                configuration.get("budgets", BudgetSettings.class).teams().keySet(),
                identity);
        warn(
                "team_budgets",
                configuration.get(BudgetTokenSettings.class).teamBudgets().keySet(),
                identity);
    }

    private static void warn(String section, Set<String> teams, Identity identity) {
        for (String team : identity.organizations().unknownTeams(teams)) {
            LOG.warn(
                    "{}.{}: there is no team of this name, so its budget bounds nobody until one is made (gantry teams"
                            + " create {})",
                    section,
                    team,
                    team);
        }
    }

    static UsageFollower follower(Budgets budgets) {
        return (statements, organization, lines) -> budgets.record(
                statements,
                organization,
                lines.stream().map(BudgetWiring::spending).toList());
    }

    private static BudgetSpending spending(UsageRecord line) {
        return new BudgetSpending(
                line.time(),
                line.team(),
                line.project(),
                line.principalId(),
                new BudgetAmounts(line.cost().value(), line.usage().total()));
    }

    /** Returns the name of a budget in the audit log. */
    static String resource(BudgetKey key) {
        return "budgets/" + key.level().id() + (key.subject().isEmpty() ? "" : "/" + key.subject()) + "/"
                + key.period().id();
    }
}
