package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real Keycloak, in its mode for development, with one realm in memory. */
final class Keycloak implements AutoCloseable {
    private static final String ADMINISTRATOR = "administrator";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final URI url;

    private Keycloak(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /** Returns a port at which nobody listens at the moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static URI realm(int port) {
        return URI.create("http://127.0.0.1:" + port + "/realms/company");
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param home unpacked; what it makes of itself there is kept for the next start
     * @param realm to import
     */
    static Keycloak start(Path home, int port, String realm, Path log) throws IOException, InterruptedException {
        Path imports = Files.createDirectories(home.resolve("data/import"));
        Files.writeString(imports.resolve("company-realm.json"), realm);
        ProcessBuilder builder = new ProcessBuilder(
                        "sh",
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--import-realm")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS_APPEND",
                        "-XX:TieredStopAtLevel=1",
                        "KC_BOOTSTRAP_ADMIN_USERNAME",
                        ADMINISTRATOR,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD",
                        ADMINISTRATOR));
        Keycloak keycloak = new Keycloak(builder.start(), URI.create("http://127.0.0.1:" + port));
        try {
            Eventually.within(
                    Duration.ofMinutes(10),
                    "Keycloak is ready",
                    () -> !keycloak.process.isAlive() || isReady(realm(port)));
            assertThat(keycloak.process.isAlive()).as(Files.readString(log)).isTrue();
            return keycloak;
        } catch (AssertionError | RuntimeException failure) {
            keycloak.close();
            throw failure;
        }
    }

    private static boolean isReady(URI realm) {
        try {
            return HTTP.send(HttpRequest.newBuilder(realm).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Ends every session of a user, as an administrator does. */
    void signOut(String user) throws IOException, InterruptedException {
        String form =
                "grant_type=password&client_id=admin-cli&username=" + ADMINISTRATOR + "&password=" + ADMINISTRATOR;
        JsonNode token = send(HttpRequest.newBuilder(url.resolve("/realms/master/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form, StandardCharsets.UTF_8)));
        String bearer = "Bearer " + token.path("access_token").asText();
        JsonNode found = send(HttpRequest.newBuilder(url.resolve("/admin/realms/company/users?username=" + user))
                .header("Authorization", bearer));
        String id = found.path(0).path("id").asText();
        send(HttpRequest.newBuilder(url.resolve("/admin/realms/company/users/" + id + "/logout"))
                .header("Authorization", bearer)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return response.body().isEmpty() ? Json.object() : Json.read(response.body());
    }

    @Override
    public void close() {
        List<ProcessHandle> all = process.descendants().toList();
        all.forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
