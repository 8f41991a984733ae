package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveSecretsTest {
    /** Settings with secrets in every place that one can have. */
    record Hooks(
            @Setting("Signs") Secret signing,
            @Setting("Signs, too") Optional<Secret> other,
            @Setting("Keys") List<Secret> keys,
            @Setting("By name") Map<String, Secret> byName) {
        Hooks {
            if (signing.reveal().length() < 4) {
                throw new IllegalArgumentException("signing must have at least 4 characters");
            }
        }
    }

    private static final ConfigSchema SCHEMA =
            ConfigSchema.builder().section("hooks", Hooks.class, "Hooks").build();

    @TempDir
    Path temporary;

    private TestingDirectory directory;

    @BeforeEach
    void write() {
        directory = new TestingDirectory(temporary)
                .file("one", "first\n")
                .file("gantry.yaml", """
                hooks:
                  signing: file:one
                  other: {file: one}
                  keys: [file:one, '${KEY}']
                  by_name: {a: file:one}
                """)
                .variable("KEY", "from the environment");
    }

    private Configuration load() {
        return directory.load(SCHEMA);
    }

    private static Hooks hooks(Configuration configuration) {
        return configuration.get("hooks", Hooks.class);
    }

    private static void lookTwice(Configuration configuration) {
        configuration.secrets().look();
        configuration.secrets().look();
    }

    private static List<String> troubles(Configuration configuration) {
        return configuration.secrets().troubles().stream()
                .map(trouble -> trouble.key() + " " + trouble.text())
                .toList();
    }

    @Test
    void shouldFollowAFileInEveryPlaceThatHoldsItsSecret() {
        Configuration configuration = load();
        Hooks hooks = hooks(configuration);

        directory.file("one", "second\n");
        lookTwice(configuration);

        assertThat(hooks.signing().reveal()).isEqualTo("second");
        assertThat(hooks.other()).contains(Secret.of("second"));
        assertThat(hooks.keys()).containsExactly(Secret.of("second"), Secret.of("from the environment"));
        assertThat(hooks.byName()).containsEntry("a", Secret.of("second"));
        assertThat(configuration.secrets().renewals()).isEqualTo(4);
        assertThat(configuration.secrets().count()).isEqualTo(4);
    }

    @Test
    void shouldTakeAValueOnlyWhenItWasSeenTwiceSinceItMayBeHalfWritten() {
        Configuration configuration = load();

        directory.file("one", "seco");
        configuration.secrets().look();
        directory.file("one", "second");
        configuration.secrets().look();

        assertThat(hooks(configuration).signing().reveal()).isEqualTo("first");
        configuration.secrets().look();
        assertThat(hooks(configuration).signing().reveal()).isEqualTo("second");
    }

    @Test
    void shouldFollowTheSwapOfASymbolicLinkAsKubernetesDoesIt() throws IOException {
        Path mount = Files.createDirectories(temporary.resolve("mount"));
        Files.writeString(Files.createDirectories(mount.resolve("..one")).resolve("key"), "first");
        Files.writeString(Files.createDirectories(mount.resolve("..two")).resolve("key"), "second");
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..one"));
        Files.createSymbolicLink(mount.resolve("key"), Path.of("..data/key"));
        directory.file("gantry.yaml", "hooks: {signing: 'file:mount/key'}");
        Configuration configuration = load();

        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..two"));
        Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        lookTwice(configuration);

        assertThat(hooks(configuration).signing().reveal()).isEqualTo("second");
    }

    @Nested
    class Trouble {
        @Test
        void shouldKeepTheValueAndSaySoWhileTheFileIsAway() throws IOException {
            Configuration configuration = load();

            Files.delete(temporary.resolve("one"));
            lookTwice(configuration);

            assertThat(hooks(configuration).signing().reveal()).isEqualTo("first");
            assertThat(troubles(configuration))
                    .hasSize(4)
                    .first()
                    .asString()
                    .startsWith("hooks.signing the file ")
                    .endsWith("cannot be read: it does not exist");

            directory.file("one", "first\n");
            configuration.secrets().look();
            assertThat(troubles(configuration)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "\n", "abc"})
        void shouldKeepTheValueWhenTheNewOneIsEmptyOrNotAccepted(String bad) {
            directory.file("gantry.yaml", "hooks: {signing: 'file:one'}");
            Configuration configuration = load();

            directory.file("one", bad);
            lookTwice(configuration);

            assertThat(hooks(configuration).signing().reveal()).isEqualTo("first");
            assertThat(troubles(configuration)).hasSize(1).noneMatch(text -> text.contains("abc"));
        }

        @Test
        void shouldKeepTheValueWhenTheFileBecomesADirectory() throws IOException {
            Configuration configuration = load();

            Files.delete(temporary.resolve("one"));
            Files.createDirectory(temporary.resolve("one"));
            lookTwice(configuration);

            assertThat(hooks(configuration).signing().reveal()).isEqualTo("first");
            assertThat(troubles(configuration)).hasSize(4);
        }
    }

    @Nested
    class Store {
        /** The section of a store of our own. */
        record StoreSettings(@Setting("Where") Optional<String> place) {}

        private final Map<String, String> content = new HashMap<>(Map.of("a#b", "first"));

        private ConfigSchema schema() {
            return ConfigSchema.builder()
                    .section("hooks", Hooks.class, "Hooks")
                    .secretStore("vault", "store", StoreSettings.class, "Store", settings -> {
                        if (settings.place().equals(Optional.of("nowhere"))) {
                            throw new UnavailableSecretException("nothing answers there");
                        }
                        return settings.place().map(place -> new TestingStore(content));
                    })
                    .build();
        }

        @ParameterizedTest
        @ValueSource(strings = {"'${vault:a#b}'", "{vault: a#b}", "{vault: '${PLACE}#b'}"})
        void shouldTakeASecretFromTheStoreInEitherFormAndFollowIt(String reference) {
            directory
                    .variable("PLACE", "a")
                    .file("gantry.yaml", "hooks: {signing: " + reference + "}\nstore: {place: here}\n");
            Configuration configuration = directory.load(schema());
            assertThat(hooks(configuration).signing().reveal()).isEqualTo("first");

            content.put("a#b", "second");
            lookTwice(configuration);
            assertThat(hooks(configuration).signing().reveal()).isEqualTo("second");

            content.clear();
            lookTwice(configuration);
            assertThat(hooks(configuration).signing().reveal()).isEqualTo("second");
            assertThat(troubles(configuration)).containsExactly("hooks.signing there is no a#b");
        }

        @Test
        void shouldNameTheLineOfAReferenceThatLeadsNowhere() {
            directory.file("gantry.yaml", "store: {place: here}\nhooks:\n  signing: ${vault:c#d}\n");

            assertThat(directory.onlyProblem(schema())).isEqualTo("gantry.yaml:3: hooks.signing: there is no c#d");
        }

        @Test
        void shouldSayWhenTheStoreCannotBeUsedAndWhoNeedsIt() {
            directory.file("gantry.yaml", "hooks:\n  signing: ${vault:a#b}\nstore: {place: nowhere}\n");

            assertThat(directory.check(schema()))
                    .containsExactly(
                            "gantry.yaml:2: hooks.signing: is a reference to the secret store; the section store that says"
                                    + " where it is must be there and right",
                            "gantry.yaml:3: store: nothing answers there");
        }

        @Test
        void shouldRefuseAReferenceWithoutAStoreAndOneThatIsNotTheWholeValue() {
            directory.file("gantry.yaml", "hooks: {signing: '${vault:a#b}'}\n");
            assertThat(directory.onlyProblem(schema()))
                    .contains("the section store that says where it is must be there");

            directory.file("gantry.yaml", "hooks: {signing: 'x${vault:a#b}'}\nstore: {place: here}\n");
            assertThat(directory.onlyProblem(schema())).contains("is the whole value");
        }

        @Test
        void shouldNotPutSecretsOfTheStoreWhereTheyWouldBeShown() {
            directory.file("gantry.yaml", "hooks: {signing: '${vault:a#b}'}\nstore: {place: '${vault:a#b}'}\n");

            assertThat(directory.check(schema()))
                    .anyMatch(problem -> problem.contains("store.place: is no secret, and only secrets come from"));
        }
    }

    /** A store in memory. */
    record TestingStore(Map<String, String> content) implements SecretStore {
        @Override
        public String read(String reference) throws UnavailableSecretException {
            String text = content.get(reference);
            if (text == null) {
                throw new UnavailableSecretException("there is no " + reference);
            }
            return text;
        }

        @Override
        public void start() {}

        @Override
        public Optional<String> trouble() {
            return Optional.empty();
        }

        @Override
        public double staleSeconds() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
