package dev.gantry.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Portkey's gateway on Node.js; without keys, limits or logs, which its public version leaves to a paid service. */
final class Portkey implements Proxy {
    private final Upstreams upstreams;
    private final int port = Workplace.freePort();
    private final Process process;

    Portkey(Workplace workplace, Upstreams upstreams) throws Exception {
        this.upstreams = upstreams;
        Path folder = workplace.root().resolve("benchmarks/portkey");
        Path program = folder.resolve("node_modules/@portkey-ai/gateway/build/start-server.js");
        if (!Files.exists(program)) {
            Workplace.say("Installing Portkey's gateway by npm");
            workplace.run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), folder);
        }
        process = workplace.start(
                "portkey",
                Workplace.measured(
                        "env", "NODE_ENV=production", "node", program.toString(), "--headless", "--port=" + port));
        Workplace.awaitAnswer("http://127.0.0.1:" + port + "/");
    }

    @Override
    public String name() {
        return "portkey";
    }

    @Override
    public Target target(Upstream upstream) {
        return new Target(
                port,
                "/v1/chat/completions",
                Map.of(
                        "x-portkey-provider", "openai",
                        "x-portkey-custom-host", "http://127.0.0.1:" + upstreams.port(upstream) + "/v1",
                        "Authorization", "Bearer none"),
                upstreams.body(upstream));
    }

    @Override
    public Processes processes() {
        return new Processes(process.pid());
    }
}
