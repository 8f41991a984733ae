package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.audit.AuditEvent;
import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.quota.BudgetAlert;
import dev.gantry.quota.BudgetKey;
import dev.gantry.quota.BudgetLevel;
import dev.gantry.quota.BudgetPeriod;
import dev.gantry.quota.BudgetUnit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BudgetAlertRecordsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final List<AuditEvent> log = new ArrayList<>();
    private final Writing writing = new Writing();
    private final BudgetAlertRecords records = new BudgetAlertRecords(
            event -> {
                log.add(event);
                return writing;
            },
            new AuditEvent.Origin("gantry", "1", "node-1"));

    /** How it stands with the writing of events. */
    private static final class Writing implements GroupCommit.Commit {
        private @Nullable ErrorCode trouble;

        @Override
        public void await(Duration timeout) {
            if (trouble != null) {
                throw new GantryException(trouble, "It is not written");
            }
        }

        @Override
        public boolean isDurable() {
            return trouble == null;
        }
    }

    private static BudgetAlert alert(UUID id) {
        return new BudgetAlert(
                id,
                Ids.next(),
                new BudgetKey(BudgetLevel.TEAM, "team-a", BudgetPeriod.DAY, BudgetUnit.MICRO_USD),
                "team-a",
                new BigDecimal("0.8"),
                1_000_000,
                820_000,
                NOW.plusSeconds(3_600),
                NOW);
    }

    @Test
    void shouldHandAnAlertToTheLogOnceThoughItsRecordIsConfirmedLate() {
        UUID id = Ids.next();
        writing.trouble = ErrorCode.DATABASE_UNAVAILABLE;
        for (int tick = 0; tick < 3; tick++) {
            assertThatThrownBy(() -> records.record(alert(id), _ -> false)).isInstanceOf(GantryException.class);
        }

        writing.trouble = null;
        records.record(alert(id), _ -> false);

        assertThat(log).singleElement().satisfies(event -> {
            assertThat(event.eventType()).isEqualTo("budget.alert");
            assertThat(event.requestId()).isEqualTo(id.toString());
        });
        records.record(alert(id), log.getFirst().id()::equals);
        assertThat(log).hasSize(1);
    }

    @Test
    void shouldHandAnAlertToTheLogAgainWhenItsRecordWasRejected() {
        UUID id = Ids.next();
        writing.trouble = ErrorCode.INTERNAL;
        assertThatThrownBy(() -> records.record(alert(id), _ -> false)).isInstanceOf(GantryException.class);

        writing.trouble = null;
        records.record(alert(id), _ -> false);

        assertThat(log).hasSize(2);
    }

    @Test
    void shouldRememberNoMoreUnconfirmedRecordsThanThereIsRoomFor() {
        writing.trouble = ErrorCode.DATABASE_UNAVAILABLE;
        for (int number = 0; number < 1_100; number++) {
            assertThatThrownBy(() -> records.record(alert(Ids.next()), _ -> false))
                    .isInstanceOf(GantryException.class);
        }
        assertThat(log).hasSize(1_000);

        writing.trouble = null;
        records.record(alert(Ids.next()), _ -> false);
        assertThat(log).hasSize(1_001);
    }
}
