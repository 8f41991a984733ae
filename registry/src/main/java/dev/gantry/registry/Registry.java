package dev.gantry.registry;

import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import java.time.Clock;

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
    private final Publishing publishing;
    private final Forks forks;
    private final AssetSync assetSync;
    private final Sessions sessions;
    private final LibraryImport libraryImport;
    private final PromptAssembler assembler;

    private Registry(
            Database database,
            KeyRing keyRing,
            RegistrySettings settings,
            Clock clock,
            TeamDirectory teams,
            WorkflowFormat workflows) {
        Builtins builtins = Builtins.load(workflows);
        AssetStore store = new AssetStore();
        AssetResolver resolver = new AssetResolver(store, builtins);
        AssetSearch search = new AssetSearch();
        // Says in the log what searches cannot do here.
        database.unscoped(search::toleratesTypos);
        this.assets = new Assets(database, store, resolver, search, builtins, settings, clock, teams, workflows);
        this.assetSync = new AssetSync(assets, search, store);
        this.publishing = new Publishing(database, assets, store, resolver, clock, teams);
        this.forks = new Forks(database, assets, resolver, clock, teams);
        this.sessions = new Sessions(database, keyRing, settings, clock);
        this.libraryImport = new LibraryImport(database, assets, search, sessions, settings);
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
     */
    public static Registry open(
            Database database,
            KeyRing keyRing,
            RegistrySettings settings,
            Clock clock,
            TeamDirectory teams,
            WorkflowFormat workflows) {
        return new Registry(database, keyRing, settings, clock, teams, workflows);
    }

    /** Returns the patterns, contexts, strategies and workflows. */
    public Assets assets() {
        return assets;
    }

    /** Returns who sees assets, their labels, and what is deprecated. */
    public Publishing publishing() {
        return publishing;
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
}
