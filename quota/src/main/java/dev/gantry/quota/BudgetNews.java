package dev.gantry.quota;

import dev.gantry.database.Database;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell each other about budgets, over the database's notifications. Nothing depends on it arriving: it only makes
 * changes known at once that would be found a few seconds later.
 *
 * @param account the account whose unused rest is wanted back; null when limits changed
 * @param sender the node that wants it; null likewise
 */
record BudgetNews(
        UUID organization, @Nullable UUID account, @Nullable UUID sender) {
    static final String CHANNEL = "gantry_budgets";

    static BudgetNews changed(UUID organization) {
        return new BudgetNews(organization, null, null);
    }

    static BudgetNews recall(UUID organization, UUID account, UUID sender) {
        return new BudgetNews(organization, account, sender);
    }

    static void send(Database database, BudgetNews news) {
        String payload = news.account() == null
                ? news.organization().toString()
                : news.organization() + " " + news.account() + " " + news.sender();
        database.<Boolean>unscoped(handle -> {
            handle.createQuery("SELECT count(pg_notify(:channel, :payload))")
                    .bind("channel", CHANNEL)
                    .bind("payload", payload)
                    .mapTo(Integer.class)
                    .one();
            return true;
        });
    }

    static BudgetNews parse(String payload) {
        String[] parts = payload.split(" ", -1);
        return parts.length == 3
                ? recall(UUID.fromString(parts[0]), UUID.fromString(parts[1]), UUID.fromString(parts[2]))
                : changed(UUID.fromString(parts[0]));
    }
}
