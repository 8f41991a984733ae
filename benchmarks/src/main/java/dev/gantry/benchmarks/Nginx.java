package dev.gantry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** nginx with one worker, as a proxy or as the upstream. */
final class Nginx implements Proxy {
    private final int port = Workplace.freePort();
    private final Upstreams upstreams;
    private final Process process;

    Nginx(Workplace workplace, Upstreams upstreams) throws Exception {
        this.upstreams = upstreams;
        StringBuilder servers = new StringBuilder();
        StringBuilder locations = new StringBuilder();
        for (Upstream upstream : Upstream.values()) {
            String name = Subject.lower(upstream);
            servers.append("upstream %s { server 127.0.0.1:%d; keepalive 1024; keepalive_requests 100000000; }\n"
                    .formatted(name, upstreams.port(upstream)));
            locations.append(
                    "location /%s/ { proxy_pass http://%s/; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering %s; }\n"
                            .formatted(name, name, upstream == Upstream.STREAM ? "off" : "on"));
        }
        String command = workplace.require("nginx");
        process = start(
                workplace,
                "nginx",
                Workplace.measured(command),
                servers + "server { listen 127.0.0.1:%d backlog=4096;\n%s}\n".formatted(port, locations));
    }

    static Process start(Workplace workplace, String name, List<String> command, String http) throws IOException {
        Path folder = Files.createDirectories(workplace.folder().resolve(name));
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, """
                daemon off;
                worker_processes 1;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events { worker_connections 8192; }
                http {
                    access_log off;
                    keepalive_requests 100000000;
                    tcp_nodelay on;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    %2$s
                }
                """.formatted(folder, http));
        List<String> all = new ArrayList<>(command);
        all.addAll(
                List.of("-c", file.toString(), "-e", folder.resolve("error.log").toString()));
        return workplace.start(name, all);
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public Target target(Upstream upstream) {
        return new Target(
                port, "/" + Subject.lower(upstream) + "/v1/chat/completions", Map.of(), upstreams.body(upstream));
    }

    @Override
    public Processes processes() {
        return new Processes(process.pid());
    }
}
