package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Whoever wrote a text does not approve it, whoever brought it to where it is reviewed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReviewAuthorsTest {
    private static final String LINES = "\none\ntwo\nthree\nfour\nfive\nsix\n";

    private final TestingRegistry registry = new TestingRegistry();
    private final Assets assets = registry.assets();
    private final TestingPeople people = new TestingPeople();
    private final Reviews reviews = registry.reviews(people, List.of());
    private final UUID organization = TestingDatabase.newOrganization();
    private final Caller root = people.add(admin(organization));
    private final Caller ana = people.member(organization, "ana", "team-a");
    private final Caller bob = people.member(organization, "bob", "team-a");
    private final Caller rita = people.member(organization, "rita", "team-a");

    ReviewAuthorsTest() {
        registry.reviewPolicies()
                .put(root, new ReviewPolicy("team-a", true, 1, List.of("ana", "bob", "rita"), true, List.of()));
    }

    @AfterAll
    void close() {
        registry.close();
    }

    private void put(Caller caller, String name, String content) {
        assets.put(caller, AssetKind.PATTERN, name, content, new Precondition.None());
    }

    private void fork(Caller caller, String source, String target) {
        registry.forks().fork(caller, AssetKind.PATTERN, source, target);
    }

    private UUID submit(Caller caller, String name) {
        return reviews.submit(caller, AssetKind.PATTERN, name, "").review().id();
    }

    private void approve(Caller caller, UUID review) {
        reviews.say(caller, review, Verdict.APPROVE, "", List.of());
    }

    private void assertMustNotApprove(Caller caller, UUID review) {
        assertRefused(ErrorCode.PERMISSION_DENIED, () -> approve(caller, review), "wrote or submitted");
    }

    private void assertCounts(Caller caller, UUID review) {
        approve(caller, review);
        assertThat(reviews.get(caller, review).progress().approvedBy()).containsExactly(caller.principal());
    }

    @Test
    void shouldNotLetTheAuthorApproveSomebodysFork() {
        put(ana, "team-a/forked", "Written by Ana." + LINES);
        fork(bob, "team-a/forked", "team-a/copy");
        UUID review = submit(bob, "team-a/copy");

        assertMustNotApprove(ana, review);
        assertMustNotApprove(bob, review);
        assertCounts(rita, review);
    }

    @Test
    void shouldNotLetTheAuthorApproveWhatSomebodyChangedInAFork() {
        put(ana, "team-a/long", "Written by Ana, too." + LINES);
        fork(bob, "team-a/long", "team-a/longer");
        put(bob, "team-a/longer", "Written by Ana, too." + LINES + "seven\n");

        assertMustNotApprove(ana, submit(bob, "team-a/longer"));
    }

    @Test
    void shouldNotLetTheAuthorApproveWhatAMergeTookOver() {
        put(root, "team-a/upstream", "Common ground." + LINES);
        fork(bob, "team-a/upstream", "team-a/merged");
        put(bob, "team-a/merged", "Common ground, by Bob." + LINES);
        UUID first = submit(bob, "team-a/merged");
        approve(rita, first);
        reviews.publish(bob, first);
        put(ana, "team-a/upstream", "Common ground." + LINES + "seven, by Ana\n");
        registry.forks().merge(bob, AssetKind.PATTERN, "team-a/merged", null, false, new Precondition.None());
        UUID review = submit(bob, "team-a/merged");

        assertMustNotApprove(ana, review);
        assertCounts(rita, review);
    }

    @Test
    void shouldCountTheUpstreamsAuthorsOnlyUntilTheForkIsApproved() {
        put(ana, "team-a/origin", "The origin." + LINES);
        fork(bob, "team-a/origin", "team-a/independent");
        UUID first = submit(bob, "team-a/independent");
        approve(rita, first);
        reviews.publish(bob, first);
        put(bob, "team-a/independent", "The origin, and on." + LINES);

        assertCounts(ana, submit(bob, "team-a/independent"));
    }

    @Test
    void shouldNotLetTheAuthorApproveWhatSomebodyRenamedOrCopiedByHand() {
        Caller admin = people.add(TestingCallers.caller(organization, "moves@example.com", List.of("team-a"), "*"));
        put(ana, "team-a/before", "To be renamed." + LINES);
        assets.rename(admin, AssetKind.PATTERN, "team-a/before", "team-a/after");
        assertMustNotApprove(ana, submit(admin, "team-a/after"));

        put(ana, "mine", "To be copied." + LINES);
        put(bob, "team-a/pasted", "To be copied." + LINES);
        assertMustNotApprove(ana, submit(bob, "team-a/pasted"));
    }

    @Test
    void shouldNotLetTheAuthorApproveThatSomebodyWentBackToTheirText() {
        put(ana, "team-a/back", "Ana's way." + LINES);
        put(bob, "team-a/back", "Bob's way." + LINES);
        UUID first = submit(bob, "team-a/back");
        approve(rita, first);
        reviews.publish(bob, first);
        registry.publishing().rollback(bob, AssetKind.PATTERN, "team-a/back", "1", new Precondition.None());

        assertMustNotApprove(ana, submit(bob, "team-a/back"));
    }

    @Test
    void shouldLetThoseReviewWhoOnlyForkedTheText() {
        put(ana, "team-a/tried", "To be tried." + LINES);
        fork(rita, "team-a/tried", "trial");
        fork(bob, "team-a/tried", "team-a/tried-copy");

        assertCounts(rita, submit(bob, "team-a/tried-copy"));
    }
}
