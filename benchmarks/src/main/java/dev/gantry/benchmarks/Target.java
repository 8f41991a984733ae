package dev.gantry.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One request, the same each time.
 *
 * @param port on 127.0.0.1
 * @param path such as {@code /v1/chat/completions}
 * @param headers besides those that HTTP needs
 * @param body JSON
 */
record Target(int port, String path, Map<String, String> headers, String body) {
    /** Returns the request as it goes over the wire. */
    byte[] bytes() {
        StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        request.append("Content-Type: application/json\r\nContent-Length: ")
                .append(body.getBytes(StandardCharsets.UTF_8).length)
                .append("\r\n\r\n")
                .append(body);
        return request.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the request as a script for wrk. */
    String wrkScript() {
        StringBuilder script = new StringBuilder("wrk.method = \"POST\"\nwrk.body = [[" + body + "]]\n");
        script.append("wrk.headers[\"Content-Type\"] = \"application/json\"\n");
        headers.forEach((name, value) -> script.append("wrk.headers[\"%s\"] = \"%s\"\n".formatted(name, value)));
        return script.toString();
    }

    String url() {
        return "http://127.0.0.1:" + port + path;
    }
}
