package dev.gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.registry.ReviewCheck.Result;
import dev.gantry.registry.ReviewCheck.Status;
import dev.gantry.testing.TestingDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a review is told about the tests of a pattern. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PatternTestsTest {
    private static final String TESTS = "tests:\n  - {name: one, input: hi, assert: [{contains: hi}]}\n";
    private static final String OTHER_TESTS = "tests:\n  - {name: two, input: hi, assert: [{contains: ho}]}\n";

    private final TestingRegistry registry = new TestingRegistry();
    private final PatternTests tests = registry.patternTests();
    private final Caller ana = TestingCallers.developer(TestingDatabase.newOrganization(), "ana", "team-a");
    private int patterns;
    private String name = "";

    @AfterAll
    void close() {
        registry.close();
    }

    @BeforeEach
    void write() {
        name = "team-a/tested-" + patterns++;
        put("First.\n");
    }

    private void put(String content) {
        registry.assets().put(ana, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private void tried(String model, int passed, int failed) {
        PatternTests.Suite suite = tests.get(ana, name);
        tests.keep(
                ana,
                suite,
                suite.pattern().version(),
                model,
                passed,
                failed,
                1,
                Json.mapper().createArrayNode());
    }

    private Result check() {
        return tests.check(ana, registry.assets().get(ana, AssetKind.PATTERN, name));
    }

    @Test
    void shouldAskForNothingWithoutTests() {
        assertThat(check().status()).isEqualTo(Status.SKIPPED);
    }

    @Test
    void shouldWaitForTheFirstRun() {
        tests.put(ana, name, TESTS, new Precondition.None());
        assertThat(check())
                .isEqualTo(new Result("tests", Status.PENDING, "not run yet; gantry patterns test " + name + "@1"));
    }

    @Test
    void shouldFailAsLongAsOneModelFails() {
        tests.put(ana, name, TESTS, new Precondition.None());
        tried("haiku", 0, 1);
        tried("sonnet", 1, 0);
        assertThat(check())
                .isEqualTo(new Result(
                        "tests", Status.FAILED, "0 passed, 1 failed with haiku; 1 passed, 0 failed with sonnet"));

        tried("haiku", 1, 0);
        assertThat(check().status()).isEqualTo(Status.PASSED);
        tried("sonnet", 0, 1);
        assertThat(check().status()).isEqualTo(Status.FAILED);
    }

    @Test
    void shouldNotCountWhatWasTriedWithOtherTestsOrAnotherVersion() {
        tests.put(ana, name, TESTS, new Precondition.None());
        tried("sonnet", 1, 0);
        tests.put(ana, name, OTHER_TESTS, new Precondition.None());
        assertThat(check().status()).isEqualTo(Status.PENDING);

        tried("sonnet", 1, 0);
        assertThat(check().status()).isEqualTo(Status.PASSED);
        put("Second.\n");
        assertThat(check().status()).isEqualTo(Status.PENDING);
    }

    @Test
    void shouldNameAFewOfManyModelsTheFailingOnesFirst() {
        tests.put(ana, name, TESTS, new Precondition.None());
        for (int model = 0; model < 7; model++) {
            tried("model-" + model, model == 6 ? 0 : 1, model == 6 ? 1 : 0);
        }
        assertThat(check().detail())
                .startsWith("0 passed, 1 failed with model-6; ")
                .endsWith("; and 2 more models");
    }
}
