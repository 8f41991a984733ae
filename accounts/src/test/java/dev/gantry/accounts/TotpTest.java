package dev.gantry.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    /** RFC 6238, appendix B, the rows of SHA-1. */
    @ParameterizedTest
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void shouldAgreeWithTheRfc(long second, String code) {
        assertThat(Totp.code(SECRET, Totp.step(Instant.ofEpochSecond(second)), 8))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"-2, false", "-1, true", "0, true", "1, true", "2, false"})
    void shouldTakeTheStepBeforeAndAfter(int offset, boolean taken) {
        Instant now = Instant.parse("2026-11-21T08:00:00Z");
        String code = Totp.code(SECRET, Totp.step(now) + offset, Totp.DIGITS);

        OptionalLong step = Totp.stepOf(SECRET, code, now);

        assertThat(step.isPresent()).isEqualTo(taken);
        step.ifPresent(found -> assertThat(found).isEqualTo(Totp.step(now) + offset));
    }

    @Test
    void shouldWriteBase32AsTheRfcHasIt() {
        assertThat(Totp.base32("foobar".getBytes(StandardCharsets.US_ASCII))).isEqualTo("MZXW6YTBOI");
        assertThat(Totp.base32("fooba".getBytes(StandardCharsets.US_ASCII))).isEqualTo("MZXW6YTB");
        assertThat(Totp.base32("f".getBytes(StandardCharsets.US_ASCII))).isEqualTo("MY");
        assertThat(Totp.base32(new byte[0])).isEmpty();
        assertThat(Totp.base32(SECRET)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    @Test
    void shouldGiveApplicationsAnAddressThatTheyRead() {
        assertThat(Totp.uri("Gantry & Co", "jane+x@example.com", SECRET))
                .isEqualTo("otpauth://totp/Gantry%20%26%20Co:jane%2Bx%40example.com"
                        + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gantry%20%26%20Co"
                        + "&algorithm=SHA1&digits=6&period=30");
    }
}
