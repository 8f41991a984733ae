package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The web console: how it is served, and in a browser what {@code console/src/test/web} asks of it. */
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleTest {
    private static final Path SOURCES =
            Path.of("..", "console").toAbsolutePath().normalize();

    /** How long all of it may take where everything is slow. */
    private static final Duration BROWSER_TIME_MAX = Duration.ofMinutes(40);

    private static final int CASES_LEAST = 60;

    /** What there is to show of limits, rules of the guard, repositories and providers that do not answer. */
    private static final String CONFIG = """
            accounts:
              mfa: {required: false}
              password: {memory: 7Mi, passes: 1}
            data_governance:
              pii_detection:
                teams:
                  bank: {enabled: true, action: redact, kinds: {credit_card: block, ip_address: warn}}
            rate_limiting:
              teams:
                bank: {requests: 3000/minute, tokens: 1000000/minute, parallel: 50}
            git:
              sources:
                library: {repository: 'https://127.0.0.1:1/patterns.git', branch: main}
            mirrors:
              registries:
                hub: {url: 'https://127.0.0.1:1', api_key: '${HUB_KEY}'}
            providers:
              broken: {type: openai, base_url: 'http://127.0.0.1:1/v1'}
            models:
              broken-model: {provider: broken, upstream_name: broken, prices: {input: 2.5, output: 10}}
            """;

    private Path folder;
    private GantryProcess server;

    /** As it comes, but for the cost of hashes: whoever signs in with a password needs a second factor. */
    private GantryProcess unconfigured;

    private HttpClient http;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        http = HttpClient.newHttpClient();
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(config.resolve("gantry.yaml"), CONFIG);
        server = GantryProcess.start(folder.resolve("data"), config, Map.of("HUB_KEY", "gk_none"));
        Path almostNone = Files.createDirectories(folder.resolve("almost-none"));
        Files.writeString(almostNone.resolve("gantry.yaml"), "accounts: {password: {memory: 7Mi, passes: 1}}");
        unconfigured = GantryProcess.start(folder.resolve("other"), almostNone, Map.of());
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        unconfigured.close();
        http.close();
    }

    @BeforeEach
    void needsTheConsole() {
        assumeTrue(
                ConsoleTest.class.getResource("/dev/gantry/console/files.json") != null,
                "THE CONSOLE IS NOT TESTED: it was not built, since Node 20.19 or newer was not found");
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.url().resolve(path)).method(method, HttpRequest.BodyPublishers.noBody());
        for (int index = 0; index < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private String script() throws IOException, InterruptedException {
        Matcher script = Pattern.compile("src=\"(/console/assets/[^\"]+\\.js)\"")
                .matcher(new String(send("GET", "/console/").body(), StandardCharsets.UTF_8));
        assertThat(script.find()).isTrue();
        return script.group(1);
    }

    @Test
    void shouldServeThePageUnderEveryAddressOfTheConsoleAndHaveItAskedForAgain() throws Exception {
        for (String path : List.of("/console", "/console/", "/console/registry/patterns/shared/x", "/console/..%2Fx")) {
            HttpResponse<byte[]> page = send("GET", path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
            assertThat(send("GET", path, "If-None-Match", header(page, "ETag")).statusCode())
                    .isEqualTo(304);
        }
    }

    @Test
    void shouldLetHashedFilesBeKeptAndSendThemCompressed() throws Exception {
        String script = script();
        HttpResponse<byte[]> plain = send("GET", script, "Accept-Encoding", "identity");
        HttpResponse<byte[]> gzip = send("GET", script, "Accept-Encoding", "gzip, br;q=0");
        HttpResponse<byte[]> brotli = send("GET", script, "Accept-Encoding", "gzip, deflate, br");

        assertThat(header(plain, "Content-Encoding")).isEmpty();
        assertThat(header(gzip, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(brotli, "Content-Encoding")).isEqualTo("br");
        assertThat(brotli.body().length).isLessThan(gzip.body().length).isLessThan(plain.body().length);
        for (HttpResponse<byte[]> each : List.of(plain, gzip, brotli)) {
            assertThat(header(each, "Vary")).isEqualTo("Accept-Encoding");
            assertThat(header(each, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
        }
        HttpResponse<byte[]> head = send("HEAD", script, "Accept-Encoding", "identity");
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(plain.body().length));
    }

    @Test
    void shouldAllowNothingInlineAndNothingFromElsewhere() throws Exception {
        HttpResponse<byte[]> page = send("GET", "/console/");

        assertThat(header(page, "Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http", "*");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
    }

    @Test
    void shouldRefuseWhatItDoesNotHave() throws Exception {
        assertThat(send("GET", "/console/assets/gone-12345678.js").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/console/").statusCode()).isEqualTo(405);
        assertThat(send("GET", "/consoles").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/console/assets/../files.json").statusCode()).isEqualTo(404);
    }

    @TestFactory
    Stream<DynamicTest> shouldWorkInABrowser() throws Exception {
        Browser browser = Browser.find(folder);
        Path report = folder.resolve("report.json");
        Path log = folder.resolve("playwright.log");
        ProcessBuilder builder = new ProcessBuilder("node", "node_modules/@playwright/test/cli.js", "test")
                .directory(SOURCES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "GANTRY_URL",
                        server.url().toString(),
                        "GANTRY_API_KEY",
                        server.key(),
                        "GANTRY_UNCONFIGURED_URL",
                        unconfigured.url().toString(),
                        "GANTRY_UNCONFIGURED_API_KEY",
                        unconfigured.key(),
                        "GANTRY_CHROMIUM",
                        browser.program(),
                        "PLAYWRIGHT_JSON_OUTPUT_NAME",
                        report.toString()));
        if (!browser.libraries().isEmpty()) {
            builder.environment().put("GANTRY_CHROMIUM_LIBRARIES", browser.libraries());
        }
        Programs.run(builder, BROWSER_TIME_MAX);
        assertThat(report).as(Files.readString(log)).exists();
        List<DynamicTest> cases = new ArrayList<>();
        collect(Json.read(Files.readAllBytes(report)), "", cases);
        assertThat(cases).as(Files.readString(log)).hasSizeGreaterThan(CASES_LEAST);
        return cases.stream();
    }

    /** Playwright's report nests suites: files, then groups, then specs. */
    private static void collect(JsonNode suite, String prefix, List<DynamicTest> cases) {
        for (JsonNode inner : suite.path("suites")) {
            collect(inner, prefix + inner.path("title").asText() + ": ", cases);
        }
        for (JsonNode spec : suite.path("specs")) {
            cases.add(dynamicTest(
                    prefix + spec.path("title").asText(),
                    () -> assertThat(spec.path("ok").asBoolean())
                            .as(spec.findValuesAsText("message").toString())
                            .isTrue()));
        }
    }
}
