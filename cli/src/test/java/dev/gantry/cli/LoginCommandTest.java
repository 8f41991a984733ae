package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginCommandTest {
    private static final String SESSION = """
            {"token":"gs_secret","user":{"name":"alice@example.com"},"expires_at":"2026-11-22T00:00:00Z"}""";

    private TestingPlatform platform;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        platform.answer("GET /api/v1/auth/providers", "{\"providers\":[{\"id\":\"password\",\"kind\":\"password\"}]}");
        platform.answer("GET /api/v1/whoami", "{\"principal\":\"alice@example.com\"}");
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    /** A console of a person who has no API key. */
    private TestingConsole console() {
        return new TestingConsole().with("GANTRY_URL", platform.url()).with("XDG_CONFIG_HOME", folder.toString());
    }

    private Path file() {
        return folder.resolve("gantry").resolve("logins");
    }

    @Test
    void shouldKeepTheLoginForItsOwnerAloneAndPresentIt() throws IOException {
        platform.answer("POST /api/v1/auth/sessions", SESSION);
        TestingConsole console = console().typing("correct horse battery\n");

        assertThat(console.run("login", "--user", "alice@example.com")).isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().json()).isEqualTo(Json.read("""
                {"username":"alice@example.com","password":"correct horse battery","token":true}"""));
        assertThat(console.out()).contains("alice@example.com").doesNotContain("gs_secret");
        assertThat(console.out() + console.err()).doesNotContain("correct horse");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        console().run("whoami");
        assertThat(platform.lastRequest().header("Authorization")).isEqualTo("Bearer gs_secret");
        console().with("GANTRY_API_KEY", "gk_own").run("whoami");
        assertThat(platform.lastRequest().header("Authorization"))
                .as("a key of the environment goes before")
                .isEqualTo("Bearer gk_own");
        console()
                .with("GANTRY_CLIENT_CERT", "client.pem")
                .with("GANTRY_CLIENT_KEY", "client.key")
                .run("whoami");
        assertThat(platform.lastRequest().header("Authorization"))
                .as("plain HTTP has no place for a certificate")
                .isEqualTo("Bearer gs_secret");
    }

    @Test
    void shouldAskForTheSecondFactor() {
        platform.answer(
                "POST /api/v1/auth/sessions",
                "{\"mfa_required\":true,\"challenge\":\"c-1\",\"methods\":[\"totp\",\"recovery_code\"]}");
        platform.answer("POST /api/v1/auth/sessions/mfa", SESSION);

        assertThat(console().typing("password\r\n123456\n").run("login", "--user", "alice@example.com"))
                .isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().json()).isEqualTo(Json.read("""
                {"challenge":"c-1","method":"totp","code":"123456","token":true}"""));
        console()
                .typing("password\nabcde-fghij\n")
                .run("login", "--user", "alice@example.com", "--organization", "acme");
        assertThat(platform.lastRequest().json().path("method").asText()).isEqualTo("recovery_code");
        assertThat(platform.requests()
                        .get(platform.requests().size() - 2)
                        .json()
                        .path("organization")
                        .asText())
                .isEqualTo("acme");
    }

    @Test
    void shouldSayWhereToGoWhenATerminalDoesNotDo() {
        platform.answer(
                "POST /api/v1/auth/sessions",
                "{\"mfa_required\":true,\"challenge\":\"c-1\",\"methods\":[],\"enrolment_required\":true}");
        TestingConsole console = console().typing("password\n");
        assertThat(console.run("login", "--user", "a@example.com")).isEqualTo(ExitCode.FAILED);
        assertThat(console.err()).contains("second factor").contains(platform.url() + "/console/");
        platform.refuse("POST /api/v1/auth/sessions", 401, """
                {"code":"unauthenticated","detail":"The name or the password is wrong"}""");
        TestingConsole wrong = console().typing("password\n");
        assertThat(wrong.run("login", "--user", "a@example.com")).isEqualTo(ExitCode.FAILED);
        assertThat(wrong.err()).contains("is wrong").doesNotContain("gantry login");
        assertThat(file()).doesNotExist();
        TestingConsole silent = console();
        assertThat(silent.run("login", "--user", "a@example.com")).isEqualTo(ExitCode.FAILED);
        assertThat(silent.err()).contains("No password was given");
    }

    @Test
    void shouldLogInByTheOneProviderThereIs() {
        platform.answer("GET /api/v1/auth/providers", "{\"providers\":[{\"id\":\"okta\",\"kind\":\"oidc\"}]}");
        platform.answer("POST /api/v1/auth/device", """
                {"device_code":"d-1","user_code":"ABCD-EFGH","verification_uri":"https://okta.example/activate",
                 "expires_in":60,"interval":0}""");
        platform.answer("POST /api/v1/auth/device/token", SESSION);
        TestingConsole console = console();

        assertThat(console.run("login")).isEqualTo(ExitCode.DONE);

        assertThat(console.err()).contains("https://okta.example/activate").contains("ABCD-EFGH");
        assertThat(platform.lastRequest().json())
                .isEqualTo(Json.read("{\"provider\":\"okta\",\"device_code\":\"d-1\"}"));
        TestingConsole other = console();
        assertThat(other.run("login", "--provider", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(other.err()).contains("There are: okta");
    }

    @Test
    void shouldLogOutHereAndThere() throws IOException {
        platform.answer("POST /api/v1/auth/sessions", SESSION);
        platform.answer("DELETE /api/v1/auth/session", new TestingPlatform.Answer(204, "", "", Map.of()));
        console().typing("password\n").run("login", "--user", "a@example.com");
        TestingConsole elsewhere = new TestingConsole().with("XDG_CONFIG_HOME", folder.toString());

        assertThat(elsewhere.run("logout", "--server", platform.url())).isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().method()).isEqualTo("DELETE");
        assertThat(platform.lastRequest().header("Authorization")).isEqualTo("Bearer gs_secret");
        assertThat(Files.readString(file())).doesNotContain("gs_secret");
        TestingConsole again = console();
        assertThat(again.run("logout")).isEqualTo(ExitCode.DONE);
        assertThat(again.out()).contains("Nobody is logged in");
    }

    @Test
    void shouldLogInElsewhereAndSayHowToGetThere() {
        platform.answer("POST /api/v1/auth/sessions", SESSION);
        TestingConsole console =
                new TestingConsole().with("XDG_CONFIG_HOME", folder.toString()).typing("password\n");
        assertThat(console.run("login", "--server", platform.url() + "/", "--user", "a@example.com"))
                .isEqualTo(ExitCode.DONE);
        assertThat(console.err()).contains("GANTRY_URL=" + platform.url());
    }

    @Test
    void shouldForgetALoginThatHasEnded() throws IOException {
        platform.answer("POST /api/v1/auth/sessions", SESSION);
        console().typing("password\n").run("login", "--user", "a@example.com");
        platform.refuse(
                "GET /api/v1/whoami", 401, "{\"code\":\"unauthenticated\",\"detail\":\"The session has ended\"}");
        TestingConsole console = console();
        assertThat(console.run("whoami")).isEqualTo(ExitCode.FAILED);
        assertThat(console.err()).contains("gantry login");
        platform.refuse("DELETE /api/v1/auth/session", 401, "{\"code\":\"unauthenticated\"}");
        assertThat(console().run("logout")).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(file())).doesNotContain("gs_secret");
    }
}
