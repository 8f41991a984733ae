package dev.gantry.benchmarks;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.Database;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.Ids;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.AssetQuery;
import dev.gantry.registry.AssetSync;
import dev.gantry.registry.AssetSync.Authored;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.WorkflowFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long searches take in a large registry, in an embedded PostgreSQL: one organization with assets of many teams, and a
 * member of three of them who searches by words, parts of words, tags and words that are misspelt.
 */
final class RegistryBenchmark {
    private static final int BATCH = 500;
    private static final int TEAMS = 100;
    private static final int WORDS = 20_000;
    private static final int SEARCHES = 200;

    /** A file that says that a kept database is filled. */
    private static final String FILLED = "filled";

    private static final List<String> SYLLABLES = List.of(
            "ba", "cor", "den", "fi", "gram", "hol", "in", "jur", "kel", "lo", "men", "nar", "ot", "pla", "qui", "ras",
            "sen", "tor", "ul", "ver", "wis", "zan", "ter", "mi", "pos");

    private final Workplace workplace;
    private final Figures figures;
    private final int assets;
    private final @Nullable Path kept;
    private final Random random = new Random(7);
    private final List<String> words = new ArrayList<>();

    /**
     * Makes one.
     *
     * @param kept folder of a database that is filled when it is not there yet and stays; null for one that is made anew
     */
    RegistryBenchmark(Workplace workplace, Figures figures, int assets, @Nullable Path kept) {
        this.workplace = workplace;
        this.figures = figures;
        this.assets = assets;
        this.kept = kept;
    }

    void run() throws Exception {
        Set<String> made = new LinkedHashSet<>();
        while (made.size() < WORDS) {
            made.add(word());
        }
        words.addAll(made);
        Path data = kept != null ? kept : workplace.folder().resolve("registry-data");
        boolean filled = Files.exists(data.resolve(FILLED));
        Files.createDirectories(data);
        try (Database database = Database.open(DatabaseSettings.embedded(), data)) {
            database.migrate(List.of("database", "crypto", "registry"));
            KeyRing keys = new KeyRing(
                    new MasterKeyFile(data.resolve("master.key")).load(),
                    (organization, work) -> database.inOrganization(organization, handle -> {
                        work.over(handle.getConnection());
                        return null;
                    }));
            Registry registry = Registry.open(
                    database,
                    keys,
                    RegistrySettings.defaults(),
                    Clock.systemUTC(),
                    (caller, team) -> true,
                    content -> new WorkflowFormat.Description("", List.of(), List.of()),
                    (organization, namespace) -> false);
            UUID organization = Ids.of("the benchmark of the registry");
            if (!filled) {
                fill(database, registry, organization);
                Files.createFile(data.resolve(FILLED));
            }
            measure(registry, member(organization));
        }
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        for (int syllables = 2 + random.nextInt(3); syllables > 0; syllables--) {
            word.append(SYLLABLES.get(random.nextInt(SYLLABLES.size())));
        }
        return word.toString();
    }

    /** Returns a word; some are much more frequent than others, as in any language. */
    private String frequent() {
        double share = random.nextDouble();
        return words.get((int) (share * share * share * WORDS));
    }

    private void fill(Database database, Registry registry, UUID organization) {
        AssetSync sync = registry.assetSync();
        long begin = System.nanoTime();
        for (int from = 0; from < assets; from += BATCH) {
            List<Authored> batch = new ArrayList<>();
            for (int index = from; index < Math.min(assets, from + BATCH); index++) {
                batch.add(new Authored(sync.check(AssetKind.PATTERN, name(index), content()), "ann@example.com"));
            }
            database.inOrganization(organization, handle -> sync.write(handle, organization, batch));
        }
        figures.add("assets written a second", "gantry", assets / ((System.nanoTime() - begin) / 1e9));
        database.<Integer>asOwner(handle -> handle.execute("ANALYZE assets, asset_terms, asset_texts, asset_words"));
    }

    private AssetName name(int index) {
        String namespace = index % 10 == 0 ? AssetName.SHARED : "team-%03d".formatted(index % TEAMS);
        return new AssetName(namespace, frequent() + "_" + frequent() + "-" + index);
    }

    private byte[] content() {
        StringBuilder text = new StringBuilder("---\ndescription: ");
        for (int count = 0; count < 8; count++) {
            text.append(frequent()).append(' ');
        }
        text.append("\ntags: [")
                .append(words.get(random.nextInt(200)))
                .append(", ")
                .append(words.get(random.nextInt(200)))
                .append("]\n---\n");
        for (int count = 0; count < 150; count++) {
            text.append(frequent()).append(count % 12 == 11 ? ".\n" : " ");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Caller member(UUID organization) {
        return new Caller(
                organization,
                Ids.next(),
                "bob@example.com",
                PrincipalKind.USER,
                null,
                List.of("team-001", "team-002", "team-003"),
                "team-001",
                null,
                AccessRights.of(List.of(PermissionPattern.parse("patterns:read"))));
    }

    private void measure(Registry registry, Caller caller) {
        time("a rare word", registry, caller, index -> query(words.get(WORDS - 1 - index), List.of()));
        time("a word of every other text", registry, caller, index -> query(words.get(index % 5), List.of()));
        time("two words", registry, caller, index -> query(frequent() + " " + frequent(), List.of()));
        time(
                "the beginning of a word",
                registry,
                caller,
                index -> query(frequent().substring(0, 4), List.of()));
        time(
                "a word with a tag",
                registry,
                caller,
                index -> query(frequent(), List.of(words.get(random.nextInt(200)))));
        time("a misspelt word", registry, caller, index -> query(misspelt(frequent()), List.of()));
        time(
                "two misspelt words",
                registry,
                caller,
                index -> query(misspelt(frequent()) + " " + misspelt(frequent()), List.of()));
        time("words that nothing has", registry, caller, index -> query("xyzzy" + index + " plugh", List.of()));
    }

    private static AssetQuery query(String text, List<String> tags) {
        return new AssetQuery(AssetKind.PATTERN, text, tags, null, null, null, 20);
    }

    /** Swaps two letters in the middle, as fingers do. */
    private static String misspelt(String word) {
        int middle = word.length() / 2;
        return word.substring(0, middle - 1)
                + word.charAt(middle)
                + word.charAt(middle - 1)
                + word.substring(middle + 1);
    }

    private void time(String what, Registry registry, Caller caller, IntFunction<AssetQuery> query) {
        long[] nanos = new long[SEARCHES];
        for (int index = 0; index < SEARCHES / 10; index++) {
            registry.assets().list(caller, query.apply(index));
        }
        for (int index = 0; index < SEARCHES; index++) {
            AssetQuery next = query.apply(index);
            long begin = System.nanoTime();
            registry.assets().list(caller, next);
            nanos[index] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        figures.add(what, "p50, ms", nanos[SEARCHES / 2] / 1e6);
        figures.add(what, "p95, ms", nanos[SEARCHES * 95 / 100] / 1e6);
    }
}
