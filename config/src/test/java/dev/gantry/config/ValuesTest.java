package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static final Shape.Described ANY = Shape.Described.section("");

    private static Object read(Shape shape, String text, Shape.Described described) {
        try {
            return Values.read(shape, text, described, null);
        } catch (Values.WrongValueException wrong) {
            throw new IllegalArgumentException(wrong.expected(), wrong);
        }
    }

    private static Shape.Described between(long min, long max, String unit) {
        return new Shape.Described("", null, unit, min, max, null);
    }

    @ParameterizedTest
    @CsvSource({
        "30d, 2592000000",
        "24h, 86400000",
        "5m, 300000",
        "60s, 60000",
        "250ms, 250",
        "2w, 1209600000",
        "1h30m, 5400000",
        "0s, 0",
        "1m500ms, 60500"
    })
    void shouldReadDurations(String text, long millis) {
        assertThat(read(Shape.Plain.DURATION, text, ANY)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "-5s",
                "5 s",
                "5S",
                "1.5h",
                "h",
                "5mo",
                "PT5M",
                "99999999999999999d",
                "999999999999999999w",
                "1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s1s"
            })
    void shouldRefuseWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> read(Shape.Plain.DURATION, text, ANY))
                .hasMessage("a duration with its unit, such as 250ms, 30s, 5m, 24h or 30d");
    }

    @Test
    void shouldReadABareNumberOnlyWhereTheSettingHasAUnitOfTime() {
        Shape.Described seconds = between(0, 3_600_000, "seconds");

        assertThat(read(Shape.Plain.DURATION, "3600", seconds)).isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> read(Shape.Plain.DURATION, "3601", seconds)).hasMessage("a duration from 0s to 1h");
        assertThatThrownBy(() -> read(Shape.Plain.DURATION, "x", seconds))
                .hasMessageEndingWith(", or a number of seconds");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 999, 1_000, 60_000, 61_000, 3_600_000, 86_400_000, 90_000_000, 1_234_567_891L})
    void shouldReadADurationAsItIsShown(long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(read(Shape.Plain.DURATION, Values.show(duration), ANY)).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({
        "512Mi, 536870912",
        "512MiB, 536870912",
        "10GB, 10000000000",
        "10G, 10000000000",
        "64KiB, 65536",
        "64 KiB, 65536",
        "5kB, 5000",
        "5k, 5000",
        "1Ti, 1099511627776",
        "2T, 2000000000000",
        "100B, 100",
        "0B, 0"
    })
    void shouldReadSizes(String text, long bytes) {
        assertThat(read(Shape.Plain.SIZE, text, ANY)).isEqualTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "512", "512mi", "-1Mi", "1.5Gi", "Mi", "1Pi", "9999999999Gi", "99999999999999999999B"})
    void shouldRefuseWhatIsNoSize(String text) {
        assertThatThrownBy(() -> read(Shape.Plain.SIZE, text, ANY))
                .hasMessage("a size with its unit, such as 64KiB, 512Mi or 10GB");
    }

    @Test
    void shouldBoundSizes() {
        Shape.Described bounded = between(1_024, 1 << 20, "bytes");

        assertThat(read(Shape.Plain.SIZE, "2048", bounded)).isEqualTo(new DataSize(2_048));
        assertThatThrownBy(() -> read(Shape.Plain.SIZE, "2Mi", bounded)).hasMessage("a size from 1Ki to 1Mi");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_023, 1_024, 1_025, 32L << 20, 10_000_000_000L, 3L << 40, Long.MAX_VALUE})
    void shouldReadASizeAsItIsShown(long bytes) {
        assertThat(DataSize.parse(new DataSize(bytes).toString())).isEqualTo(new DataSize(bytes));
    }

    @Test
    void shouldReadNumbersWithinTheirBounds() {
        assertThat(read(Shape.Plain.INT, "-2147483648", ANY)).isEqualTo(Integer.MIN_VALUE);
        assertThat(read(Shape.Plain.LONG, "+9223372036854775807", ANY)).isEqualTo(Long.MAX_VALUE);
        assertThat(read(Shape.Plain.DECIMAL, "0.075", ANY)).isEqualTo(new BigDecimal("0.075"));
        assertThat(read(Shape.Plain.DOUBLE, "1e-3", ANY)).isEqualTo(0.001);
        assertThatThrownBy(() -> read(Shape.Plain.INT, "2147483648", ANY))
                .hasMessage("a whole number from -2147483648 to 2147483647");
        assertThatThrownBy(() -> read(Shape.Plain.LONG, "9223372036854775808", ANY))
                .hasMessageStartingWith("a whole number");
        assertThatThrownBy(() -> read(Shape.Plain.INT, "0", between(1, Long.MAX_VALUE, "")))
                .hasMessage("a whole number of at least 1");
        assertThatThrownBy(() -> read(Shape.Plain.DECIMAL, "1.0001", between(Long.MIN_VALUE, 1, "")))
                .hasMessage("a number of at most 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.0", "1e3", "0x10", "1_000", "٣", "NaN", "1 ", "--1", "9e999999999"})
    void shouldRefuseWhatIsNoWholeNumber(String text) {
        assertThatThrownBy(() -> read(Shape.Plain.INT, text, ANY)).hasMessage("a whole number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".5", "5.", "1,5", "NaN", ".inf", "Infinity", "1e999", "1e-999", "0x1p3"})
    void shouldRefuseWhatIsNoNumber(String text) {
        assertThatThrownBy(() -> read(Shape.Plain.DECIMAL, text, ANY)).hasMessage("a number");
        assertThatThrownBy(() -> read(Shape.Plain.DOUBLE, text, ANY)).hasMessage("a number");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "True, true", "FALSE, false"})
    void shouldReadTruthValues(String text, boolean expected) {
        assertThat(read(Shape.Plain.BOOLEAN, text, ANY)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "on", "1", "", "tRue"})
    void shouldRefuseWhatIsNoTruthValue(String text) {
        assertThatThrownBy(() -> read(Shape.Plain.BOOLEAN, text, ANY)).hasMessage("true or false");
    }

    @Test
    void shouldReadAddressesAndPaths() throws Values.WrongValueException {
        assertThat(read(Shape.Plain.ADDRESS, "https://a.example/v1", ANY))
                .isEqualTo(URI.create("https://a.example/v1"));
        assertThatThrownBy(() -> read(Shape.Plain.ADDRESS, "a.example", ANY)).hasMessageStartingWith("a full address");
        assertThatThrownBy(() -> read(Shape.Plain.ADDRESS, "https://a b", ANY))
                .hasMessageStartingWith("a full address");
        assertThat(Values.read(Shape.Plain.PATH, "../b", ANY, Path.of("/etc/gantry")))
                .isEqualTo(Path.of("/etc/b"));
        assertThat(Values.read(Shape.Plain.PATH, "/b", ANY, Path.of("/etc/gantry")))
                .isEqualTo(Path.of("/b"));
        assertThatThrownBy(() -> read(Shape.Plain.PATH, "", ANY)).hasMessage("a path in the file system");
        assertThatThrownBy(() -> read(Shape.Plain.PATH, "a\0b", ANY)).hasMessage("a path in the file system");
    }

    @Test
    void shouldReadNamesOfAListWithEitherDash() {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (TestingSettings.SslMode mode : TestingSettings.SslMode.values()) {
            constants.put(mode.name().toLowerCase(java.util.Locale.ROOT), mode);
        }
        Shape.Choice choice = new Shape.Choice(constants);

        assertThat(read(choice, "verify-full", ANY)).isEqualTo(TestingSettings.SslMode.VERIFY_FULL);
        assertThat(read(choice, "verify_full", ANY)).isEqualTo(TestingSettings.SslMode.VERIFY_FULL);
        assertThatThrownBy(() -> read(choice, "required", ANY))
                .hasMessage("one of disable, require, verify_full (did you mean 'require'?)");
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:pw@proxy.example/x, https://user:******@proxy.example/x",
        "https://user@proxy.example, https://user@proxy.example",
        "https://proxy.example/a:b@c, https://proxy.example/a:b@c"
    })
    void shouldHideAPasswordInAnAddress(URI address, String expected) {
        assertThat(Values.show(address)).isEqualTo(expected);
    }

    @Test
    void shouldShowListsAndMapsInFlowForm() {
        List<Object> list = List.of(Duration.ofSeconds(90), new DataSize(2_048));

        assertThat(Values.show(list)).isEqualTo("[90s, 2Ki]");
        assertThat(Values.show(Map.of("a", TestingSettings.SslMode.REQUIRE))).isEqualTo("{a: require}");
        assertThat(Values.show(new BigDecimal("1E+3"))).isEqualTo("1000");
    }
}
