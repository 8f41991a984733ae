package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The protocol of ADR 16 as a model, and every order in which two nodes, deaths and pauses can interleave: a strand with two
 * steps, each transaction one step of the model. A node may stop for ever or for any time after every one of its steps.
 */
class ProtocolModelTest {
    private static final int STEPS = 2;
    private static final int TAKE_OVERS_MAX = 2;

    /** What a node believes: the version that it picked, the fence that it claimed, and whether it has done the work. */
    private record Node(long version, long fence, int step, boolean worked) {
        static final Node IDLE = new Node(0, 0, -1, false);
    }

    /** The rows, what the nodes believe, and what the world has seen. */
    private record State(
            long version,
            boolean picked,
            int current,
            long fence,
            boolean claimed,
            List<Integer> commits,
            List<Integer> worksAfterCommit,
            int takeOvers,
            List<Node> nodes) {
        boolean isOver() {
            return current == STEPS;
        }
    }

    @Test
    void shouldCommitEveryStepOnceWhateverHappensInWhateverOrder() {
        Set<State> seen = explore(true, true);

        assertThat(seen).hasSizeGreaterThan(200).allSatisfy(state -> {
            assertThat(state.commits()).allMatch(count -> count <= 1);
            assertThat(state.worksAfterCommit()).as("claimed after it was done").containsOnly(0);
        });
        assertThat(seen).anyMatch(state -> state.isOver() && state.takeOvers() == TAKE_OVERS_MAX);
    }

    @Test
    void shouldBeAbleToEndFromEveryStateThatCanBeReached() {
        for (State state : explore(true, true)) {
            assertThat(reaches(state)).as("ends from %s", state).isTrue();
        }
    }

    @Test
    void shouldFindTheFlawWhenNothingIsChecked() {
        assertThat(explore(false, false))
                .anyMatch(state -> state.commits().stream().anyMatch(count -> count > 1));
    }

    private static Set<State> explore(boolean checkFence, boolean checkVersion) {
        State start = new State(1, false, 0, 0, false, List.of(0, 0), List.of(0, 0), 0, List.of(Node.IDLE, Node.IDLE));
        Set<State> seen = new HashSet<>(Set.of(start));
        Deque<State> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (State next : next(open.pop(), checkFence, checkVersion)) {
                if (seen.add(next)) {
                    open.push(next);
                }
            }
        }
        return seen;
    }

    private static boolean reaches(State from) {
        Set<State> seen = new HashSet<>(Set.of(from));
        Deque<State> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            State state = open.pop();
            if (state.isOver()) {
                return true;
            }
            for (State next : next(state, true, true)) {
                if (seen.add(next)) {
                    open.push(next);
                }
            }
        }
        // With no take-over left in the model, only a node that died for ever may hold the strand.
        return from.takeOvers() == TAKE_OVERS_MAX;
    }

    private static List<State> next(State state, boolean checkFence, boolean checkVersion) {
        List<State> next = new ArrayList<>();
        if (state.picked() && state.takeOvers() < TAKE_OVERS_MAX && !state.isOver()) {
            next.add(new State(
                    state.version() + 1,
                    false,
                    state.current(),
                    state.fence(),
                    state.claimed(),
                    state.commits(),
                    state.worksAfterCommit(),
                    state.takeOvers() + 1,
                    state.nodes()));
        }
        for (int index = 0; index < state.nodes().size(); index++) {
            Node node = state.nodes().get(index);
            if (node.version() == 0) {
                if (!state.picked() && !state.isOver()) {
                    next.add(pick(state, index));
                }
            } else if (node.step() < 0) {
                next.add(claim(state, index, node, checkVersion));
            } else if (!node.worked()) {
                next.add(with(state, index, new Node(node.version(), node.fence(), node.step(), true)));
            } else {
                next.add(commit(state, index, node, checkFence, checkVersion));
            }
        }
        return next;
    }

    private static State pick(State state, int index) {
        long version = state.version() + 1;
        return with(
                new State(
                        version,
                        true,
                        state.current(),
                        state.fence(),
                        state.claimed(),
                        state.commits(),
                        state.worksAfterCommit(),
                        state.takeOvers(),
                        state.nodes()),
                index,
                new Node(version, 0, -1, false));
    }

    private static State claim(State state, int index, Node node, boolean checkVersion) {
        if ((checkVersion && node.version() != state.version()) || state.isOver()) {
            return with(state, index, Node.IDLE);
        }
        List<Integer> after = new ArrayList<>(state.worksAfterCommit());
        after.set(state.current(), after.get(state.current()) + state.commits().get(state.current()));
        State claimed = new State(
                state.version(),
                state.picked(),
                state.current(),
                state.fence() + 1,
                true,
                state.commits(),
                after,
                state.takeOvers(),
                state.nodes());
        return with(claimed, index, new Node(node.version(), claimed.fence(), state.current(), false));
    }

    /** Stores the step and claims the next one, in one transaction. */
    private static State commit(State state, int index, Node node, boolean checkFence, boolean checkVersion) {
        boolean refused = (checkVersion && node.version() != state.version())
                || (checkFence
                        && (node.fence() != state.fence() || node.step() != state.current() || !state.claimed()));
        if (refused) {
            return with(state, index, Node.IDLE);
        }
        List<Integer> commits = new ArrayList<>(state.commits());
        commits.set(node.step(), Math.min(2, commits.get(node.step()) + 1));
        int following = Math.min(STEPS, node.step() + 1);
        boolean over = following == STEPS;
        State after = new State(
                state.version(),
                !over && state.picked(),
                following,
                over ? state.fence() : state.fence() + 1,
                !over,
                List.copyOf(commits),
                state.worksAfterCommit(),
                state.takeOvers(),
                state.nodes());
        return with(after, index, over ? Node.IDLE : new Node(node.version(), after.fence(), following, false));
    }

    private static State with(State state, int index, Node node) {
        List<Node> nodes = new ArrayList<>(state.nodes());
        nodes.set(index, node);
        return new State(
                state.version(),
                state.picked(),
                state.current(),
                state.fence(),
                state.claimed(),
                List.copyOf(state.commits()),
                List.copyOf(state.worksAfterCommit()),
                state.takeOvers(),
                List.copyOf(nodes));
    }
}
