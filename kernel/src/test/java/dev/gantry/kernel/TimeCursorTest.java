package dev.gantry.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeCursorTest {
    @ParameterizedTest
    @ValueSource(strings = {"2026-11-21T06:07:08.123456Z", "1970-01-01T00:00:00Z", "1960-01-01T00:00:00.000001Z"})
    void shouldComeBackUnchanged(String time) {
        TimeCursor cursor =
                new TimeCursor(Instant.parse(time), UUID.fromString("01935a2b-0000-7000-8000-00000000000f"));

        assertThat(TimeCursor.parse(cursor.encode())).isEqualTo(cursor);
        assertThat(cursor.encode()).matches("[A-Za-z0-9_-]{32}");
    }

    @Test
    void shouldKeepMicrosecondsAsTheDatabaseDoes() {
        TimeCursor cursor = new TimeCursor(Instant.parse("2026-11-21T06:07:08.123456789Z"), new UUID(1, 2));

        assertThat(cursor.time()).isEqualTo(Instant.parse("2026-11-21T06:07:08.123456Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "AAAA",
                "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
                "01935a2b-0000-7000-8000-00000000000f",
                "f_______________________________"
            })
    void shouldRefuseWhatIsNotACursor(String text) {
        assertThatThrownBy(() -> TimeCursor.parse(text))
                .isInstanceOfSatisfying(
                        GantryException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
}
