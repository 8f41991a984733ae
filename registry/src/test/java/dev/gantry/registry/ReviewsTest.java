package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.Review.State;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.registry.ReviewCheck.Result;
import dev.gantry.registry.ReviewCheck.Status;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReviewsTest {
    private static final List<Review.LineComment> NO_LINES = List.of();

    private final TestingRegistry registry = new TestingRegistry();
    private final TestingPeople people = new TestingPeople();
    private final NoSecrets secrets = new NoSecrets();
    private final Reviews reviews = registry.reviews(people, List.of(secrets));
    private final UUID organization = TestingDatabase.newOrganization();
    private final Caller root = people.add(admin(organization));
    private final Caller ana = member("ana", "team-a");
    private final Caller ann = member("ann", "team-a");
    private final Caller rita = member("rita", "reviewers");
    private final Caller rob = member("rob", "reviewers");

    private static final class NoSecrets implements ReviewCheck {
        private final Set<String> leaked = ConcurrentHashMap.newKeySet();

        private NoSecrets() {
            leaked.add("password");
        }

        @Override
        public String name() {
            return "secrets";
        }

        @Override
        public Result run(Caller caller, AssetVersion version) {
            return leaked.stream().anyMatch(version.content()::contains)
                    ? new Result(name(), Status.FAILED, "it holds a password")
                    : new Result(name(), Status.PASSED, "nothing found");
        }
    }

    private Caller member(String name, String... teams) {
        return people.member(organization, name, teams);
    }

    @AfterAll
    void close() {
        registry.close();
    }

    private void put(Caller caller, String name, String content) {
        // A text of its own: whoever wrote the same before would have written this, too.
        putExactly(caller, name, content + "\n\nThis is " + name + ".\n");
    }

    private void putExactly(Caller caller, String name, String content) {
        registry.assets().put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private UUID submit(Caller caller, String name) {
        return reviews.submit(caller, AssetKind.PATTERN, name, "please")
                .review()
                .id();
    }

    private Reviews.Shown approve(Caller caller, UUID review) {
        return reviews.say(caller, review, Verdict.APPROVE, "", NO_LINES);
    }

    private int runs(Caller caller, String name) {
        return registry.assembler()
                .assemble(caller, ExecutionRequest.of(name, "in"))
                .pattern()
                .version();
    }

    private void policy(Caller admin, String namespace, int required, List<String> reviewers) {
        registry.reviewPolicies()
                .put(admin, new ReviewPolicy(namespace, true, required, reviewers, true, List.of("production")));
    }

    @Test
    void shouldPublishWhatEnoughOthersApproved() {
        policy(root, "team-a", 2, List.of("reviewers"));
        put(ana, "team-a/happy", "one");
        assertRefused(ErrorCode.NOT_APPROVED, () -> runs(ana, "happy"), "No version of 'team-a/happy' is approved");
        UUID review = submit(ana, "happy");

        assertRefused(ErrorCode.PERMISSION_DENIED, () -> approve(ann, review), "none of the reviewers: reviewers");
        assertThat(approve(rita, review).progress().missing()).containsExactly("1 more approval");
        assertThat(approve(rita, review).progress().missing()).containsExactly("1 more approval");
        assertRefused(ErrorCode.CONFLICT, () -> reviews.publish(ana, review), "1 more approval");
        assertThat(approve(rob, review).progress().isReady()).isTrue();
        Reviews.Shown published = reviews.publish(ana, review);

        assertThat(published.review().state()).isEqualTo(State.PUBLISHED);
        assertThat(runs(ana, "happy")).isEqualTo(1);
        assertThat(registry.assets()
                        .get(ana, AssetKind.PATTERN, "happy@approved")
                        .standing()
                        .approved())
                .isTrue();
        assertRefused(ErrorCode.CONFLICT, () -> approve(ann, review), "closed (published)");
        assertRefused(ErrorCode.CONFLICT, () -> submit(ana, "happy"), "approved already");
    }

    @Test
    void shouldRunTheApprovedVersionWhileANewerOneWaits() {
        policy(root, "team-a", 1, List.of("reviewers"));
        put(ana, "team-a/waits", "one");
        UUID first = submit(ana, "waits");
        approve(rita, first);
        reviews.publish(ana, first);
        put(ana, "team-a/waits", "two");

        assertThat(runs(ana, "waits")).isEqualTo(1);
        assertThat(runs(ana, "waits@1")).isEqualTo(1);
        assertThat(runs(ana, "waits@approved")).isEqualTo(1);
        assertRefused(ErrorCode.NOT_APPROVED, () -> runs(ana, "waits@2"), "newest approved one is 1");
        assertRefused(ErrorCode.NOT_APPROVED, () -> registry.assets().getToRun(ana, AssetKind.PATTERN, "waits@2"));
        assertThat(registry.assembler()
                        .assembleTrial(ana, ExecutionRequest.of("waits@2", "in"))
                        .pattern()
                        .version())
                .isEqualTo(2);
        Caller reader = caller(organization, "reader", List.of("team-a"), "patterns:read", "patterns:execute");
        assertRefused(
                ErrorCode.PERMISSION_DENIED,
                () -> registry.assembler().assembleTrial(reader, ExecutionRequest.of("waits@2", "in")));
    }

    @Test
    void shouldAskForNewReviewsOfANewVersion() {
        policy(root, "team-a", 1, List.of("reviewers"));
        put(ana, "team-a/moves", "one");
        UUID first = submit(ana, "moves");
        approve(rita, first);
        put(ana, "team-a/moves", "two");

        assertThat(reviews.get(ana, first).review().state()).isEqualTo(State.SUPERSEDED);
        assertRefused(ErrorCode.CONFLICT, () -> reviews.publish(ana, first), "newer version");
        UUID second = submit(ana, "moves");
        assertThat(reviews.get(ana, second).progress().approvedBy()).isEmpty();
    }

    @Test
    void shouldLetNobodyApproveWhatTheyWroteOrSubmitted() {
        policy(root, "team-a", 1, List.of("reviewers"));
        Caller ray = member("ray", "team-a", "reviewers");
        Caller rosa = member("rosa", "team-a", "reviewers");
        put(ray, "team-a/own", "one");
        put(ana, "team-a/own", "two");
        UUID review = submit(rosa, "own");

        for (Caller involved : List.of(ray, rosa)) {
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> approve(involved, review), "wrote or submitted");
        }
        Caller robot = new Caller(
                organization,
                TestingDatabase.newOrganization(),
                "robot",
                PrincipalKind.SERVICE_ACCOUNT,
                null,
                List.of("team-a", "reviewers"),
                "team-a",
                null,
                AccessRights.EVERYTHING);
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> approve(robot, review), "Only people approve");
        assertThat(reviews.say(rita, review, Verdict.COMMENT, "fine by me", List.of(new Review.LineComment(1, "why?")))
                        .review()
                        .entries())
                .hasSize(1);
    }

    @Test
    void shouldNotCountThoseWhoLostTheRightOrTookItBack() {
        policy(root, "team-a", 1, List.of("security"));
        people.security().addAll(Set.of("rita", "rob"));
        put(ana, "team-a/fades", "one");
        UUID review = submit(ana, "fades");
        assertThat(approve(rita, review).progress().isReady()).isTrue();
        people.security().remove("rita");
        assertThat(reviews.get(ana, review).progress().approvedBy()).isEmpty();
        assertRefused(ErrorCode.CONFLICT, () -> reviews.publish(ana, review), "1 more approval");

        Review.Entry said = approve(rob, review).review().entries().getLast();
        assertThat(reviews.get(ana, review).progress().approvedBy()).containsExactly("rob");
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.takeBack(rita, review, said.id()));
        assertThat(reviews.takeBack(rob, review, said.id()).progress().approvedBy())
                .isEmpty();

        approve(rob, review);
        people.forget(rob);
        assertThat(reviews.get(ana, review).progress().approvedBy()).isEmpty();
        people.add(rob);
        reviews.say(rob, review, Verdict.REQUEST_CHANGES, "not like this", NO_LINES);
        assertThat(reviews.get(ana, review).progress().missing()).contains("rob requests changes");
        approve(rob, review);
        assertThat(reviews.get(ana, review).progress().isReady()).isTrue();
    }

    @Test
    void shouldKeepWhatChecksFoundAndStopWhatFails() {
        policy(root, "team-a", 1, List.of("reviewers"));
        put(ana, "team-a/leaks", "the password");
        UUID review = submit(ana, "leaks");
        approve(rita, review);

        assertThat(reviews.get(ana, review).review().checks())
                .contains(new Result("secrets", Status.FAILED, "it holds a password"))
                .anySatisfy(check -> assertThat(check.detail()).contains("no description", "no tags"));
        assertRefused(ErrorCode.CONFLICT, () -> reviews.publish(ana, review), "check secrets: it holds a password");
        assertThat(reviews.check(ana, review).review().checks()).hasSize(2);
    }

    @Test
    void shouldLetTheChecksLookAgainWhenItIsPublished() {
        policy(root, "team-a", 1, List.of("reviewers"));
        put(ana, "team-a/ages", "the codeword");
        UUID review = submit(ana, "ages");
        assertThat(approve(rita, review).progress().isReady()).isTrue();
        secrets.leaked.add("codeword");

        assertRefused(ErrorCode.CONFLICT, () -> reviews.publish(ana, review), "check secrets: it holds a password");
        assertThat(reviews.get(ana, review).review().checks())
                .contains(new Result("secrets", Status.FAILED, "it holds a password"));
        secrets.leaked.remove("codeword");
        assertThat(reviews.publish(ana, review).review().checks())
                .contains(new Result("secrets", Status.PASSED, "nothing found"));
    }

    @Test
    void shouldOverrideInAnEmergencyWithAReason() {
        policy(root, "team-a", 2, List.of("reviewers"));
        put(ana, "team-a/urgent", "one");
        UUID review = submit(ana, "urgent");

        assertRefused(
                ErrorCode.PERMISSION_DENIED,
                () -> reviews.override(ana, review, "production is down"),
                "patterns:override:team-a/urgent");
        assertRefused(ErrorCode.INVALID_REQUEST, () -> reviews.override(root, review, "  hm  "), "reason");
        Reviews.Shown done = reviews.override(root, review, "production is down");

        assertThat(done.review().state()).isEqualTo(State.OVERRIDDEN);
        assertThat(done.review().reason()).isEqualTo("production is down");
        assertThat(runs(ana, "urgent")).isEqualTo(1);
    }

    @Test
    void shouldProtectLabelsAndWhatTheOrganizationSees() {
        policy(root, "team-a", 1, List.of("reviewers"));
        put(ana, "team-a/labelled", "one");

        assertRefused(
                ErrorCode.PERMISSION_DENIED,
                () -> registry.publishing().label(ana, AssetKind.PATTERN, "labelled", "production", null),
                "patterns:promote:team-a/labelled");
        assertRefused(
                ErrorCode.NOT_APPROVED,
                () -> registry.publishing().label(root, AssetKind.PATTERN, "team-a/labelled", "production", null));
        assertRefused(
                ErrorCode.NOT_APPROVED,
                () -> registry.publishing()
                        .publish(
                                root,
                                AssetKind.PATTERN,
                                "team-a/labelled",
                                new Publication(Visibility.ORGANIZATION, null, null, null)));
        registry.publishing().label(ana, AssetKind.PATTERN, "labelled", "staging", null);
        UUID review = submit(ana, "labelled");
        approve(rita, review);
        reviews.publish(ana, review);
        assertThat(registry.publishing()
                        .label(root, AssetKind.PATTERN, "team-a/labelled", "production", null)
                        .version())
                .isEqualTo(1);
    }

    @Test
    void shouldShowReviewsToThoseOnlyWhoSeeTheAsset() {
        put(ana, "hidden", "x");
        UUID review = submit(ana, "hidden");
        Caller stranger = people.add(admin(TestingDatabase.newOrganization()));

        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.get(ann, review));
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.get(stranger, review));
        assertRefused(ErrorCode.NOT_FOUND, () -> reviews.override(stranger, review, "because I can do it"));
        assertThat(reviews.list(ann, null, null, null, null, null, 50).reviews())
                .noneMatch(listed -> listed.id().equals(review));
        assertThat(reviews.list(ana, State.OPEN, AssetKind.PATTERN, null, "hidden", null, 1)
                        .reviews())
                .extracting(Review::id)
                .containsExactly(review);
        assertThat(reviews.withdraw(ana, review).review().state()).isEqualTo(State.WITHDRAWN);
        assertThat(submit(ana, "hidden")).isNotEqualTo(review);
    }

    @Test
    void shouldNotTellByANameWhatSomebodyMayNotRead() {
        put(ana, "team-a/secret-plan", "x");
        submit(ana, "team-a/secret-plan");
        Caller blind = people.add(caller(organization, "blind", List.of("team-a"), "patterns:read:analysis/*"));

        for (String name : List.of("team-a/secret-plan", "secret-plan", "team-a/secret-scam")) {
            assertRefused(
                    ErrorCode.UNKNOWN_PATTERN,
                    () -> reviews.list(blind, null, AssetKind.PATTERN, null, name, null, 50),
                    "There is no pattern '" + name + "'; looked in");
        }
    }

    @Test
    void shouldLetTheMostParticularPolicyHold() {
        UUID other = TestingDatabase.newOrganization();
        Caller admin = people.add(admin(other));
        ReviewPolicies policies = registry.reviewPolicies();
        policies.put(admin, new ReviewPolicy("*", true, 2, List.of(), false, List.of()));
        policies.put(admin, new ReviewPolicy("shared", true, 3, List.of(), true, List.of()));

        assertThat(policies.of(admin, "shared").requiredReviews()).isEqualTo(3);
        assertThat(policies.of(admin, "team-x").requiredReviews()).isEqualTo(2);
        assertThat(policies.of(admin, "~admin").requireApproved()).isFalse();
        policies.delete(admin, "shared");
        assertThat(policies.of(admin, "shared").requiredReviews()).isEqualTo(2);
        assertThat(policies.of(root, "shared").requiredReviews()).isEqualTo(1);
        assertRefused(ErrorCode.NOT_FOUND, () -> policies.delete(admin, "shared"));
    }

    @Test
    void shouldRunOnlyApprovedVersionsWhereTheOperatorWantsItWhateverAPolicySays() {
        registry.reviewPolicies().put(root, new ReviewPolicy("team-fed", true, 1, List.of(), false, List.of()));
        put(root, "team-fed/strict", "one");
        assertRefused(ErrorCode.NOT_APPROVED, () -> runs(root, "team-fed/strict"), "team-fed/strict");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "../x", "Team", "~"})
    void shouldRefusePoliciesForWhatIsNoNamespace(String namespace) {
        if (namespace.equals(ReviewPolicy.PERSONAL)) {
            assertThat(new ReviewPolicy(namespace, true, 1, List.of(), true, List.of()).namespace())
                    .isEqualTo("~");
        } else {
            assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> new ReviewPolicy(namespace, true, 1, List.of(), true, List.of()));
        }
    }
}
