package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateLimitsTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final UUID KEY = UUID.fromString("0190a000-0000-7000-8000-000000000001");

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> refusedTiers = new ArrayList<>();
    private Nodes.Place place = Nodes.ALONE.place();

    @TempDir
    private Path directory;

    private RateLimits limits(String yaml) {
        String indented = yaml.indent(2);
        RateLimitSettings settings = RateLimitSettingsTest.load(directory, "rate_limiting:\n" + indented, Map.of());
        LocalMeters meters = new LocalMeters(
                () -> place, settings.withoutRedis(), Duration.ofMinutes(11).toNanos());
        return new RateLimits(settings, meters, Clock.fixed(NOON, ZoneOffset.UTC), nanos::get, refusedTiers::add);
    }

    private static Holder holder(String user, @Nullable String team, @Nullable String model, @Nullable String pattern) {
        return new Holder(
                new UUID(1, 1),
                "acme",
                UUID.nameUUIDFromBytes(user.getBytes(StandardCharsets.UTF_8)),
                user,
                KEY,
                team,
                model,
                pattern);
    }

    private static Holder alice() {
        return holder("alice@example.com", "core", "gpt-4o", "shared/summarize");
    }

    private static Holder bob() {
        return holder("bob@example.com", "core", "gpt-4o", null);
    }

    private static int admitted(RateLimits limits, Holder holder, int attempts) {
        int admitted = 0;
        for (int attempt = 0; attempt < attempts; attempt++) {
            try {
                limits.admit(holder, () -> 1).settle(1);
                admitted++;
            } catch (GantryException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            }
        }
        return admitted;
    }

    private static GantryException refusal(RateLimits limits, Holder holder) {
        return catchThrowableOfType(GantryException.class, () -> limits.admit(holder, () -> 1));
    }

    @Nested
    class Tiers {
        @Test
        void shouldBeThoseOfTheGuideWithoutAnyConfiguration() {
            assertThat(admitted(limits("default_tier: free"), alice(), 2_000)).isEqualTo(10);
            assertThat(admitted(limits("default_tier: pro"), alice(), 2_000)).isEqualTo(100);
            assertThat(admitted(limits("default_tier: enterprise"), alice(), 2_000))
                    .isEqualTo(1_000);
        }

        @Test
        void shouldLimitNobodyWhoHasNone() {
            assertThat(admitted(limits("tier_of: {teams: {other: free}}"), alice(), 2_000))
                    .isEqualTo(2_000);
        }

        @Test
        void shouldBeOfTheKeyBeforeTheUserBeforeTheTeamBeforeTheOrganization() {
            String organization = "tier_of:\n  organizations: {acme: t1}\n";
            String team = organization + "  teams: {core: t2}\n";
            String user = team + "  users: {alice@example.com: t3}\n";
            String key = user + "  keys: {" + KEY + ": t4}\n";
            String tiers = "tiers: {t1: 1, t2: 2, t3: 3, t4: 4, t5: 5}\ndefault_tier: t5\n";

            assertThat(admitted(limits(tiers), alice(), 20)).isEqualTo(5);
            assertThat(admitted(limits(tiers + organization), alice(), 20)).isEqualTo(1);
            assertThat(admitted(limits(tiers + team), alice(), 20)).isEqualTo(2);
            assertThat(admitted(limits(tiers + user), alice(), 20)).isEqualTo(3);
            assertThat(admitted(limits(tiers + key), alice(), 20)).isEqualTo(4);
        }

        @Test
        void shouldHoldForEachUserByItself() {
            RateLimits limits = limits("default_tier: free");

            assertThat(admitted(limits, alice(), 20)).isEqualTo(10);
            assertThat(admitted(limits, bob(), 20)).isEqualTo(10);
        }

        @Test
        void shouldBeNamedToWhoCountsRefusals() {
            admitted(limits("default_tier: free"), alice(), 12);
            admitted(limits("global_limit: 1"), alice(), 2);

            assertThat(refusedTiers).containsExactly("free", "free", "none");
        }
    }

    @Nested
    class Scopes {
        @Test
        void shouldCountEverybodyTogether() {
            RateLimits limits = limits("global_limit: 30");

            assertThat(admitted(limits, alice(), 20) + admitted(limits, bob(), 20))
                    .isEqualTo(30);
        }

        @Test
        void shouldCountATeamTogetherAndOthersApart() {
            RateLimits limits = limits("teams: {core: {requests: 5/minute}, '*': {requests: 2/minute}}");

            assertThat(admitted(limits, alice(), 3) + admitted(limits, bob(), 20))
                    .isEqualTo(5);
            assertThat(admitted(limits, holder("carol@example.com", "other", null, null), 20))
                    .isEqualTo(2);
        }

        @Test
        void shouldCountUsersKeysModelsAndPatterns() {
            assertThat(admitted(limits("users: {alice@example.com: {requests: 3}}"), alice(), 9))
                    .isEqualTo(3);
            assertThat(admitted(limits("keys: {" + KEY + ": {requests: 4}}"), alice(), 9))
                    .isEqualTo(4);
            assertThat(admitted(limits("models: {gpt-4o: {requests: 5}}"), alice(), 9))
                    .isEqualTo(5);
            assertThat(admitted(limits("patterns: {shared/summarize: {requests: 6}}"), alice(), 9))
                    .isEqualTo(6);
            assertThat(admitted(limits("requests: 7\nwindow: 10s"), alice(), 9)).isEqualTo(7);
        }

        @Test
        void shouldLimitNothingWhenSwitchedOff() {
            assertThat(admitted(limits("enabled: false\ndefault_tier: free\nglobal_limit: 1"), alice(), 50))
                    .isEqualTo(50);
        }
    }

    @Nested
    class Refusals {
        @Test
        void shouldConsumeNothingOfTheOtherLimits() {
            RateLimits limits = limits("global_limit: 100\nusers: {alice@example.com: {requests: 1}}");
            admitted(limits, alice(), 50);

            assertThat(admitted(limits, bob(), 200)).isEqualTo(99);
        }

        @Test
        void shouldSayWhenThereIsRoomAndBeRight() {
            RateLimits limits = limits("default_tier: free");
            admitted(limits, alice(), 10);
            nanos.set(Duration.ofSeconds(20).toNanos());

            GantryException refusal = refusal(limits, alice());

            Duration wait = refusal.retryAfter().orElseThrow();
            assertThat(wait).isBetween(Duration.ofSeconds(40), Duration.ofMillis(40_500));
            assertThat(refusal)
                    .hasMessage(
                            "The limit of tier free is reached: 10 requests in a minute; there is room again in 41 s");
            assertThat(refusal.headers())
                    .containsEntry("X-RateLimit-Limit", "10")
                    .containsEntry("X-RateLimit-Remaining", "0")
                    .containsEntry("X-RateLimit-Reset", Long.toString(NOON.getEpochSecond() + 41));
            nanos.addAndGet(wait.toNanos() - 1);
            assertThat(admitted(limits, alice(), 1)).isZero();
            nanos.addAndGet(1);
            assertThat(admitted(limits, alice(), 1)).isOne();
        }

        @Test
        void shouldGiveBackWhatARequestTookThatALaterStageRefused() {
            RateLimits limits = limits("default_tier: free\nteams: {core: {tokens: 50, parallel: 1}}");
            for (int attempt = 0; attempt < 30; attempt++) {
                limits.admit(alice(), () -> 50).release();
            }

            assertThat(admitted(limits, alice(), 30)).isEqualTo(10);
        }
    }

    @Nested
    class Tokens {
        @Test
        void shouldBeHeldAsEstimatedAndCorrectedToTheTrueNumber() {
            RateLimits limits = limits("teams: {core: {tokens: 1000/minute}}");
            Admittance first = limits.admit(alice(), () -> 600);
            assertThatThrownBy(() -> limits.admit(bob(), () -> 600)).hasMessageContaining("1000 tokens in a minute");

            first.settle(100);

            Admittance second = limits.admit(bob(), () -> 600);
            second.settle(1_500);
            assertThat(limits.standings(alice()).getFirst().remaining()).isZero();
            assertThatThrownBy(() -> limits.admit(bob(), () -> 1)).hasMessageContaining("team core");
        }

        @Test
        void shouldLetARequestThroughThatIsLargerThanTheLimitOnlyWhenNothingElseCounts() {
            RateLimits limits = limits("teams: {core: {tokens: 1000/minute}}");
            Admittance small = limits.admit(alice(), () -> 1);
            assertThatThrownBy(() -> limits.admit(alice(), () -> 5_000)).isInstanceOf(GantryException.class);
            small.release();

            limits.admit(alice(), () -> 5_000).settle(5_000);

            nanos.addAndGet(Duration.ofSeconds(59).toNanos());
            assertThatThrownBy(() -> limits.admit(alice(), () -> 1)).isInstanceOf(GantryException.class);
            nanos.addAndGet(Duration.ofSeconds(3).toNanos());
            assertThat(admitted(limits, alice(), 1)).isOne();
        }

        @Test
        void shouldBeToldInHeadersOfTheirOwn() {
            RateLimits limits = limits("default_tier: free\nteams: {core: {tokens: 1000/minute}}");

            assertThat(limits.admit(alice(), () -> 100).headers())
                    .containsEntry("X-RateLimit-Limit", "10")
                    .containsEntry("X-RateLimit-Remaining", "9")
                    .containsEntry("X-RateLimit-Limit-Tokens", "1000")
                    .containsEntry("X-RateLimit-Remaining-Tokens", "900")
                    .containsKeys("X-RateLimit-Reset", "X-RateLimit-Reset-Tokens");
        }
    }

    @Nested
    class Parallel {
        @Test
        void shouldAdmitTheNextWhenOneEnds() {
            RateLimits limits = limits("teams: {core: {parallel: 2}}");
            Admittance first = limits.admit(alice(), () -> 0);
            Admittance second = limits.admit(alice(), () -> 0);
            assertThatThrownBy(() -> limits.admit(bob(), () -> 0)).hasMessageContaining("2 requests at the same time");

            first.settle(10);
            Admittance third = limits.admit(bob(), () -> 0);
            second.release();
            second.release();
            limits.admit(bob(), () -> 0);

            assertThatThrownBy(() -> limits.admit(bob(), () -> 0)).isInstanceOf(GantryException.class);
            third.release();
        }

        @Test
        void shouldFreeTheSlotOfARequestThatWasLost() {
            RateLimits limits = limits("teams: {core: {parallel: 1}}");
            limits.admit(alice(), () -> 0);
            nanos.addAndGet(Duration.ofMinutes(11).toNanos());

            assertThat(admitted(limits, bob(), 1)).isOne();
        }
    }

    @Nested
    class FurtherModels {
        private final Holder asker = holder("alice@example.com", "core", "first", null);

        private long left(RateLimits limits, String model, String measure) {
            return limits.standings(holder("bob@example.com", null, model, null)).stream()
                    .filter(standing -> standing.scope().equals("model"))
                    .filter(standing -> standing.measure().equals(measure))
                    .findFirst()
                    .orElseThrow()
                    .remaining();
        }

        @Test
        void shouldTakeFromTheirOwnLimitsOnce() {
            RateLimits limits = limits("models: {second: {requests: 10/minute}}");
            Admittance admittance = limits.admit(asker, () -> 1);

            assertThat(admittance.enter("first")).isTrue();
            assertThat(admittance.enter("second")).isTrue();
            assertThat(admittance.enter("second")).isTrue();

            assertThat(left(limits, "second", "requests")).isEqualTo(9);
        }

        @Test
        void shouldTakeNothingWhenOneOfTheirLimitsHasNoRoom() {
            RateLimits limits = limits("models: {second: {requests: 10/minute, tokens: 100/minute, parallel: 1}}");
            limits.admit(holder("bob@example.com", null, "second", null), () -> 90)
                    .settle(90);
            Admittance admittance = limits.admit(asker, () -> 50);

            assertThat(admittance.enter("second")).isFalse();

            assertThat(left(limits, "second", "requests")).isEqualTo(9);
            assertThat(left(limits, "second", "parallel")).isEqualTo(1);
            admittance.settle(50);
            assertThat(left(limits, "second", "tokens")).isEqualTo(10);
        }

        @Test
        void shouldEachBeChargedWhatItConsumed() {
            RateLimits limits = limits(
                    "models: {first: {tokens: 1000/minute}, second: {tokens: 1000/minute}}\nteams: {core: {tokens: 1000/minute}}");
            Admittance admittance = limits.admit(asker, () -> 100);
            admittance.enter("second");

            admittance.settle(350, model -> model.equals("first") ? 50 : 300);

            assertThat(left(limits, "first", "tokens")).isEqualTo(950);
            assertThat(left(limits, "second", "tokens")).isEqualTo(700);
            assertThat(limits.standings(asker))
                    .filteredOn(standing -> standing.scope().equals("team"))
                    .singleElement()
                    .extracting(RateStanding::remaining)
                    .isEqualTo(650L);
        }
    }

    @Test
    void shouldTellTheLongestWaitOfAllLimitsThatAreReached() {
        RateLimits limits = limits("default_tier: t\ntiers: {t: 1/10s}\nteams: {core: {requests: 1/hour}}");
        limits.admit(alice(), () -> 1).settle(1);

        GantryException refusal = refusal(limits, alice());

        assertThat(refusal.retryAfter().orElseThrow()).isGreaterThan(Duration.ofMinutes(59));
        assertThat(refusal).hasMessageContaining("team core");
        assertThat(refusedTiers).containsExactly("t");
    }

    @Test
    void shouldDescribeTheTightestLimit() {
        RateLimits limits = limits("global_limit: 1000\nper_tenant_limit: 100\ndefault_tier: free");

        assertThat(limits.admit(alice(), () -> 0).headers())
                .containsEntry("X-RateLimit-Limit", "10")
                .containsEntry("X-RateLimit-Remaining", "9");
        assertThat(limits.standings(alice()))
                .extracting(RateStanding::scope, RateStanding::limit, RateStanding::remaining)
                .containsExactly(
                        tuple("global", 1000L, 999L), tuple("organization", 100L, 99L), tuple("tier", 10L, 9L));
    }

    @Test
    void shouldForgetWhatIsIdleAndNothingElse() {
        RateLimits limits = limits("default_tier: free\nteams: {core: {parallel: 1}}");
        admitted(limits, alice(), 1);
        Admittance running = limits.admit(bob(), () -> 0);
        limits.buckets().sweep();
        assertThat(limits.buckets().size()).isEqualTo(3);

        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        limits.buckets().sweep();
        assertThat(limits.buckets().size()).isEqualTo(1);

        running.settle(0);
        limits.buckets().sweep();
        assertThat(limits.buckets().size()).isZero();
        assertThat(admitted(limits, alice(), 20)).isEqualTo(10);
    }

    @Nested
    class SeveralNodesWithoutRedis {
        @Test
        void shouldAdmitTogetherWhatTheLimitSays() {
            int sum = 0;
            for (int rank = 0; rank < 3; rank++) {
                place = new Nodes.Place(rank, 3);
                sum += admitted(limits("default_tier: free"), alice(), 50);
            }

            assertThat(sum).isEqualTo(10);
        }

        @Test
        void shouldRefuseWhenThatIsThePolicy() {
            RateLimits limits = limits("default_tier: free\nwithout_redis: refuse");
            place = new Nodes.Place(0, 2);

            assertThat(admitted(limits, alice(), 5)).isZero();
        }
    }
}
