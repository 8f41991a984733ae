package dev.gantry.benchmarks;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gantry as its users start it: authentication, permissions, prices, ledger, audit log and the embedded database. */
final class Gantry implements Proxy {
    /** Limits and budgets that are counted with every request and never reached, and a guard over both directions. */
    private static final String EVERYTHING = """
            data_governance:
              pii_detection: {enabled: true, action: redact}
              content_filtering: {enabled: true, block_patterns: [credit_card, ssn, api_keys]}
            budgets:
              organization: {monthly_limit: 90000000, alert_threshold: 0.8}
              users: {default_daily_limit: 5000000, default_monthly_limit: 9000000}
            rate_limiting:
              global_limit: 100000000
              default_tier: enterprise
              tiers: {enterprise: 100000000/minute}
            """;

    private final Workplace workplace;
    private final Path config;
    private final Path data;
    private final int port = Workplace.freePort();
    private @Nullable Upstreams upstreams;

    Gantry(Workplace workplace) throws IOException {
        this.workplace = workplace;
        this.config = Files.createDirectories(workplace.folder().resolve("config"));
        this.data = workplace.folder().resolve("data");
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopQuietly));
    }

    /** Makes the upstreams known as providers, each with one model, and switches on what is off by default if asked to. */
    void configure(Upstreams known, boolean everything) throws IOException {
        upstreams = known;
        StringBuilder providers = new StringBuilder("providers:\n");
        StringBuilder models = new StringBuilder("models:\n");
        for (Upstream upstream : Upstream.values()) {
            String name = Subject.lower(upstream);
            providers.append("  bench-%1$s: {type: openai, base_url: \"http://127.0.0.1:%2$d/v1\"}%n"
                    .formatted(name, known.port(upstream)));
            models.append(
                    "  bench-%1$s: {provider: bench-%1$s, prices: {input: 1.25, output: 10.00}}%n".formatted(name));
        }
        Files.writeString(config.resolve("gantry.yaml"), everything ? providers + EVERYTHING : providers);
        Files.writeString(config.resolve("models.yaml"), models);
    }

    /** Makes a whole configuration. */
    void configure(String yaml) throws IOException {
        Files.writeString(config.resolve("gantry.yaml"), yaml);
    }

    /** Starts the platform on the processor of what is measured and waits until it is ready. */
    void start() throws Exception {
        start(Workplace.measured());
    }

    /** Starts the platform behind another command's words, such as those of taskset. */
    void start(List<String> prefix) throws Exception {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command("up", "--config", config.toString(), "--port", Integer.toString(port)));
        workplace.run(all, workplace.root());
    }

    /** Waits until the start-up cache of a new build is made, which would run beside what is measured. */
    static void awaitStartupCache() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (System.nanoTime() < deadline
                && ProcessHandle.allProcesses()
                        .anyMatch(process -> process.info()
                                .commandLine()
                                .filter(line -> line.contains("ServerTraining"))
                                .isPresent())) {
            Thread.sleep(500);
        }
    }

    void stop() throws Exception {
        workplace.run(command("down"), workplace.root());
    }

    private void stopQuietly() {
        try {
            stop();
        } catch (Exception notRunning) {
            // Then there is nothing to stop.
        }
    }

    private List<String> command(String verb, String... more) {
        List<String> all = new ArrayList<>(
                List.of(workplace.root().resolve("gantry").toString(), verb, "--data-dir", data.toString()));
        all.addAll(List.of(more));
        return all;
    }

    /** Multiplies the ledger and the audit log to a million rows more each, older than those that are there. */
    void addMillionRows() throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("usage", "audit_events")) {
                statement.executeUpdate("""
                        INSERT INTO %1$s SELECT copy.*
                        FROM (SELECT to_jsonb(one) fields FROM %1$s one LIMIT 1) line, generate_series(1, 1000000) number,
                            LATERAL jsonb_populate_record(NULL::%1$s, fields || jsonb_build_object(
                                'id', gen_random_uuid(), 'batch', 1000000000 + number,
                                'occurred_at', now() - number * interval '1 second')) copy
                        """.formatted(table));
            }
            statement.execute("VACUUM ANALYZE");
            statement.execute("CHECKPOINT");
        }
    }

    /** Reads the ids of all requests in a table; returns how many lines it has. */
    int requestIds(String table, Set<String> ids) throws IOException, SQLException {
        int lines = 0;
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT request_id FROM " + table)) {
            for (; rows.next(); lines++) {
                ids.add(rows.getString(1));
            }
        }
        return lines;
    }

    /** Returns the words before a command that lead it to this platform, as its administrator. */
    List<String> asAdministrator() throws IOException {
        return List.of(
                "env",
                "GANTRY_URL=http://127.0.0.1:" + port,
                "GANTRY_API_KEY=" + properties("credentials").getProperty("api_key"));
    }

    /** Returns whether the audit log is found sound. */
    boolean verifies() throws Exception {
        try {
            List<String> command = new ArrayList<>(asAdministrator());
            command.addAll(List.of(workplace.root().resolve("gantry").toString(), "audit", "verify"));
            workplace.run(command, workplace.root());
            return true;
        } catch (IllegalStateException findings) {
            Workplace.say(findings.toString());
            return false;
        }
    }

    /** Returns the process of the database's server. */
    long postgresPid() throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postgres-18/data/postmaster.pid"))
                .getFirst());
    }

    /** Returns the process that serves the writer of the ledger and of the audit log, who holds a shard of the log. */
    long groupWriterBackend() throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT pid FROM pg_locks WHERE locktype = 'advisory' LIMIT 1")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Connection connect() throws IOException, SQLException {
        String address = "jdbc:postgresql://127.0.0.1:%s/gantry?currentSchema=gantry"
                .formatted(Files.readString(data.resolve("postgres-18/port")).strip());
        return DriverManager.getConnection(
                address, "gantry_admin", properties("postgres-18/passwords").getProperty("superuser"));
    }

    private Properties properties(String file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(data.resolve(file))));
        return properties;
    }

    @Override
    public String name() {
        return "gantry";
    }

    @Override
    public Target target(Upstream upstream) {
        return target(Objects.requireNonNull(upstreams, "configured first").body(upstream));
    }

    /** Returns a chat request. */
    Target target(String body) {
        try {
            String key = properties("credentials").getProperty("api_key");
            return new Target(port, "/v1/chat/completions", Map.of("Authorization", "Bearer " + key), body);
        } catch (IOException notStarted) {
            throw new IllegalStateException("Gantry has not started", notStarted);
        }
    }

    @Override
    public Processes processes() {
        try {
            return new Processes(Long.parseLong(
                    Files.readAllLines(data.resolve("server.pid")).getFirst().strip()));
        } catch (IOException notStarted) {
            throw new IllegalStateException("Gantry has not started", notStarted);
        }
    }
}
