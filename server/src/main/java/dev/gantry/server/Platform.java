package dev.gantry.server;

import dev.gantry.accounts.Accounts;
import dev.gantry.batch.BatchSettings;
import dev.gantry.batch.Batches;
import dev.gantry.config.Configuration;
import dev.gantry.config.LiveSecrets;
import dev.gantry.database.Database;
import dev.gantry.gateway.Admission;
import dev.gantry.gateway.AnswerCache;
import dev.gantry.gateway.AnswerSettings;
import dev.gantry.gateway.BudgetAdmission;
import dev.gantry.gateway.CacheSettings;
import dev.gantry.gateway.Circuits;
import dev.gantry.gateway.Failover;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.GatewayObserver;
import dev.gantry.gateway.GatewaySettings;
import dev.gantry.gateway.Guard;
import dev.gantry.gateway.LiveRequests;
import dev.gantry.gateway.Router;
import dev.gantry.gateway.RoutingSettings;
import dev.gantry.gateway.Settlement;
import dev.gantry.identity.CredentialsFile;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.ModelsSettings;
import dev.gantry.mirror.Mirrors;
import dev.gantry.redis.RedisLink;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.Reviews;
import dev.gantry.signin.AuthenticationSettings;
import dev.gantry.signin.ClientCertificates;
import dev.gantry.signin.SignIn;
import dev.gantry.tools.ToolSettings;
import dev.gantry.tools.Tools;
import dev.gantry.workflow.WorkflowReader;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The running platform: every part made with its constructor, in the order in which they need each other, and closed in
 * the opposite order.
 */
final class Platform implements AutoCloseable {
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(5);

    private final Parts parts;
    private final Providers providers;
    private final DurableTasks tasks;
    private final Health health;
    private final HttpEdge edge;
    private final String url;

    private Platform(Parts parts, Providers providers, DurableTasks tasks, Health health, HttpEdge edge, String url) {
        this.parts = parts;
        this.providers = providers;
        this.tasks = tasks;
        this.health = health;
        this.edge = edge;
        this.url = url;
    }

    /**
     * Starts everything and returns when requests are served.
     *
     * @throws GantryException if a part cannot be started; those before it are closed again
     */
    static Platform start(Configuration configuration, Options options) {
        Parts parts = new Parts();
        try {
            return start(configuration, options, parts);
        } catch (Throwable failure) {
            // Also when a class is missing: threads that stay would keep the process, and the data directory with it.
            parts.close();
            throw failure;
        }
    }

