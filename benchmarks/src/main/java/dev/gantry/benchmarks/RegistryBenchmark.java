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
import dev.gantry.registry.Publication;
import dev.gantry.registry.Registry;
import dev.gantry.registry.RegistrySettings;
import dev.gantry.registry.Visibility;
import dev.gantry.registry.WorkflowFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long searches and lists take in a large registry, in an embedded PostgreSQL: one organization with assets of many teams
 * and people, beside smaller ones with assets of the same words, and a member of three teams who looks for words, parts of
 * words, tags and words that are misspelt.
 */
final class RegistryBenchmark {
    private static final int BATCH = 500;
    private static final int TEAMS = 100;
    private static final int WORDS = 20_000;
    private static final int PEOPLE = 100;
    private static final int SEARCHES = 200;

    /** Organizations besides, each with a tenth of the assets. */
    private static final int NEIGHBOURS = 2;

    private static final UUID ORGANIZATION = Ids.of("the benchmark of the registry");

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
            if (!filled) {
                fill(database, registry);
                Files.createFile(data.resolve(FILLED));
            }
            measure(registry, member());
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

    private void fill(Database database, Registry registry) {
        long begin = System.nanoTime();
        List<AssetName> names = write(database, registry, ORGANIZATION, assets);
        figures.add("assets written a second", "gantry", assets / ((System.nanoTime() - begin) / 1e9));
        for (int neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
            write(database, registry, Ids.of("neighbour " + neighbour + " of the registry's benchmark"), assets / 10);
        }
        Caller administrator = caller("root@example.com", List.of(), "*");
        for (int index = 0; index < names.size(); index++) {
            if (index % 20 == 5) {
                show(registry, administrator, names.get(index), Visibility.ORGANIZATION);
            } else if (index % 100 == 7) {
                show(registry, administrator, names.get(index), Visibility.PRIVATE);
            }
        }
        database.<Integer>asOwner(handle -> handle.execute("ANALYZE assets, asset_terms, asset_texts, asset_words"));
    }

    private List<AssetName> write(Database database, Registry registry, UUID organization, int count) {
        AssetSync sync = registry.assetSync();
        List<AssetName> names = new ArrayList<>();
        for (int from = 0; from < count; from += BATCH) {
            List<Authored> batch = new ArrayList<>();
            for (int index = from; index < Math.min(count, from + BATCH); index++) {
                names.add(name(index));
                batch.add(new Authored(
                        sync.check(AssetKind.PATTERN, names.getLast(), content(index)), "ann@example.com"));
            }
            database.inOrganization(organization, handle -> sync.write(handle, organization, batch));
        }
        return names;
    }

    private static void show(Registry registry, Caller administrator, AssetName name, Visibility visibility) {
        Publication publication = new Publication(visibility, null, null, null);
        registry.publishing().publish(administrator, AssetKind.PATTERN, name.toString(), publication);
    }

    /** Of ten assets, one is the organization's, one a person's own, and eight are their teams'. */
    private AssetName name(int index) {
        String namespace = switch (index % 10) {
            case 0 -> AssetName.SHARED;
            case 1 -> "~person-%02d@example.com".formatted(index / 10 % PEOPLE);
            default -> "team-%03d".formatted(index % TEAMS);
        };
        return new AssetName(namespace, frequent() + "_" + frequent() + "-" + index);
    }

    private byte[] content(int index) {
        StringBuilder text = new StringBuilder("---\ndescription: ");
        for (int count = 0; count < 8; count++) {
            text.append(frequent()).append(' ');
        }
        text.append("\ntags: [")
                .append(words.get(random.nextInt(200)))
                .append(", ")
                .append(words.get(random.nextInt(200)))
                .append(index % 1_000 == 0 ? ", rare" : "")
                .append("]\n---\n");
        for (int count = 0; count < 150; count++) {
            text.append(frequent()).append(count % 12 == 11 ? ".\n" : " ");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Caller member() {
        return caller("person-01@example.com", List.of("team-002", "team-003", "team-004"), "patterns:read");
    }

    private static Caller caller(String name, List<String> teams, String permission) {
        return new Caller(
                ORGANIZATION,
                Ids.next(),
                name,
                PrincipalKind.USER,
                null,
                teams,
                teams.isEmpty() ? null : teams.getFirst(),
                null,
                AccessRights.of(List.of(PermissionPattern.parse(permission))));
    }

    private void measure(Registry registry, Caller caller) {
        random.setSeed(11);
        Map<String, IntFunction<AssetQuery>> questions = questions();
        // A server has done all this before: what is measured is not its compiler.
        questions.values().forEach(question -> times(registry, caller, question));
        questions.forEach((what, question) -> {
            long[] nanos = times(registry, caller, question);
            figures.add(what, "p50, ms", nanos[SEARCHES / 2] / 1e6);
            figures.add(what, "p95, ms", nanos[SEARCHES * 95 / 100] / 1e6);
        });
    }

    private Map<String, IntFunction<AssetQuery>> questions() {
        Map<String, IntFunction<AssetQuery>> questions = new LinkedHashMap<>();
        questions.put("a rare word", index -> query(words.get(WORDS - 1 - index)));
        questions.put("a word of every other text", index -> query(words.get(index % 5)));
        questions.put("two words", _ -> query(frequent() + " " + frequent()));
        questions.put("the beginning of a word", _ -> query(frequent().substring(0, 4)));
        questions.put("a word with a tag", _ -> query(frequent(), tag()));
        questions.put("a misspelt word", _ -> query(misspelt(frequent())));
        questions.put("two misspelt words", _ -> query(misspelt(frequent()) + " " + misspelt(frequent())));
        questions.put("words that nothing has", index -> query("xyzzy" + index + " plugh"));
        questions.put("the list of all", _ -> query(null));
        questions.put("the list by a tag", _ -> query(null, tag()));
        questions.put("the list by a rare tag", _ -> query(null, "rare"));
        questions.put("the list of what is private", _ -> query(null, Visibility.PRIVATE));
        questions.put("the list of what teams have", _ -> query(null, Visibility.TEAM, tag()));
        return questions;
    }

    private String tag() {
        return words.get(random.nextInt(200));
    }

    private static AssetQuery query(@Nullable String text, String... tags) {
        return query(text, null, tags);
    }

    private static AssetQuery query(@Nullable String text, @Nullable Visibility visibility, String... tags) {
        return new AssetQuery(AssetKind.PATTERN, text, List.of(tags), null, visibility, null, 20);
    }

    /** Swaps two letters in the middle, as fingers do. */
    private static String misspelt(String word) {
        int middle = word.length() / 2;
        return word.substring(0, middle - 1)
                + word.charAt(middle)
                + word.charAt(middle - 1)
                + word.substring(middle + 1);
    }

    private static long[] times(Registry registry, Caller caller, IntFunction<AssetQuery> question) {
        long[] nanos = new long[SEARCHES];
        for (int index = 0; index < SEARCHES; index++) {
            AssetQuery query = question.apply(index);
            long begin = System.nanoTime();
            registry.assets().list(caller, query);
            nanos[index] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return nanos;
    }
}
