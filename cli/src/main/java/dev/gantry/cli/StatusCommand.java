package dev.gantry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry status}: exit code 0 when the platform is up and ready, 1 otherwise. */
@Command(name = "status")
final class StatusCommand extends GantryCommand {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    StatusCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        Platform platform = platform();
        Optional<URI> remote = platform.remote();
        Optional<LocalServer.Running> local =
                remote.isPresent() ? Optional.empty() : platform.server().find();
        Optional<URI> url = remote.or(() -> local.map(LocalServer.Running::url));
        if (url.isEmpty()) {
            return down(platform, local.orElse(null));
        }
        ObjectNode report = Json.object().put("url", url.get().toString());
        local.ifPresent(running -> describe(platform, running, report));
        return show(platform, url.get(), report);
    }

    private int down(Platform platform, LocalServer.@Nullable Running starting) {
        if (json) {
            terminal()
                    .print(Json.object()
                            .put("state", starting == null ? "down" : "starting")
                            .put("data_dir", platform.dataDir().toString())
                            .toPrettyString());
        } else if (starting == null) {
            terminal().print("Gantry is down (data folder " + platform.dataDir() + ")");
            terminal().note("Start it: gantry up");
        } else {
            terminal().print("Gantry is starting (pid " + starting.process().pid() + ")");
        }
        return ExitCode.FAILED;
    }

    private void describe(Platform platform, LocalServer.Running running, ObjectNode report) {
        report.put("pid", running.process().pid());
        report.put("data_dir", platform.dataDir().toString());
        report.put("config", running.config());
        report.put("same_build", !platform.isOtherBuild(running));
        Optional<Instant> start = running.process().info().startInstant();
        start.ifPresent(since -> report.put(
                "uptime_seconds",
                Duration.between(since, context().clock().instant()).toSeconds()));
    }

    private int show(Platform platform, URI url, ObjectNode report) {
        ApiClient client = platform.prober(url);
        ApiClient.Probe ready;
        try {
            report.set("health", client.probe("/health", PROBE_TIMEOUT).body());
            ready = client.probe("/ready", PROBE_TIMEOUT);
        } catch (IOException unreachable) {
            throw new CommandFailure(
                    "Nothing answers at " + url,
                    String.valueOf(unreachable.getMessage()),
                    report.has("pid") ? "Its process lives (pid " + report.get("pid") + "): see its log" : "");
        }
        boolean isReady = ready.status() == 200;
        report.put("state", isReady ? "ready" : "not_ready");
        report.set("ready", ready.body());
        if (json) {
            terminal().print(report.toPrettyString());
        } else {
            print(url, report, isReady);
        }
        return isReady ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void print(URI url, ObjectNode report, boolean isReady) {
        Terminal terminal = terminal();
        String version = report.path("health").path("version").asText("");
        StringBuilder head = new StringBuilder("Gantry").append(version.isEmpty() ? "" : " " + version);
        head.append(isReady ? " is up at " : " is not ready at ").append(url);
        if (report.has("pid")) {
            head.append(" (pid ").append(report.get("pid").asLong());
            head.append(", up ")
                    .append(Format.duration(
                            Duration.ofSeconds(report.path("uptime_seconds").asLong())));
            head.append(')');
        }
        terminal.print(terminal.styled(isReady ? Terminal.Style.GREEN : Terminal.Style.RED, head.toString()));
        for (Readiness.Dependency dependency : Readiness.dependencies(report.path("ready"))) {
            terminal.print("  %-20s %-10s %s"
                    .formatted(dependency.name(), dependency.state(), dependency.detail())
                    .stripTrailing());
        }
        if (report.has("data_dir")) {
            terminal.print("  data folder          " + report.path("data_dir").asText());
            String config = report.path("config").asText();
            terminal.print(
                    "  configuration        " + (config.isEmpty() ? "none: every setting has its default" : config));
        }
        if (!report.path("same_build").asBoolean(true)) {
            terminal.note("It is another build than this command; gantry up restarts it");
        }
    }
}
