package dev.gantry.server;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.Configuration;
import dev.gantry.kernel.GantryException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the platform, or looks at its configuration: {@code serve}, {@code config check}, {@code config explain [KEY]};
 * or checks a file: {@code workflow validate FILE}.
 * Exit codes: 0 done, 1 refused or failed, 2 usage.
 */
public final class Main {
    private Main() {}

    /** Runs one command. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException usage) {
            System.err.println("gantry-server: " + usage.getMessage());
            return 2;
        }
        try {
            return switch (options.command()) {
                case SERVE -> serve(options);
                case CONFIG_CHECK -> ConfigCommands.check(options, System.out);
                case CONFIG_EXPLAIN -> ConfigCommands.explain(options, System.out);
                case WORKFLOW_VALIDATE -> WorkflowCommands.validate(options, System.in, System.out);
            };
        } catch (GantryException failure) {
            System.err.println("gantry: " + failure.getMessage());
            return 1;
        }
    }

    private static int serve(Options options) {
        LogOptions.of(System.getenv());
        // Netty may reach for memory by means that the JDK warns about; without them it uses what the JDK offers.
        System.setProperty("vertx.disableFileCPResolving", "true");
        System.setProperty("vertx.disableFileCaching", "true");
        System.setProperty("vertx.disableDnsResolver", "true");
        Logger log = LoggerFactory.getLogger(Main.class);
        Configuration configuration = ConfigLoader.load(
                options.configDirectory(), options.configOptional(), System.getenv(), ConfigSections.schema());
        configuration.notices().forEach(log::warn);
        CountDownLatch stopped = new CountDownLatch(1);
        Platform platform = Platform.start(configuration, options);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("gantry-stop").unstarted(() -> {
                    platform.close();
                    stopped.countDown();
                }));
        log.info("Gantry {} is ready at {}", Version.current(), platform.url());
        try {
            stopped.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }
}
