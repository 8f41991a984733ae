package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final long LEASE = 100;

    private final Slots slots = new Slots(LEASE);

    private Slots.Lease taken(long now) {
        return Objects.requireNonNull(slots.take(2, now).lease());
    }

    @Test
    void shouldAdmitAsManyAsThereAre() {
        taken(0);
        taken(0);

        assertThat(slots.take(2, 1).outcome()).isEqualTo(Slots.Outcome.FULL);
    }

    @Test
    void shouldAdmitTheNextWhenOneIsGivenBack() {
        Slots.Lease first = taken(0);
        taken(0);
        slots.giveBack(first);
        slots.giveBack(first);

        assertThat(slots.take(2, 1).outcome()).isEqualTo(Slots.Outcome.TAKEN);
        assertThat(slots.take(2, 1).outcome()).isEqualTo(Slots.Outcome.FULL);
    }

    @Test
    void shouldFreeASlotThatNobodyGivesBackWhenItsLeaseRunsOut() {
        taken(0);
        taken(50);

        assertThat(slots.take(2, LEASE - 1).outcome()).isEqualTo(Slots.Outcome.FULL);
        assertThat(slots.take(2, LEASE).outcome()).isEqualTo(Slots.Outcome.TAKEN);
        assertThat(slots.take(2, LEASE).outcome()).isEqualTo(Slots.Outcome.FULL);
    }

    @Test
    void shouldNotFreeASecondSlotWhenALateOneIsGivenBack() {
        Slots.Lease late = taken(0);
        taken(LEASE);
        taken(LEASE);

        slots.giveBack(late);

        assertThat(slots.take(2, LEASE).outcome()).isEqualTo(Slots.Outcome.FULL);
    }

    @Test
    void shouldRetireOnlyWhenNoneIsInUse() {
        Slots.Lease lease = taken(0);
        assertThat(slots.retireIfEmpty(1)).isFalse();

        slots.giveBack(lease);

        assertThat(slots.retireIfEmpty(1)).isTrue();
        assertThat(slots.take(2, 1).outcome()).isEqualTo(Slots.Outcome.RETIRED);
    }
}
