package dev.gantry.server;

import dev.gantry.accounts.Accounts;
import dev.gantry.batch.Batches;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Guard;
import dev.gantry.gateway.LiveRequests;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.mirror.Mirrors;
import dev.gantry.provider.ClientSchema;
import dev.gantry.registry.Registry;
import dev.gantry.registry.Reviews;
import dev.gantry.signin.SignIn;
import dev.gantry.workflow.WorkflowSchema;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Which path leads where: everything that a client can reach. */
final class Surface {
    private static final String WORKFLOW_SCHEMA = "/schemas/workflow.json";

    private Surface() {}

    static Routes routes(
            Foundation base,
            LiveRequests live,
            Gateway gateway,
            Guard guard,
            Throttle throttle,
            Router router,
            Registry registry,
            Reviews reviews,
            GatedRoutes gated,
            Batches batches,
            WorkflowsApi workflows,
            PatternTrials trials,
            RunWiring.Opened runs,
            SignIn signIn,
            SamlWiring saml,
            Accounts accounts,
            SessionCookie cookie,
            GitApi.Repositories git,
            Mirrors mirrors,
            Origins origins,
            Metrics metrics,
            Health health,
            Duration commitTimeout) {
        ApiDocument document = ApiDocument.load();
        ExecuteRoute execute = gated.execute();
        SignInApi signingIn = new SignInApi(base.identity(), signIn, saml, cookie);
        Map<String, ApiHandler> handlers = handlers(
                base, guard, throttle, router, registry, reviews, gated, batches, workflows, trials, runs, git);
        handlers.putAll(new MirrorApi(mirrors, registry.assetInventory()).handlers());
        handlers.putAll(signingIn.handlers());
        handlers.putAll(new AccountsApi(accounts, base.identity()).handlers());
        PasswordSignInApi passwords =
                new PasswordSignInApi(accounts, base.identity(), base.platform().operator(), signIn, signingIn, cookie);
        Map<String, OpenHandler> open = new HashMap<>(signingIn.openHandlers(passwords::withPassword));
        open.putAll(passwords.openHandlers());
        ApiPipeline api = new ApiPipeline(
                document,
                handlers,
                open,
                Map.of("execute", execute, "executeAlias", execute),
                base.identity(),
                live,
                signIn,
                cookie,
                base.platform(),
                throttle.admission(),
                base.audit(),
                new Idempotency(base.database(), base.keyRing(), base.clock()),
                base.clock(),
                commitTimeout);
        FabricApi fabric = new FabricApi(
                base,
                throttle.admission(),
                router,
                registry,
                new FabricChat(gateway, router, registry, base.clock()),
                commitTimeout);
        ReplyFormat openAi = gated.sdk(GatedRoutes.CHAT).format();
        Buffer documentBytes = Buffer.buffer(document.json().toString());
        ScimRoute scim =
                new ScimRoute(base.identity(), throttle.admission(), base.audit(), base.clock(), commitTimeout);
        Routes.Builder paths = new Routes.Builder();
        BrowserSteps steps = new BrowserSteps(signIn, cookie, origins, base.audit(), base.clock(), commitTimeout);
        new OidcRoutes(steps, saml).on(paths);
        new SamlRoutes(saml, steps).on(paths);
        for (String path : gated.sdkPaths()) {
            GatedRoutes.Sdk sdk = gated.sdk(path);
            paths.on("POST", path, ask(gateway, base, path, sdk.schema(), sdk.format()));
        }
        return paths.on("GET", "/v1/models", new ModelsRoute(base, throttle.admission(), router, openAi))
                .on("GET", "/health", health::alive)
                .on("GET", "/health/live", health::alive)
                .on("GET", "/ready", health::ready)
                .on("GET", "/health/ready", health::ready)
                .under("GET", ScimRoute.BASE, scim)
                .under("POST", ScimRoute.BASE, scim)
                .under("PUT", ScimRoute.BASE, scim)
                .under("PATCH", ScimRoute.BASE, scim)
                .under("DELETE", ScimRoute.BASE, scim)
                .on("GET", "/metrics", inbound -> metrics(base, inbound, metrics))
                .on(
                        "GET",
                        "/openapi.json",
                        inbound -> inbound.exchange().send(200, "application/json", Map.of(), documentBytes))
                .on(
                        "GET",
                        WORKFLOW_SCHEMA,
                        inbound -> inbound.exchange()
                                .send(
                                        200,
                                        "application/schema+json",
                                        Map.of(),
                                        Buffer.buffer(Json.write(WorkflowSchema.write(WORKFLOW_SCHEMA)))))
                .under(
                        "POST",
                        HooksRoute.PREFIX,
                        new HooksRoute(runs.triggers().hooks(), base.audit(), base.clock(), commitTimeout))
                .under("POST", GitHooks.PATH, new GitHooks(git.sources(), base.audit(), base.clock()))
                .under("GET", FabricApi.PATH, fabric)
                .under("POST", FabricApi.PATH, fabric)
                .under("PUT", FabricApi.PATH, fabric)
                .under("DELETE", FabricApi.PATH, fabric)
                .build(
                        api,
                        ConsoleFiles.load(),
                        inbound -> unknown(inbound, openAi),
                        inbound -> wrongMethod(inbound, openAi));
    }

