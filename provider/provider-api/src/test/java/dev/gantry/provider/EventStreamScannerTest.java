package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventStreamScannerTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("test");

    private final List<String> found = new ArrayList<>();

    private EventStreamScanner scanner(int bytesMax) {
        return new EventStreamScanner(bytesMax, FAILURES, new EventStreamScanner.Listener() {
            @Override
            public void event(@Nullable String name, byte[] bytes, int from, int to, int end) {
                found.add(
                        (name == null ? "" : name + "=") + new String(bytes, from, to - from, StandardCharsets.UTF_8));
            }

            @Override
            public void blank(int end) {
                found.add("blank");
            }
        });
    }

    private List<String> scan(String stream, int pieceLength) throws ProviderException {
        found.clear();
        EventStreamScanner scanner = scanner(1_000);
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += pieceLength) {
            scanner.scan(bytes.clone(), from, Math.min(bytes.length, from + pieceLength));
        }
        scanner.finish();
        return List.copyOf(found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data: a/n/n | a",
                "data:a/n/n | a",
                "data:  a/n/n | ' a'",
                "event: e/ndata: a/n/n | e=a",
                "data: a/nevent: e/n/n | e=a",
                "data: a/ndata: b/n/n | a/nb",
                "data/n/n | ''",
                "data: a/r/rdata: b/r/r | a;b",
                "data: a/r/n/r/ndata: b/r/n/r/n | a;b",
                ": comment/ndata: a/nid: 7/nretry: 9/nunknown: x/n/n | a",
                "/FEFFdata: a/n/n | a",
                ": ping/n/ndata: a/n/n | blank;a",
                "event: e/n/ndata: a/n/n | blank;a",
                "data: Grüße 世界/n/n | Grüße 世界",
                "data: a/n | a",
                "data: a | a",
                "data: a/r/n/ndata: b/n/r/n | a;b"
            })
    void shouldReadTheSameHoweverItIsCut(String written, String expected) throws ProviderException {
        String stream = written.replace("/n", "\n").replace("/r", "\r").replace("/FEFF", "\uFEFF");
        List<String> events = List.of(expected.replace("/n", "\n").split(";", -1));
        int length = stream.getBytes(StandardCharsets.UTF_8).length;
        for (int pieceLength = length; pieceLength > 0; pieceLength--) {
            assertThat(scan(stream, pieceLength))
                    .as("in pieces of " + pieceLength)
                    .isEqualTo(events);
        }
    }

    @Test
    void shouldRefuseLinesWithoutEnd() {
        byte[] piece = "x".repeat(600).getBytes(StandardCharsets.UTF_8);
        EventStreamScanner scanner = scanner(1_000);
        assertThatThrownBy(() -> {
                    scanner.scan(piece, 0, piece.length);
                    scanner.scan(piece, 0, piece.length);
                })
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("longer than 1000 bytes");
    }

    @Test
    void shouldRefuseEventsOfTooManyLines() {
        byte[] piece = ("data: " + "x".repeat(300) + "\n").repeat(5).getBytes(StandardCharsets.UTF_8);
        EventStreamScanner scanner = scanner(1_000);
        assertThatThrownBy(() -> scanner.scan(piece, 0, piece.length)).isInstanceOf(ProviderException.class);
    }
}
