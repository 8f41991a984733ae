package dev.gantry.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Secret;
import dev.gantry.provider.AwsCredentialSettings;
import dev.gantry.provider.AwsCredentialSettings.Source;
import dev.gantry.provider.bedrock.AwsKeySource.NoAwsKeyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Keys of roles, given out by a peer that answers as the services of AWS do. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class AwsKeySourceTest {
    private static final AwsCredentialSettings CHAIN =
            new AwsCredentialSettings(Source.DEFAULT_CHAIN, Optional.empty(), Optional.empty(), Optional.empty());

    private final AtomicInteger asked = new AtomicInteger();
    private final java.util.Properties before = new java.util.Properties();
    private HttpServer service;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        before.putAll(System.getProperties());
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.start();
        System.setProperty("aws.region", "eu-central-1");
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.sharedCredentialsFile", folder.resolve("none").toString());
        System.setProperty("aws.configFile", folder.resolve("none").toString());
    }

    @AfterEach
    void stop() {
        service.stop(0);
        System.setProperties(before);
    }

    private String address() {
        return "http://127.0.0.1:" + service.getAddress().getPort();
    }

    private void answer(String path, String contentType, String body) {
        service.createContext(path, exchange -> {
            asked.incrementAndGet();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", contentType);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static Instant inHours(int hours) {
        return Clock.systemUTC().instant().plus(hours, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    }

    @Test
    void shouldSignWithTheRoleOfATask() throws NoAwsKeyException {
        answer("/v2/task", "application/json", """
                {"AccessKeyId":"ASIATASK000000000000","SecretAccessKey":"secret-of-the-task","Token":"token-of-the-task",
                "Expiration":"%s"}""".formatted(inHours(6)));
        System.setProperty("aws.containerCredentialsFullUri", address() + "/v2/task");
        try (AwsKeySource keys = AwsKeySource.of(CHAIN)) {
            AwsKey key = keys.current();
            assertThat(key.id()).isEqualTo("ASIATASK000000000000");
            Map<String, String> signed = new AwsSigner("eu-central-1", "bedrock", Clock.systemUTC())
                    .sign(key, "POST", "/model/a/converse", Map.of("host", "example.org"), new byte[0]);
            assertThat(signed.get("authorization")).contains("Credential=ASIATASK000000000000/");
            assertThat(signed).containsEntry("x-amz-security-token", "token-of-the-task");
            keys.current();
            assertThat(asked).as("a key that lasts is not asked for again").hasValue(1);
        }
    }

    @Test
    void shouldRenewAKeyThatIsAboutToEnd() throws NoAwsKeyException {
        answer("/v2/task", "application/json", """
                {"AccessKeyId":"ASIATASK000000000000","SecretAccessKey":"s","Token":"t","Expiration":"%s"}""".formatted(
                        Clock.systemUTC().instant().minusSeconds(1)));
        System.setProperty("aws.containerCredentialsFullUri", address() + "/v2/task");
        try (AwsKeySource keys = AwsKeySource.of(CHAIN)) {
            keys.current();
            keys.current();
            assertThat(asked).hasValueGreaterThan(1);
        }
    }

    @Test
    void shouldTakeTheRoleOfAPod() throws Exception {
        answer("/", "text/xml", """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAPOD0000000000000</AccessKeyId>
                <SecretAccessKey>secret-of-the-pod</SecretAccessKey><SessionToken>token-of-the-pod</SessionToken>
                <Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
                </AssumeRoleWithWebIdentityResponse>""".formatted(inHours(1)));
        System.setProperty("aws.roleArn", "arn:aws:iam::123456789012:role/gantry");
        System.setProperty(
                "aws.webIdentityTokenFile",
                Files.writeString(folder.resolve("token"), "a.b.c").toString());
        System.setProperty("aws.endpointUrlSts", address());
        try (AwsKeySource keys = AwsKeySource.of(CHAIN)) {
            AwsKey key = keys.current();
            assertThat(key.id()).isEqualTo("ASIAPOD0000000000000");
            assertThat(key.secret().reveal()).isEqualTo("secret-of-the-pod");
        }
    }

    @Test
    void shouldTellWhereItLookedForAKey() {
        try (AwsKeySource keys = AwsKeySource.of(CHAIN)) {
            assertThatThrownBy(keys::current).hasMessageContaining("Unable to load credentials");
        }
    }

    @Test
    void shouldRefuseAChainWithAKey() {
        assertThatThrownBy(() -> new AwsCredentialSettings(
                        Source.DEFAULT_CHAIN,
                        Optional.of("AKIAEXAMPLE000000000"),
                        Optional.of(Secret.of("x")),
                        Optional.empty()))
                .hasMessageContaining("not both");
        assertThatThrownBy(() ->
                        new AwsCredentialSettings(Source.STATIC, Optional.empty(), Optional.empty(), Optional.empty()))
                .hasMessageContaining("default_chain");
    }
}
