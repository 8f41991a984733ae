package dev.gantry.signin;

import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.gantry.kernel.ErrorCode;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {
    private Instant now = Instant.parse("2026-11-21T08:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final SignInThrottle throttle = new SignInThrottle(clock);

    private void fail(int times, String address, String account) {
        for (int count = 0; count < times; count++) {
            throttle.admit(address, account);
            throttle.failed(address, account);
        }
    }

    @Test
    void shouldSlowDownOneAddressForOneAccount() {
        fail(SignInThrottle.PAIR_MAX, "192.0.2.1", "alice@example.com");
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle.admit("192.0.2.1", " Alice@Example.com"));
        assertThatCode(() -> throttle.admit("192.0.2.2", "alice@example.com")).doesNotThrowAnyException();
        assertThatCode(() -> throttle.admit("192.0.2.1", "bob@example.com")).doesNotThrowAnyException();
        now = now.plus(SignInThrottle.WINDOW);
        assertThatCode(() -> throttle.admit("192.0.2.1", "alice@example.com")).doesNotThrowAnyException();
    }

    @Test
    void shouldForgetMistakesOfWhoGetsItRightInTheEnd() {
        fail(SignInThrottle.PAIR_MAX - 1, "192.0.2.1", "alice@example.com");
        throttle.succeeded("192.0.2.1", "alice@example.com");
        fail(SignInThrottle.PAIR_MAX, "192.0.2.1", "alice@example.com");
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle.admit("192.0.2.1", "alice@example.com"));
    }

    @Test
    void shouldSlowDownAnAddressThatTriesManyAccounts() {
        for (int account = 0; account < SignInThrottle.ADDRESS_MAX; account++) {
            fail(1, "192.0.2.1", "user" + account + "@example.com");
        }
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle.admit("192.0.2.1", "new@example.com"));
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle.admit("192.0.2.1", ""));
    }

    @Test
    void shouldSlowDownManyAddressesThatTryOneAccount() {
        for (int address = 0; address < SignInThrottle.ACCOUNT_MAX; address++) {
            fail(1, "2001:db8::" + Integer.toHexString(address), "alice@example.com");
        }
        assertRefused(ErrorCode.RATE_LIMITED, () -> throttle.admit("198.51.100.7", "alice@example.com"));
    }
}
