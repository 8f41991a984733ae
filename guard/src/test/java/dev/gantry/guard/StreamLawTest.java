package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The law of streams: however a text is cut into parts, what comes out is what the whole text becomes. */
class StreamLawTest {
    private static final List<String> FRAGMENTS = List.of(
            "john.doe@example.com",
            "a@b.co",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "536-22-8726",
            "SSN: ",
            "ssn ",
            "DE89 3704 0044 0532 0130 00",
            "+1 (202) 555-0123",
            "call 415-555-2671 ext. 12",
            "10.1.2.3",
            ":8080",
            "phone ",
            "2001:db8:85a3::8a2e:370:7334",
            "00:1A:2b:3c:4D:5e",
            "postgres://app:s3cr3t@db.example.com:5432/app",
            "DOB: ",
            "01/02/1980",
            "March 12, 1980",
            "MRN 00123456",
            "passport C01X00T47",
            " is my passport number",
            "Mr. ",
            "Dear ",
            "John Smith",
            "Maria García",
            "123 Main Street, Springfield, IL 62704",
            "Hauptstraße 12, 10115 Berlin",
            "1EG4-TE5-MK73",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "order 4111111111111111",
            "0x",
            "version 1.2.3.4",
            " ",
            " ",
            " ",
            ", ",
            ". ",
            "\n",
            "\\n",
            "\"",
            "(",
            ")",
            "@",
            ":",
            "-",
            "the quick brown fox",
            "über",
            "日本語",
            "４１１１ １１１１ １１１１ １１１１",
            "\u200b",
            "\u00a0",
            "–",
            "’",
            "😀",
            "4111%201111%201111%201111",
            "john%40example.com",
            "%EF%BC%94%EF%BC%91",
            "%",
            "%E2%80",
            "%8",
            "curl -u bob:s3cr3t! x",
            "password: ",
            "hunter2!",
            "Sipho Dlamini",
            "EMP-12345",
            "12345",
            "x",
            "AKIAIOSFODNN7EXAMPLE",
            "550e8400-e29b-41d4-a716-446655440000",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(FRAGMENTS).list().ofMaxSize(24).map(parts -> String.join("", parts));
    }

    @Property(tries = 3000)
    void shouldComeOutTheSameHoweverItIsCut(@ForAll("texts") String text, @ForAll long seed) {
        GuardPolicies policies =
                new TestingRules().own("employee", "EMP-[0-9]{5}\\b").policies();
        String whole = policies.open(null, Direction.ANSWER).inspect(text);
        assertThat(streamed(policies, text, new Random(seed))).isEqualTo(whole == null ? text : whole);
    }

    @Example
    void shouldFindALabelAtTheEndOfALongWord() {
        GuardPolicies policies = new TestingRules().policies();
        String text = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq".repeat(3) + "MRN 00123456";
        String whole = policies.open(null, Direction.ANSWER).inspect(text);
        assertThat(streamed(policies, text, new Random(0))).isEqualTo(whole == null ? text : whole);
    }

    private static String streamed(GuardPolicies policies, String text, Random random) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        StreamInspection stream = policies.open(null, Direction.ANSWER).stream();
        int partMax = random.nextInt(1, 20);
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (int position = 0; position < utf8.length; ) {
            int end = Math.min(utf8.length, position + random.nextInt(1, partMax + 1));
            out.writeBytes(stream.push(utf8, position, end));
            position = end;
        }
        out.writeBytes(stream.finishBytes());
        return out.toString(StandardCharsets.UTF_8);
    }
}
