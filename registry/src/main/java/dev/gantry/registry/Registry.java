package dev.gantry.registry;

import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiPredicate;

/**
 * The module's services, wired together. The tables are those of {@code db/migration/registry}.
 *
 * <p>What comes with the product lies in the read-only namespace {@code builtin} and is looked up after {@code shared}. It
 * is not copied into organizations: so everybody has the newest, a new organization needs no seeding, and a changed copy
 * in {@code shared} or elsewhere goes before it and survives every update.
 *
 * <p>Thread-safe.
 */
public final class Registry {
    private final Assets assets;
    private final Database database;
    private final Clock clock;
    private final AssetStore store;
    private final AssetWrites writes;
    private final AssetResolver resolver;
    private final ReviewPolicies policies;
    private final Publishing publishing;
    private final Forks forks;
    private final AssetSync assetSync;
    private final AssetMirror assetMirror;
    private final Sessions sessions;
    private final LibraryImport libraryImport;
    private final PromptAssembler assembler;

    private Registry(
            Database database,
            KeyRing keyRing,
            RegistrySettings settings,
            Clock clock,
            TeamDirectory teams,
            WorkflowFormat workflows,
            BiPredicate<UUID, String> alwaysApproved) {
        Builtins builtins = Builtins.load(workflows);
        this.database = database;
        this.clock = clock;
        this.store = new AssetStore();
        this.resolver =
                new AssetResolver(store, builtins, settings.approvalWorkflow().requireApproved(), alwaysApproved);
        WordMeanings meanings = new WordMeanings();
        // Says in the log what searches cannot do here.
        database.unscoped(meanings::toleratesTypos);
        AssetSearch search = new AssetSearch(meanings);
        this.writes = new AssetWrites(database, store, resolver, settings, workflows, clock);
        this.assets = new Assets(database, store, writes, resolver, search, builtins, teams);
        AssetBatch batch = new AssetBatch(writes, clock);
        this.assetSync = new AssetSync(writes, batch, store);
        this.policies = new ReviewPolicies(database, settings.approvalWorkflow(), clock);
        this.assetMirror = new AssetMirror(writes, batch, store, resolver, policies, clock);
        this.publishing = new Publishing(database, assets, writes, store, resolver, clock, teams, policies);
        this.forks = new Forks(database, writes, resolver, clock, teams);
        this.sessions = new Sessions(database, keyRing, settings, clock);
        this.libraryImport = new LibraryImport(database, writes, batch, store, sessions, teams, settings);
        this.assembler = new PromptAssembler(
                database, resolver, sessions, settings, new TemplateFunctions(settings.templates(), clock));
    }

    /**
     * Wires the services.
     *
     * @param keyRing encrypts the texts of sessions
     * @param clock tells the time, and the zone in which templates show it
     * @param teams tells the names of teams, in whose namespaces administrators may write without being members
     * @param workflows checks the texts of workflows
     * @param alwaysApproved whether only approved versions run in a namespace of an organization, whatever policy it sets
     */
    public static Registry open(
            Database database,
            KeyRing keyRing,
            RegistrySettings settings,
            Clock clock,
            TeamDirectory teams,
            WorkflowFormat workflows,
            BiPredicate<UUID, String> alwaysApproved) {
        return new Registry(database, keyRing, settings, clock, teams, workflows, alwaysApproved);
    }

    /** Returns the patterns, contexts, strategies and workflows. */
    public Assets assets() {
        return assets;
    }

    /** Returns who sees assets, their labels, and what is deprecated. */
    public Publishing publishing() {
        return publishing;
    }

    /** Returns what patterns are tried with. */
    public PatternTests patternTests() {
        return new PatternTests(database, resolver, clock);
    }

    /** Returns what organizations ask of versions. */
    public ReviewPolicies reviewPolicies() {
        return policies;
    }

    /**
     * Returns the reviews of versions.
     *
     * @param reviewers knows who people are
     * @param checks look at versions before people do, besides the check for oversights
     */
    public Reviews reviews(Reviewers reviewers, List<ReviewCheck> checks) {
        List<ReviewCheck> all = new ArrayList<>(checks);
        all.addFirst(new LintCheck(writes));
        return new Reviews(database, store, resolver, policies, reviewers, all, writes::listener, clock);
    }

    /** Returns copies that know what they were made from. */
    public Forks forks() {
        return forks;
    }

    /** Returns the conversations. */
    public Sessions sessions() {
        return sessions;
    }

    /** Returns the import of libraries. */
    public LibraryImport libraryImport() {
        return libraryImport;
    }

    /** Returns what makes prompts out of patterns and inputs. */
    public PromptAssembler assembler() {
        return assembler;
    }

    /** Returns what keeps assets as they are elsewhere. */
    public AssetSync assetSync() {
        return assetSync;
    }

    /** Returns what tells other registries what there is. */
    public AssetInventory assetInventory() {
        return new AssetInventory(database);
    }

    /** Returns what keeps assets as they are in another registry. */
    public AssetMirror assetMirror() {
        return assetMirror;
    }

    /** Returns what tells holders of copies what has changed. */
    public AssetFeed assetFeed() {
        return new AssetFeed();
    }

    /** Returns what hands in for review what came from elsewhere. */
    public SyncedReviews syncedReviews(Reviews reviews) {
        return new SyncedReviews(database, reviews);
    }
}
