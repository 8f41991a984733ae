package dev.gantry.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The modules, in layers from the ground up, and the modules that each may use. Modules of one layer do not know each
 * other.
 */
enum Wall {
    KERNEL("kernel"),

    CONFIG("config", KERNEL),
    PROOF("proof", KERNEL),
    OUTBOUND("outbound", KERNEL),

    DATABASE("database", KERNEL, CONFIG),
    CRYPTO("crypto", KERNEL, CONFIG),
    REDIS("redis", KERNEL, CONFIG),
    VAULT("vault", KERNEL, CONFIG),

    IDENTITY("identity", KERNEL, CONFIG, DATABASE, CRYPTO),
    SCIM("scim", KERNEL),
    ACCOUNTS("accounts", KERNEL, CONFIG, DATABASE, CRYPTO),
    AUDIT("audit", KERNEL, CONFIG, PROOF, DATABASE, CRYPTO),
    QUOTA("quota", KERNEL, CONFIG, DATABASE, CRYPTO, REDIS),
    GUARD("guard", KERNEL, CONFIG),
    METERING("metering", KERNEL, CONFIG, DATABASE, CRYPTO),
    JOBS("jobs", KERNEL, CONFIG, DATABASE),
    TOOLS("tools", KERNEL, CONFIG, OUTBOUND),
    PROVIDER_API("provider", KERNEL, CONFIG),

    PROVIDER_OPENAI("provider.openai", KERNEL, PROVIDER_API),
    PROVIDER_ANTHROPIC("provider.anthropic", KERNEL, PROVIDER_API),
    PROVIDER_BEDROCK("provider.bedrock", KERNEL, PROVIDER_API),
    PROVIDER_GEMINI("provider.gemini", KERNEL, PROVIDER_API),
    PROVIDER_OLLAMA("provider.ollama", KERNEL, PROVIDER_API),
    PROVIDER_OFFLINE("provider.offline", KERNEL, PROVIDER_API),

    GATEWAY("gateway", KERNEL, CONFIG, DATABASE, CRYPTO, REDIS, IDENTITY, AUDIT, QUOTA, GUARD, METERING, PROVIDER_API),
    REGISTRY(
            "registry",
            KERNEL,
            CONFIG,
            OUTBOUND,
            DATABASE,
            CRYPTO,
            IDENTITY,
            AUDIT,
            QUOTA,
            GUARD,
            METERING,
            PROVIDER_API),
    GITSYNC("gitsync", KERNEL, CONFIG, OUTBOUND, DATABASE, JOBS, REGISTRY),
    MIRROR("mirror", KERNEL, CONFIG, OUTBOUND, DATABASE, JOBS, REGISTRY),

    SAML("saml", KERNEL),
    SIGNIN("signin", KERNEL, CONFIG, DATABASE, CRYPTO, IDENTITY),

    BATCH("batch", KERNEL, CONFIG, DATABASE, CRYPTO, IDENTITY, JOBS),
    WORKFLOW("workflow", KERNEL, CONFIG, IDENTITY),

    RUNS("runs", KERNEL, CONFIG, DATABASE, CRYPTO, JOBS, WORKFLOW),

    TRIGGERS("triggers", KERNEL, CONFIG, DATABASE, CRYPTO, JOBS, WORKFLOW, RUNS),

    SERVER(
            "server",
            KERNEL,
            CONFIG,
            PROOF,
            DATABASE,
            CRYPTO,
            REDIS,
            VAULT,
            OUTBOUND,
            IDENTITY,
            ACCOUNTS,
            SCIM,
            AUDIT,
            QUOTA,
            GUARD,
            METERING,
            JOBS,
            TOOLS,
            PROVIDER_API,
            PROVIDER_OPENAI,
            PROVIDER_ANTHROPIC,
            PROVIDER_BEDROCK,
            PROVIDER_GEMINI,
            PROVIDER_OLLAMA,
            PROVIDER_OFFLINE,
            GATEWAY,
            REGISTRY,
            SAML,
            SIGNIN,
            GITSYNC,
            MIRROR,
            BATCH,
            WORKFLOW,
            RUNS,
            TRIGGERS),

    /** By the REST API alone. */
    CLIENT("client", KERNEL),

    /** By the REST API alone; what it verifies it verifies itself. */
    CLI("cli", KERNEL, PROOF, CLIENT),

    /** For the tests of other modules; nothing that runs may use these three. */
    CORPUS("corpus"),
    TESTING("testing", KERNEL, CONFIG, DATABASE, CRYPTO),
    PROVIDER_TESTING("provider.testing", KERNEL, PROVIDER_API);

    static final String ROOT = "dev.gantry";

    private final String packageName;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed.
    private final List<Wall> mayUse;

    Wall(String packageName, Wall... mayUse) {
        this.packageName = ROOT + "." + packageName;
        this.mayUse = List.of(mayUse);
    }

    /** Returns the module's one package. */
    String packageName() {
        return packageName;
    }

    /** Returns the packages that the module's classes may use, its own among them. */
    List<String> allowedPackages() {
        List<String> packages = new ArrayList<>(List.of(packageName));
        mayUse.forEach(module -> packages.add(module.packageName));
        return packages;
    }

    /** Returns the module of a class. */
    static Optional<Wall> of(JavaClass type) {
        return Arrays.stream(values())
                .filter(module -> module.packageName.equals(type.getPackageName()))
                .findFirst();
    }

    /** Reads the classes of all modules, without their tests. */
    static JavaClasses allClasses() {
        return new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages(ROOT);
    }
}
