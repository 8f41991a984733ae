package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets as they are pasted into prompts; made here, so that none is anybody's. */
class SecretsTest {
    private static final String RANDOM = "f3K9xQ2mZ7pL4vB8nR1tW6yC5hD0jGsA";

    private static void check(String... marked) {
        SoftAssertions.assertSoftly(all -> {
            for (String each : marked) {
                Marked expected = Marked.of(each);
                all.assertThat(new TestingRules().redact(expected.text()))
                        .as(expected.text())
                        .isEqualTo(expected.redacted());
            }
        });
    }

    static Stream<SecretFormat> formats() {
        return SecretFormat.ALL.stream().filter(format -> !format.id().equals("jwt"));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldFindTheSecretsOfEveryService(SecretFormat format) {
        Random random = new Random(format.prefix().hashCode());
        String label = format.id().toUpperCase(Locale.ROOT);
        for (int length : new int[] {format.bodyMin(), (format.bodyMin() + format.bodyMax()) / 2, format.bodyMax()}) {
            String secret = format.prefix() + body(format.alphabet(), length, random);
            check(
                    "{" + label + ":" + secret + "}",
                    "use {" + label + ":" + secret + "} for the call",
                    "KEY='{" + label + ":" + secret + "}'\nnext",
                    "{\"value\":\"{" + label + ":" + secret + "}\"}",
                    "Is it {" + label + ":" + secret + "}?");
        }
    }

    private static String body(SecretFormat.Alphabet alphabet, int length, Random random) {
        String characters = switch (alphabet) {
            case HEX -> "0123456789abcdef";
            case UPPER -> "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            default -> "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        };
        return random.ints(length, 0, characters.length())
                .mapToObj(index -> String.valueOf(characters.charAt(index)))
                .collect(Collectors.joining());
    }

    @Test
    void shouldKnowAtLeastFortyKinds() {
        assertThat(Kinds.all().stream().filter(kind -> kind.groups().contains(Kinds.SECRETS)))
                .hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void shouldFindTokensOfJson() {
        String head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
        String claims = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ";
        String seal = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        check(
                "Authorization: Bearer {JWT:" + head + "." + claims + "." + seal + "}",
                "token={JWT:" + head + "." + claims + "." + seal + "}&x=1",
                "only " + head + " is no token");
    }

    @Test
    void shouldFindPrivateKeys() {
        String body = "MIIEpAIBAAKCAQEA" + RANDOM + RANDOM + "\n" + RANDOM + RANDOM + "==";
        check(
                "{PRIVATE_KEY:-----BEGIN RSA PRIVATE KEY-----\n" + body + "\n-----END RSA PRIVATE KEY-----}\nbye",
                "key: {PRIVATE_KEY:-----BEGIN OPENSSH PRIVATE KEY-----\\n" + RANDOM
                        + "\\n-----END OPENSSH PRIVATE KEY-----}",
                "{PRIVATE_KEY:-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" + RANDOM
                        + "\n-----END PGP PRIVATE KEY BLOCK-----}",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----");
    }

    @Test
    void shouldFindAddressesThatAreSecret() {
        check(
                "post to {WEBHOOK_URL:https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/" + RANDOM.substring(0, 24)
                        + "}",
                "{WEBHOOK_URL:https://discord.com/api/webhooks/123456789012345678/" + RANDOM + RANDOM + "}",
                "bot {BOT_TOKEN:123456789:AA" + RANDOM + "x}",
                "see https://hooks.slack.com/ and https://discord.com/channels/1/2");
    }

    @Test
    void shouldFindWhatIsSaidToBeSecret() {
        check(
                "password = {SECRET_ASSIGNMENT:hunter2!}",
                "DB_PASSWORD={SECRET_ASSIGNMENT:S3cr3tP4ss}",
                "\"password\": \"{SECRET_ASSIGNMENT:Tr0ub4dor&3}\",",
                "my password is {SECRET_ASSIGNMENT:correct7horse}.",
                "pwd:{SECRET_ASSIGNMENT:Zx9#kk21}",
                "api_key = \"{SECRET_ASSIGNMENT:" + RANDOM + "}\"",
                "AWS_SECRET_ACCESS_KEY={SECRET_ASSIGNMENT:" + RANDOM + "a/B+c9dE}",
                "client_secret: {SECRET_ASSIGNMENT:" + RANDOM + "}",
                "'authToken' => '{SECRET_ASSIGNMENT:" + RANDOM + "}'",
                "AccountKey={SECRET_ASSIGNMENT:" + RANDOM + RANDOM + "==};EndpointSuffix=x",
                "Authorization: Bearer {SECRET_ASSIGNMENT:" + RANDOM + "}");
    }

    @Test
    void shouldLeaveAloneWhatIsNoSecret() {
        check(
                "password = os.environ[\"PASSWORD\"]",
                "password: ${DB_PASSWORD}",
                "password: <your password>",
                "token = getToken(request)",
                "api_key = YOUR_API_KEY_HERE",
                "password: ********",
                "Your password must have 12 characters",
                "monkey=banana1 and keyboard: qwertyuiopasdfgh12",
                "the primary key: user_account_identifier_2024",
                "sort key = createdAtTimestampDescending1",
                "token count: 1234567890123456",
                "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
                "sk-learn-based-pipeline-for-classification-tasks",
                "hf_transfer and npm_config_registry and key-value",
                "pat answer, patent US1234567, SG. Mueller, xai- and ops_team");
    }
}