    private static Platform start(Configuration configuration, Options options, Parts parts) {
        Path dataDirectory = options.dataDirectory();
        ServerSettings settings = ConfigSections.server(configuration, options);
        GatewaySettings gatewaySettings = configuration.get("gateway", GatewaySettings.class);
        ProcessFile processFile = parts.add(ProcessFile.claim(dataDirectory));
        Metrics metrics = new Metrics();
        LiveSecrets secrets = parts.add(configuration.secrets());
        metrics.watch(secrets);
        secrets.start();
        Tracing tracing = parts.add(Tracing.open(System.getenv()));
        Vertx vertx = vertx(parts);
        Foundation base = Foundation.open(configuration, dataDirectory, parts);
        metrics.watch(base.database().groupCommit());
        metrics.watch(base.auditLog());
        metrics.watch(base.budgets());
        metrics.name(new OrganizationNames(base.identity()));
        RoutingSettings routing = configuration.get("routing", RoutingSettings.class);
        Circuits circuits = new Circuits(routing.circuit());
        circuits.listen(new CircuitNotes(base.audit(), metrics, base.clock()));
        Providers providers = parts.add(Providers.open(configuration, System.getenv(), vertx, metrics, circuits));
        Router router = new Router(
                providers::catalog,
                providers.byName(),
                providers::placeOf,
                providers::isPresent,
                gatewaySettings,
                routing,
                configuration.get(ModelsSettings.class).modelSelection(),
                circuits);
        router.resolve(router.defaultModel());
        Throttle throttle = Throttle.open(configuration, base, metrics, parts);
        GatewayObserver observer = tracing.observe(metrics);
        Guard guard = new Guard(
                ConfigSections.guardPolicies(configuration),
                configuration.get("answers", AnswerSettings.class),
                observer);
        LiveRequests live = parts.add(new LiveRequests(base.identity()));
        Gateway gateway = new Gateway(
                base.identity(),
                Admission.inOrder(Admission.byPermission(), throttle.admission(), new BudgetAdmission(base.budgets())),
                guard,
                cache(configuration, base, throttle, providers, router),
                router,
                new Failover(router, routing),
                new Settlement(router, base.ledger()),
                base.audit(),
                observer,
                live,
                gatewaySettings.commitTimeout());
        WorkflowReader workflows = WorkflowReader.open();
        Registry registry = Registry.open(
                base.database(),
                base.keyRing(),
                configuration.get("patterns", RegistrySettings.class),
                base.clock(),
                base.identity().teams()::exists,
                new WorkflowTexts(workflows),
                GitWiring.alwaysApproved(configuration, base).or(MirrorWiring.alwaysApproved(configuration, base)));
        JobMetrics jobMetrics = metrics.jobs();
        DurableTasks tasks = parts.add(DurableTasks.open(
                base.database(), configuration.get("jobs", JobSettings.class), jobMetrics, base.clock()));
        jobMetrics.watch(tasks);
        AuthenticationSettings authentication = AccountSections.authentication(configuration);
        SignIn signIn = SignIn.open(
                base.database(),
                base.identity(),
                base.keyRing(),
                authentication,
                new DirectoryAudit(base.auditLog(), base.writer(), base.clock()),
                base.clock());
        SamlWiring saml = SamlWiring.open(authentication, signIn, base.clock());
        Accounts accounts = parts.add(Accounts.open(
                base.database(),
                base.keyRing(),
                AccountSections.accounts(configuration),
                new AccountPeople(base.identity(), signIn),
                base.clock()));
        base.identity().whenSomebodyLeaves((handle, principal, forGood) -> {
            if (forGood) {
                accounts.forget(handle, principal);
            }
        });
        Origins origins = Origins.of(settings);
        SessionCookie cookie = new SessionCookie(signIn.sessions(), origins, base.clock());
        GatedRoutes gated = new GatedRoutes(
                new ExecuteRoute(gateway, throttle.admission(), router, registry, cookie, base.clock()), base.clock());
        Batches batches = Batches.open(
                base.database(),
                base.keyRing(),
                tasks,
                configuration.get("batches", BatchSettings.class),
                new BatchGate(gateway, gated));
        Tools tools = parts.add(
                Tools.open(configuration.get("tools", ToolSettings.class), dataDirectory.resolve("commands")));
        RunWiring.Opened runs = RunWiring.open(
                configuration,
                base,
                dataDirectory,
                tasks,
                gateway,
                router,
                guard,
                tools,
                registry,
                workflows,
                metrics,
                gatewaySettings.commitTimeout());
        Reviews reviews = ReviewWiring.open(
                registry,
                base.identity(),
                guard,
                router,
                List.of(registry.patternTests().asReviewCheck()));
        GitApi.Repositories git = new GitApi.Repositories(
                GitWiring.open(configuration, base, dataDirectory, tasks, registry, reviews, metrics),
                GitWiring.exports(configuration, base, dataDirectory, tasks, registry, metrics));
        Mirrors mirrors = MirrorWiring.open(configuration, base, tasks, registry, reviews, metrics);
        Optional<ClientCertificates> clients =
                ClientCertificates.open(authentication, base.database(), base.identity(), base.clock());
        clients.ifPresent(parts::add);
        Health health = new Health(Version.current(), dependencies(base, throttle, providers));
        Routes routes = Surface.routes(
                base,
                live,
                gateway,
                guard,
                throttle,
                router,
                registry,
                reviews,
                gated,
                batches,
                new WorkflowsApi(registry.assets(), workflows, tools, new OrganizationNames(base.identity())),
                new PatternTrials(gateway, router, registry, new LocalVectors(providers.byName()), base.clock()),
                runs,
                signIn,
                saml,
                accounts,
                cookie,
                git,
                mirrors,
                origins,
                metrics,
                health,
                gatewaySettings.commitTimeout());
        HttpEdge edge = new HttpEdge(
                vertx,
                settings,
                routes,
                gatewaySettings.concurrentRequestsMax(),
                tracing.isEnabled(),
                authentication.apiKeyHeader(),
                clients);
        health.watch(SecretWatch.states(secrets, edge.tls(), clients));
        git.start();
        mirrors.start();
        tasks.start();
        String url = url(settings, edge.start());
        edge.tls().ifPresent(files -> parts.add(files.watch(dataDirectory)));
        announce(dataDirectory, url);
        processFile.ready(url);
        return new Platform(parts, providers, tasks, health, edge, url);
    }