    private static Map<String, ApiHandler> handlers(
            Foundation base,
            Guard guard,
            Throttle throttle,
            Router router,
            Registry registry,
            Reviews reviews,
            GatedRoutes gated,
            Batches batches,
            WorkflowsApi workflows,
            PatternTrials trials,
            RunWiring.Opened runs,
            GitApi.Repositories git) {
        Map<String, ApiHandler> handlers = new HashMap<>();
        handlers.putAll(new BatchesApi(batches, gated).handlers());
        handlers.putAll(new GovernanceApi(router, base.ledger(), base.clock()).handlers());
        handlers.putAll(new AuditApi(base.auditLog()).handlers());
        handlers.putAll(new LimitsApi(throttle, base.identity()).handlers());
        handlers.putAll(new GuardApi(guard, base.identity()).handlers());
        handlers.putAll(new BudgetsApi(base.budgets().book(), base.identity()).handlers());
        handlers.putAll(new MasterKeysApi(base.masterKeys()).handlers());
        handlers.putAll(new OrganizationsApi(base.identity()).handlers());
        handlers.putAll(new PeopleApi(base.identity()).handlers());
        handlers.putAll(new AccessApi(base.identity()).handlers());
        handlers.putAll(new AssetsApi(registry.assets()).handlers());
        handlers.putAll(new PatternTestsApi(registry, trials).handlers());
        handlers.putAll(new PublishingApi(registry).handlers());
        handlers.putAll(new ReviewsApi(reviews, registry.reviewPolicies()).handlers());
        handlers.putAll(runs.api().handlers());
        handlers.putAll(new TriggersApi(runs.triggers(), base.identity(), base.clock()).handlers());
        handlers.putAll(new GitApi(git).handlers());
        handlers.putAll(new LibraryApi(registry).handlers());
        handlers.putAll(workflows.handlers());
        return handlers;
    }

    private static InboundHandler ask(
            Gateway gateway, Foundation base, String endpoint, ClientSchema schema, ReplyFormat format) {
        return inbound -> gateway.serve(SdkAsk.of(inbound, inbound.origin(endpoint, base.clock()), schema, format));
    }

    /**
     * A program on this machine that brings no key and knows the server by a name of this machine is the operator's: neither a
     * page of another site, which a browser here asks by its own name, nor a client of a proxy here. Whoever brings one, or
     * comes from elsewhere, sees the figures of the node if they may, and otherwise those of their own organization.
     */
    private static void metrics(Foundation base, Inbound inbound, Metrics metrics) {
        try {
            Credentials credentials = inbound.credentials();
            if (credentials.isEmpty() && Origins.isLocal(inbound) && Origins.namesThisMachine(inbound)) {
                text(inbound, metrics.scrape());
                return;
            }
            Caller caller = base.identity().authenticate(credentials);
            if (base.platform().allow(caller, Permission.of("platform", "read"))) {
                text(inbound, metrics.scrape());
                return;
            }
            caller.require(Permission.of("budgets", "read"));
            text(inbound, metrics.scrape(base.identity().organization(caller).name()));
        } catch (GantryException refusal) {
            ApiPipeline.sendProblem(inbound, refusal);
        }
    }

    private static void text(Inbound inbound, String metrics) {
        inbound.exchange().send(200, "text/plain; version=0.0.4; charset=utf-8", Map.of(), Buffer.buffer(metrics));
    }

    private static void unknown(Inbound inbound, ReplyFormat sdkErrors) {
        String problem = inbound.path().startsWith(GatedRoutes.RESPONSES + "/")
                ? "Gantry keeps no responses, so that none can be fetched, cancelled or deleted"
                : "There is no such path; GET /openapi.json lists what there is";
        refuse(inbound, sdkErrors, new GantryException(ErrorCode.UNKNOWN_ENDPOINT, problem));
    }

    private static void wrongMethod(Inbound inbound, ReplyFormat sdkErrors) {
        refuse(
                inbound,
                sdkErrors,
                new GantryException(ErrorCode.METHOD_NOT_ALLOWED, inbound.method() + " is not possible here"));
    }

    /** Under {@code /v1} only SDKs ask, and they read errors of their own shape. */
    private static void refuse(Inbound inbound, ReplyFormat sdkErrors, GantryException problem) {
        if (inbound.path().startsWith("/v1/")) {
            inbound.exchange()
                    .send(
                            ErrorStatus.of(problem.code()),
                            "application/json",
                            Map.of(),
                            sdkErrors.error(problem, inbound.requestId()));
        } else {
            ApiPipeline.sendProblem(inbound, problem);
        }
    }
}
