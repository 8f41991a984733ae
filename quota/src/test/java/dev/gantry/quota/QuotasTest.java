package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final TestingDatabase TESTING = TestingDatabase.open("database", "quota");

    private final UUID organization = TestingDatabase.newOrganization();
    private final Database database = TESTING.database();

    @AfterAll
    static void close() {
        TESTING.close();
    }

    private Quotas quotas(boolean enabled, Map<String, Map<String, Long>> organizations) {
        QuotaSettings settings = new QuotaSettings(
                enabled, Optional.of(2), Optional.of(10L), Optional.empty(), Optional.of(1L), organizations);
        return new Quotas(database, settings, id -> id.equals(organization) ? "acme" : "other");
    }

    private Quotas quotas() {
        return quotas(true, Map.of());
    }

    private void use(Quotas quotas, UUID whose, Quota quota, long amount) {
        database.inOrganization(whose, handle -> {
            quotas.use(handle, whose, quota, amount);
            return null;
        });
    }

    private void release(Quotas quotas, long amount) {
        database.inOrganization(organization, handle -> {
            quotas.release(handle, organization, Quota.REPOSITORIES, amount);
            return null;
        });
    }

    @Nested
    class Counted {
        @Test
        void shouldAdmitAsMuchAsTheLimitSaysAndNameItWhenRefusing() {
            Quotas quotas = quotas();
            use(quotas, organization, Quota.REPOSITORIES, 7);
            use(quotas, organization, Quota.REPOSITORIES, 3);

            GantryException refusal =
                    catchThrowableOfType(GantryException.class, () -> use(quotas, organization, Quota.REPOSITORIES, 1));

            assertThat(refusal.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
            assertThat(refusal).hasMessageStartingWith("The quota of your organization is used up: 10 repositories");
            assertThat(quotas.used(organization, Quota.REPOSITORIES)).isEqualTo(10);
        }

        @Test
        void shouldRefuseAtOnceWhatIsLargerThanTheLimit() {
            assertThatThrownBy(() -> use(quotas(), organization, Quota.STORAGE, 1_000_000_001L))
                    .hasMessageContaining("1000000000 bytes of storage");
            use(quotas(), organization, Quota.STORAGE, 1_000_000_000L);
        }

        @Test
        void shouldMakeRoomAgainWhenSomeIsReleased() {
            use(quotas(), organization, Quota.REPOSITORIES, 10);
            release(quotas(), 4);
            use(quotas(), organization, Quota.REPOSITORIES, 4);

            release(quotas(), 1_000);

            assertThat(quotas().used(organization, Quota.REPOSITORIES)).isZero();
        }

        @Test
        void shouldNotCountWhatWasRolledBack() {
            assertThatThrownBy(() -> database.inOrganization(organization, handle -> {
                        quotas().use(handle, organization, Quota.REPOSITORIES, 5);
                        throw new IllegalStateException("crash");
                    }))
                    .hasMessage("crash");

            assertThat(quotas().used(organization, Quota.REPOSITORIES)).isZero();
        }

        @Test
        void shouldNeverExceedTheLimitInParallel() throws InterruptedException {
            Quotas quotas = quotas();
            AtomicInteger used = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                threads.add(Thread.startVirtualThread(() -> {
                    for (int attempt = 0; attempt < 4; attempt++) {
                        try {
                            use(quotas, organization, Quota.REPOSITORIES, 1);
                            used.incrementAndGet();
                        } catch (GantryException refused) {
                            assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(used).hasValue(10);
            assertThat(quotas.used(organization, Quota.REPOSITORIES)).isEqualTo(10);
        }

        @Test
        void shouldCountEachOrganizationByItself() {
            UUID other = TestingDatabase.newOrganization();
            use(quotas(), organization, Quota.REPOSITORIES, 10);

            use(quotas(), other, Quota.REPOSITORIES, 10);

            assertThat(quotas().used(organization, Quota.REPOSITORIES)).isEqualTo(10);
        }

        @Test
        void shouldCountWithoutLimitWhatIsNotLimited() {
            use(quotas(), organization, Quota.COMPONENTS, 5_000_000);
            use(quotas(false, Map.of()), organization, Quota.REPOSITORIES, 5_000);

            assertThat(quotas().used(organization, Quota.COMPONENTS)).isEqualTo(5_000_000);
            assertThat(quotas().used(organization, Quota.REPOSITORIES)).isEqualTo(5_000);
        }

        @Test
        void shouldTakeAnOrganizationsOwnLimitBeforeTheGeneralOne() {
            Quotas quotas = quotas(true, Map.of("acme", Map.of("repositories", 2L, "storage_gb", 3L)));
            use(quotas, organization, Quota.REPOSITORIES, 2);
            use(quotas, organization, Quota.STORAGE, 3_000_000_000L);

            assertThatThrownBy(() -> use(quotas, organization, Quota.REPOSITORIES, 1))
                    .hasMessageContaining("2 repositories");
            assertThat(quotas.standings(organization))
                    .extracting(standing -> standing.quota().name() + " " + standing.used() + " of "
                            + standing.limit().orElseThrow())
                    .containsExactly(
                            "concurrent_analyses 0 of 2",
                            "repositories 2 of 2",
                            "storage_bytes 3000000000 of 3000000000");
        }
    }

    @Nested
    class Leased {
        @Test
        void shouldAdmitTheNextWhenOneEnds() {
            Quotas quotas = quotas();
            QuotaLease first = quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG);
            quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG);
            assertThatThrownBy(() -> quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG))
                    .hasMessageContaining("2 analyses at the same time");

            first.close();
            first.close();

            quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG);
            assertThat(quotas.used(organization, Quota.CONCURRENT_ANALYSES)).isEqualTo(2);
        }

        @Test
        void shouldFreeThePlaceOfWhatDied() {
            Quotas quotas = quotas();
            QuotaLease dead = quotas.lease(organization, Quota.CONCURRENT_ANALYSES, Duration.ZERO);
            quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG);

            quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG);

            assertThat(dead.renew()).isFalse();
        }

        @Test
        void shouldBeKeptByRenewing() {
            QuotaLease lease = quotas().lease(organization, Quota.CONCURRENT_ANALYSES, LONG);

            assertThat(lease.renew()).isTrue();
            lease.close();
            assertThat(lease.renew()).isFalse();
        }

        @Test
        void shouldNeverExceedTheLimitInParallel() throws InterruptedException {
            Quotas quotas = quotas();
            AtomicInteger taken = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        quotas.lease(organization, Quota.CONCURRENT_ANALYSES, LONG);
                        taken.incrementAndGet();
                    } catch (GantryException refused) {
                        assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(taken).hasValue(2);
        }
    }
}