    private static AnswerCache cache(
            Configuration configuration, Foundation base, Throttle throttle, Providers providers, Router router) {
        return AnswerCache.open(
                configuration.get("cache", CacheSettings.class),
                base.keyRing(),
                throttle.redis(),
                new LocalVectors(providers.byName()),
                router,
                base.clock(),
                System::nanoTime);
    }

    /** Returns where clients on this machine find the node. */
    String url() {
        return url;
    }

    /** Finishes requests in flight, within a bound, and closes every part. */
    @Override
    public void close() {
        health.stopping();
        try {
            edge.stop();
            // Durable work ends or is given back while providers and database are there for it.
            tasks.close();
            // What is still streaming ends now, and is settled while the database is there.
            providers.close();
            edge.awaitIdle(SETTLE_TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        parts.close();
    }

    private static Vertx vertx(Parts parts) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                // epoll where the platform has it; it makes fewer calls to the kernel than the JDK does.
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        parts.add(() -> vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS));
        return vertx;
    }

    private static Map<String, Supplier<Health.State>> dependencies(
            Foundation base, Throttle throttle, Providers providers) {
        Map<String, Supplier<Health.State>> dependencies = new LinkedHashMap<>();
        dependencies.put("database", () -> {
            Database database = base.database();
            Optional<String> problem =
                    database.problem().or(() -> database.groupCommit().trouble());
            return new Health.State(problem.isEmpty(), true, problem.orElse("answers"));
        });
        // Requests go on: their events are the evidence that is to be kept.
        dependencies.put("audit", () -> {
            Optional<String> problem = AuditApi.problem(base.auditLog());
            return new Health.State(problem.isEmpty(), false, problem.orElse("as it was written, as far as is known"));
        });
        RedisLink redis = throttle.redis();
        if (redis != null) {
            // Without it the node goes on, within its share of every limit.
            dependencies.put("redis", () -> new Health.State(redis.session().isPresent(), false, redis.state()));
        }
        providers.states().forEach(dependencies::put);
        return dependencies;
    }

    private static String url(ServerSettings settings, int port) {
        String host = settings.host();
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String scheme = settings.tls().isPresent() ? "https://" : "http://";
        return scheme + (everywhere ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Tells the command line on this machine where the node is; the key stays as it is. */
    private static void announce(Path dataDirectory, String url) {
        try {
            CredentialsFile present = CredentialsFile.read(dataDirectory).orElse(new CredentialsFile(null, null));
            new CredentialsFile(url, present.apiKey()).write(dataDirectory);
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot write " + dataDirectory.resolve(CredentialsFile.NAME) + ": " + failure.getMessage(),
                    failure);
        }
    }
}
