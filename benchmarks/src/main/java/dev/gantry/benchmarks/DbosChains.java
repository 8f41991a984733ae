package dev.gantry.benchmarks;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import java.util.concurrent.atomic.AtomicLong;

/** The same on DBOS Transact. Made by name, since its libraries are fetched for this comparison only. */
public final class DbosChains implements Chains {
    private final DBOS dbos;
    private final Chain chain;
    private final AtomicLong ended = new AtomicLong();

    /** A workflow as DBOS wants it: an interface, behind which it puts its own. */
    public interface Chain {
        /** Adds three, one at a time. */
        int run(int start);
    }

    private final class Steps implements Chain {
        @Override
        @Workflow(name = "chain")
        public int run(int start) {
            int one = dbos.runStep(() -> start + 1, "one");
            int two = dbos.runStep(() -> one + 1, "two");
            int three = dbos.runStep(() -> two + 1, "three");
            ended.incrementAndGet();
            return three;
        }
    }

    /** Starts DBOS on a database of its own. */
    public DbosChains(String jdbcUrl, String user, String password) {
        dbos = new DBOS(DBOSConfig.defaults("bench")
                .withDatabaseUrl(jdbcUrl)
                .withDbUser(user)
                .withDbPassword(password)
                .withMigrate(true));
        chain = dbos.registerProxy(Chain.class, new Steps());
        dbos.launch();
    }

    @Override
    public void begin() {
        dbos.startWorkflow(() -> chain.run(1));
    }

    @Override
    public long ended() {
        return ended.get();
    }

    @Override
    public void close() {
        dbos.shutdown();
    }
}
