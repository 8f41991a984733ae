package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import dev.gantry.registry.Review.State;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reviewers that a policy names and who do not see the asset otherwise. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReviewersElsewhereTest {
    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();
    private final TestingPeople people = new TestingPeople();
    private final Reviews reviews =
            registry.reviews(people, List.of(registry.patternTests().asReviewCheck()));
    private final UUID organization = TestingDatabase.newOrganization();
    private final Caller root = people.add(admin(organization));
    private final Caller ana = people.member(organization, "ana", "team-a");
    private final Caller rita = people.member(organization, "rita", "team-security");
    private final Caller bert = people.member(organization, "bert", "team-b");

    @AfterAll
    void close() {
        registry.close();
    }

    private void policy(String namespace, String... reviewers) {
        registry.reviewPolicies()
                .put(root, new ReviewPolicy(namespace, true, 1, List.of(reviewers), true, List.of("production")));
    }

    private void put(String name, String content) {
        assets.put(ana, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private UUID submit(String name) {
        return reviews.submit(ana, AssetKind.PATTERN, name, "please").review().id();
    }

    private List<UUID> listed(Caller caller, @Nullable String name) {
        return reviews.list(caller, null, null, null, name, null, 50).reviews().stream()
                .map(Review::id)
                .toList();
    }

    private List<String> found(Caller caller, String words) {
        return assets
                .list(caller, new AssetQuery(AssetKind.PATTERN, words, List.of(), null, null, null, 10))
                .assets()
                .stream()
                .map(asset -> asset.name().toString())
                .toList();
    }

    private void assertSeesNothing(Caller caller, UUID review) {
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.get(caller, review));
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.changes(caller, review));
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.tests(caller, review));
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.check(caller, review));
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.say(caller, review, Verdict.APPROVE, "", List.of()));
        assertThat(listed(caller, null)).doesNotContain(review);
    }

    @Test
    void shouldLetATeamApproveWhatItSeesOnlyAsAReview() {
        policy("team-a", "team-security", "patterns-team");
        put("team-a/x", "Old words.\n");
        UUID first = submit("x");
        reviews.say(rita, first, Verdict.APPROVE, "", List.of());
        reviews.publish(ana, first);
        put("team-a/x", "New words.\n");
        registry.patternTests()
                .put(
                        ana,
                        "team-a/x",
                        "tests:\n  - {name: short, input: hi, assert: [{contains: hi}]}\n",
                        new Precondition.None());
        PatternTests.Suite suite = registry.patternTests().get(ana, "team-a/x");
        ArrayNode results = Json.mapper().createArrayNode();
        registry.patternTests().keep(ana, suite, 2, "sonnet", 1, 0, 7, results);
        UUID review = submit("x");

        assertThat(listed(rita, null)).contains(review).doesNotContain(first);
        assertThat(listed(rita, "team-a/x")).containsExactly(review);
        assertThat(reviews.get(rita, review).progress().missing()).containsExactly("1 more approval");
        Reviews.Changes changes = reviews.changes(rita, review);
        assertThat(changes.version().content()).isEqualTo("New words.\n");
        assertThat(requireNonNull(changes.base()).content()).isEqualTo("Old words.\n");
        assertThat(changes.diff().unified()).contains("-Old words.", "+New words.");
        PatternTests.Tried tried = reviews.tests(rita, review);
        assertThat(requireNonNull(tried.suite()).content()).contains("name: short");
        assertThat(tried.runs()).extracting(PatternTests.TestRun::model).containsExactly("sonnet");
        assertThat(reviews.check(rita, review).review().checks())
                .anySatisfy(check -> assertThat(check.detail()).isEqualTo("1 passed, 0 failed with sonnet"));
        assertSeesNothing(bert, review);

        assertThat(reviews.say(rita, review, Verdict.APPROVE, "good", List.of())
                        .progress()
                        .isReady())
                .isTrue();
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> reviews.publish(rita, review), "not a namespace of rita");
        assertThat(reviews.publish(ana, review).review().state()).isEqualTo(State.PUBLISHED);
        assertSeesNothing(rita, review);
    }

    @Test
    void shouldShowReviewersNothingElseOfTheAsset() {
        policy("team-a", "team-security");
        put("team-a/secret", "First.\n");
        put("team-a/secret", "Second.\n");
        submit("secret");

        for (String name : List.of("team-a/secret", "team-a/secret@1", "team-a/secret@2")) {
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> assets.get(rita, AssetKind.PATTERN, name));
            assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> assets.getToRun(rita, AssetKind.PATTERN, name));
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN, () -> registry.forks().fork(rita, AssetKind.PATTERN, name, "mine"));
        }
        assertRefused(
                ErrorCode.UNKNOWN_PATTERN, () -> assets.versions(rita, AssetKind.PATTERN, "team-a/secret", null, 10));
        assertThat(found(rita, "secret")).noneMatch(found -> found.contains("secret"));
    }

    /** How a review may end. */
    enum Ending {
        WITHDRAWN,
        SUPERSEDED,
        OVERRIDDEN,
        NO_LONGER_NAMED
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndWithTheReview(Ending ending) {
        policy("team-a", "team-security");
        String name = "team-a/ends-" + ending.name().toLowerCase(Locale.ROOT).replace('_', '-');
        put(name, "One.\n");
        UUID review = submit(name);
        assertThat(reviews.get(rita, review).review().state()).isEqualTo(State.OPEN);

        switch (ending) {
            case WITHDRAWN -> reviews.withdraw(ana, review);
            case SUPERSEDED -> put(name, "Two.\n");
            case OVERRIDDEN -> reviews.override(root, review, "production is down");
            case NO_LONGER_NAMED -> policy("team-a", "patterns-team");
        }

        assertSeesNothing(rita, review);
    }

    @Test
    void shouldCallUsersAndGroupsToo() {
        Caller gus = people.member(organization, "gus", "team-b");
        people.security().add("gus");
        policy("team-a", "Bert", "security");
        put("team-a/called", "One.\n");
        UUID review = submit("called");

        assertThat(reviews.get(bert, review).review().id()).isEqualTo(review);
        assertThat(reviews.say(gus, review, Verdict.APPROVE, "", List.of())
                        .progress()
                        .approvedBy())
                .containsExactly("gus");
        people.security().remove("gus");
        assertSeesNothing(gus, review);
    }

    @Test
    void shouldCallNobodyWhomOnlyALessParticularPolicyNames() {
        Caller paul = people.member(organization, "paul", "patterns-team");
        policy("*", "patterns-team");
        policy("team-a", "team-security");
        put("team-a/particular", "One.\n");
        UUID review = submit("particular");
        assertSeesNothing(paul, review);

        put("own", "My own.\n");
        UUID personal = submit("own");
        assertSeesNothing(paul, personal);
        policy("~", "patterns-team");
        assertThat(reviews.get(paul, personal).review().id()).isEqualTo(personal);
    }

    @Test
    void shouldTakeThePermissionToReadAsWell() {
        Caller blind = people.add(caller(organization, "blind", List.of("team-security"), "patterns:execute"));
        policy("team-a", "team-security");
        put("team-a/read", "One.\n");
        UUID review = submit("read");

        assertRefused(ErrorCode.PERMISSION_DENIED, () -> reviews.get(blind, review), "patterns:read:team-a/read");
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> listed(blind, null), "patterns:read");
    }

    @Test
    void shouldTellPoliciesToThoseForWhomTheyHold() {
        UUID other = TestingDatabase.newOrganization();
        Caller admin = people.add(admin(other));
        Caller tom = people.member(other, "tom", "team-t");
        ReviewPolicies policies = registry.reviewPolicies();
        for (String namespace : List.of("*", "team-t", "team-u", "~una")) {
            policies.put(admin, new ReviewPolicy(namespace, true, 1, List.of("una"), true, List.of()));
        }

        assertThat(policies.list(tom)).extracting(ReviewPolicy::namespace).containsExactly("*", "team-t");
        assertThat(policies.list(admin)).hasSize(4);
    }

    @Test
    void shouldShowAnAssetToTheTeamsThatOwnIt() {
        put("owned", "Mine and theirs.\n");
        assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> assets.get(bert, AssetKind.PATTERN, "~ana/owned"));
        registry.publishing()
                .publish(ana, AssetKind.PATTERN, "owned", new Publication(null, null, List.of("ana", "team-b"), null));

        assertThat(assets.get(bert, AssetKind.PATTERN, "~ana/owned").version()).isEqualTo(1);
        assertThat(found(bert, "owned")).contains("~ana/owned");
        assertRefused(ErrorCode.UNKNOWN_PATTERN, () -> assets.get(rita, AssetKind.PATTERN, "~ana/owned"));
    }
}
