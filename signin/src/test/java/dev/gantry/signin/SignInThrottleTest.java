package dev.gantry.signin;

import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.testing.TestingDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignInThrottleTest {
    private static TestingDatabase database;

    private Instant now = Instant.parse("2026-11-21T08:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    @BeforeAll
    static void open() {
        database = TestingDatabase.open("identity", "signin");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private SignInThrottle throttle() {
        return new SignInThrottle(database.database(), clock);
    }

    private void fail(int times, String address) {
        SignInThrottle throttle = throttle();
        for (int count = 0; count < times; count++) {
            throttle.admit(address);
            throttle.failed(address);
        }
    }

    @Test
    void shouldSlowDownAnAddressOnEveryNode() {
        fail(SignInThrottle.ADDRESS_MAX, "192.0.2.1");
        SignInThrottle otherNode = throttle();
        assertRefused(ErrorCode.RATE_LIMITED, () -> otherNode.admit("192.0.2.1"));
        assertThatCode(() -> otherNode.admit("192.0.2.2")).doesNotThrowAnyException();
        now = now.plus(SignInThrottle.WINDOW);
        assertThatCode(() -> otherNode.admit("192.0.2.1")).doesNotThrowAnyException();
    }

    @Test
    void shouldCountApartWhatNobodyHasToBegin() {
        SignInThrottle throttle = throttle();
        for (int count = 0; count < SignInThrottle.ADDRESS_MAX; count++) {
            throttle.failed(SignInThrottle.UNASKED, "192.0.2.4");
        }
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle.admit(SignInThrottle.UNASKED, "192.0.2.4"));
        assertThatCode(() -> throttle.admit("192.0.2.4")).doesNotThrowAnyException();
    }

    @Test
    void shouldBeginToCountAnewAfterAWhile() {
        fail(SignInThrottle.ADDRESS_MAX - 1, "192.0.2.3");
        now = now.plus(SignInThrottle.WINDOW);
        fail(SignInThrottle.ADDRESS_MAX, "192.0.2.3");
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle().admit("192.0.2.3"));
    }

    @ParameterizedTest
    @CsvSource({"2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true", "2001:db8:1:3::1, 2001:db8:1:4::1, false"})
    void shouldCountANetworkOfOneHouseholdTogether(String first, String second, boolean together) {
        fail(SignInThrottle.ADDRESS_MAX, first);
        if (together) {
            assertRefused(ErrorCode.RATE_LIMITED, () -> throttle().admit(second));
        } else {
            assertThatCode(() -> throttle().admit(second)).doesNotThrowAnyException();
        }
    }
}
