package dev.gantry.gateway;

import static dev.gantry.gateway.TestingRoutes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ProviderException.Failure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {
    private static List<String> names(Plan plan) {
        return plan.candidates().stream().map(Model::name).toList();
    }

    @Test
    void shouldTryAModelAndThenItsFallbacks() {
        Plan plan = TestingRoutes.of("").plan("alpha");
        assertThat(names(plan)).containsExactly("alpha", "beta", "gamma");
        assertThat(plan.reason()).isEmpty();
        assertThat(plan.permission()).hasToString("models:execute:one/alpha");
    }

    @Nested
    class Groups {
        private static final String GROUP = """
                model_groups:
                  mix: {members: [{model: alpha, weight: 7}, {model: beta, weight: 2}, {model: gamma, weight: 1}]}
                  pair: {members: [{model: alpha}], fallbacks: [gamma]}
                """;

        @Test
        void shouldShareRequestsOutByWeight() {
            TestingRoutes routes = TestingRoutes.of(GROUP);
            Map<String, Integer> first = new HashMap<>();
            for (int request = 0; request < 20_000; request++) {
                Plan plan = routes.plan("mix");
                assertThat(plan.candidates()).hasSize(3);
                first.merge(plan.model().name(), 1, Integer::sum);
            }
            // More than six standard deviations on either side.
            assertThat(first.get("alpha")).isBetween(13_600, 14_400);
            assertThat(first.get("beta")).isBetween(3_650, 4_350);
            assertThat(first.get("gamma")).isBetween(1_740, 2_260);
        }

        @Test
        void shouldSendLessToASlowMemberWhenBalancedByLatency() {
            TestingRoutes routes = TestingRoutes.of("""
                    model_groups: {fast: {members: [{model: alpha}, {model: beta}], balance: adaptive}}
                    """);
            Loads loads = routes.router.loads();
            Model slow = routes.router.resolve("alpha");
            Model quick = routes.router.resolve("beta");
            loads.begun(slow);
            loads.answered(slow, false, 900_000_000);
            loads.begun(quick);
            loads.answered(quick, false, 100_000_000);
            assertThat(routes.plan("fast").model()).isEqualTo(quick);
            for (int load = 0; load < 12; load++) {
                loads.begun(quick);
            }
            assertThat(routes.plan("fast").model())
                    .as("13 requests at 100 ms wait longer than one at 900 ms")
                    .isEqualTo(slow);
        }

        @Test
        void shouldPreferTheCheaperMemberAsFarAsCostCounts() {
            TestingRoutes routes = TestingRoutes.of("""
                    model_groups: {cheap: {members: [{model: alpha}, {model: gamma}], balance: adaptive, cost_bias: 0.9}}
                    """);
            Loads loads = routes.router.loads();
            Model cheap = routes.router.resolve("alpha");
            Model dear = routes.router.resolve("gamma");
            loads.begun(cheap);
            loads.answered(cheap, false, 900_000_000);
            loads.begun(dear);
            loads.answered(dear, false, 100_000_000);
            assertThat(routes.plan("cheap").model()).isEqualTo(cheap);
        }

        @Test
        void shouldPutMembersWithAnOpenCircuitLast() {
            TestingRoutes routes = TestingRoutes.of(GROUP);
            routes.one.fails(5, Failure.UNAVAILABLE);
            for (int call = 0; call < 5; call++) {
                routes.ask("lonely");
            }
            routes.one.fails(5, Failure.UNAVAILABLE);
            for (int call = 0; call < 5; call++) {
                routes.ask("alpha");
            }
            for (int request = 0; request < 50; request++) {
                assertThat(names(routes.plan("mix"))).last().isEqualTo("alpha");
            }
        }

        @Test
        void shouldNeedThePermissionOnTheGroupAndNoOther() {
            TestingRoutes routes = TestingRoutes.of(GROUP);
            routes.caller = TestingRoutes.caller(List.of(), "models:execute:pair");
            Plan plan = routes.plan("pair");
            assertThat(plan.permission()).hasToString("models:execute:groups/pair");
            assertThat(routes.caller.may(plan.permission())).isTrue();
            assertThat(names(plan)).containsExactly("alpha", "gamma");
        }

        @Test
        void shouldAnswerByAFallbackOfTheGroup() {
            TestingRoutes routes = TestingRoutes.of(GROUP);
            routes.one.fails(1, Failure.UNAVAILABLE);
            Answered answered = routes.ask("pair");
            assertThat(text(answered)).isEqualTo("answer of three");
            assertThat(answered.route().reason()).isEqualTo("group pair; instead of alpha, which did not answer");
        }
    }

    @Test
    void shouldNotLetAFallbackAnswerWhomTheCallerMayNotName() {
        TestingRoutes routes = TestingRoutes.of("");
        routes.caller = TestingRoutes.caller(List.of(), "models:execute:alpha", "models:execute:beta");
        assertThat(names(routes.plan("alpha"))).containsExactly("alpha", "beta");
        ChatRequest request = ChatRequest.of("alpha", List.of(Message.text(Role.USER, "x")));
        Prompt ofAPattern = new Prompt.Composed(
                request, new Prompt.Subject("pattern.execute", "shared/x", 1, List.of(), false), List.of());
        assertThat(names(routes.plan(ofAPattern)))
                .as("a pattern's own model needs no permission, nor do its fallbacks")
                .containsExactly("alpha", "beta", "gamma");
    }

    @Nested
    class Regions {
        private final Map<String, String> places = Map.of("one", "us-east-1", "two", "eu-west-1", "three", "eu");

        private TestingRoutes routes(String yaml) {
            return new TestingRoutes(yaml, places);
        }

        @Test
        void shouldStayWhereTheRequestWishes() {
            TestingRoutes routes = routes("");
            routes.wishes = new Wishes("EU", null, null, null);
            assertThat(names(routes.plan("alpha"))).containsExactly("beta", "gamma");
            assertThat(routes.plan("alpha").reason()).contains("alpha is not where the request must stay");
            routes.wishes = new Wishes("eu-west-1", null, null, null);
            assertThat(names(routes.plan("alpha"))).containsExactly("beta");
        }

        @Test
        void shouldStayThereWhenEveryoneThereFails() {
            TestingRoutes routes = routes("routing: {hedging: {delay: 10ms}, retry: {backoff: 1ms}}\n");
            routes.wishes = new Wishes("eu", null, null, null);
            routes.two.fails(9, Failure.TIMEOUT);
            routes.three.cannotBeReached().cannotBeReached().cannotBeReached();
            assertThat(routes.ask("alpha").failure()).isNotNull();
            assertThat(routes.one.asked).isEmpty();
        }

        @Test
        void shouldRefuseWhenNobodyIsThere() {
            TestingRoutes routes = routes("routing: {residency: {teams: {payments: eu}}}\n");
            routes.caller = TestingRoutes.caller(List.of("payments"), "*");
            GantryException refusal = catchThrowableOfType(GantryException.class, () -> routes.plan("lonely"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.REGION_NOT_ALLOWED);
            assertThat(ErrorStatus.of(refusal.code())).isEqualTo(403);
            assertThat(refusal)
                    .hasMessageContaining("'lonely'")
                    .hasMessageContaining("'eu' (as team payments demands)");
        }

        @ParameterizedTest
        @CsvSource({
            "everyone: eu,, beta gamma",
            "teams: {payments: eu},, beta gamma",
            "teams: {others: eu},, alpha beta gamma",
            "organizations: {00000000-0000-7000-8000-000000000001: eu-west-1},, beta",
            "everyone: eu, eu-west, beta",
            "teams: {payments: eu-west-1}, eu, beta"
        })
        void shouldObeyEveryBoundTogether(String residency, @Nullable String wish, String expected) {
            TestingRoutes routes = routes("routing: {residency: {" + residency + "}}\n");
            routes.caller = TestingRoutes.caller(List.of("payments"), "*");
            routes.wishes = new Wishes(wish, null, null, null);
            assertThat(names(routes.plan("alpha"))).containsExactly(expected.split(" "));
        }

        @Test
        void shouldNotTakeAPlaceThatNobodyNamedForThere() {
            TestingRoutes routes = new TestingRoutes("", Map.of("two", "eu"));
            routes.wishes = new Wishes("eu", null, null, null);
            assertThat(names(routes.plan("alpha"))).containsExactly("beta");
        }

        @Test
        void shouldBelieveAModelBeforeItsProvider() {
            TestingRoutes routes = routes("""
                    model_groups: {both: {members: [{model: here}, {model: alpha}]}}
                    """.replace("here", "beta"));
            routes.wishes = new Wishes("eu", null, null, null);
            assertThat(names(routes.plan("both"))).containsExactly("beta");
            routes.wishes = new Wishes("apac", null, null, null);
            assertThat(catchThrowableOfType(GantryException.class, () -> routes.plan("both"))
                            .code())
                    .isEqualTo(ErrorCode.REGION_NOT_ALLOWED);
        }
    }

    @Nested
    class Selecting {
        private static final String SELECTION = """
                model_selection: {simple_transform: alpha, code_review: beta, architecture_planning: gamma}
                routing:
                  selection:
                    rules:
                      - {patterns: ["extract_*"], task: simple_transform}
                      - {tags: [quick], input_tokens_max: 100, model: alpha}
                      - {input_tokens_min: 5000, tier: complex}
                    otherwise: code_review
                """;

        private Plan plan(TestingRoutes routes, @Nullable String pattern, String text) {
            ChatRequest request = ChatRequest.of("auto", List.of(Message.text(Role.USER, text)));
            return routes.plan(new Prompt.Composed(
                    request,
                    new Prompt.Subject("pattern.execute", pattern, pattern == null ? null : 1, List.of(), true),
                    List.of()));
        }

        @ParameterizedTest
        @CsvSource({
            // task, tags, pattern, characters, model, reason
            "architecture_planning,,, 10, gamma, header: task architecture_planning is done by gamma",
            ",, shared/extract_names, 10, alpha, rule 1: task simple_transform is done by alpha",
            ", 'x, quick',, 10, alpha, rule 2: alpha",
            ", quick,, 4000, beta, default: task code_review is done by beta",
            ",,, 40000, gamma, rule 3: tier complex",
            ", architecture_planning,, 10, gamma, tag: task architecture_planning is done by gamma",
            ",, shared/review/code-review, 10, beta, pattern: task code_review is done by beta",
            ",,, 10, beta, default: task code_review is done by beta"
        })
        void shouldFollowTheRulesAndSayWhichOne(
                @Nullable String task,
                @Nullable String tags,
                @Nullable String pattern,
                int characters,
                String model,
                String reason) {
            TestingRoutes routes = TestingRoutes.of(SELECTION);
            routes.wishes = new Wishes(null, task, tags, null);
            Plan plan = plan(routes, pattern, "x".repeat(characters));
            assertThat(plan.model().name()).isEqualTo(model);
            assertThat(plan.reason()).isEqualTo(reason);
            assertThat(plan.permission()).hasToString("models:execute:groups/auto");
        }

        @ParameterizedTest
        @CsvSource({"10, alpha", "4000, beta", "100000, gamma"})
        void shouldGoByTheLengthOfTheInputWithoutAnyRule(int characters, String model) {
            assertThat(plan(TestingRoutes.of(""), null, "x".repeat(characters))
                            .model()
                            .name())
                    .isEqualTo(model);
        }

        @Test
        void shouldTakeOfATierOnlyWhatTheCallerMayName() {
            TestingRoutes routes = TestingRoutes.of("");
            routes.caller = TestingRoutes.caller(List.of(), "models:execute:auto", "models:execute:beta");
            assertThat(names(plan(routes, null, "x"))).containsExactly("beta");
        }

        @Test
        void shouldNeverTakeAModelThatOnlyMakesVectors() {
            TestingRoutes routes = TestingRoutes.of("""
                      voyage-3: {provider: one, prices: {input: 0, output: 0}, tier: embedding}
                    """);
            for (int characters : List.of(10, 4_000, 100_000)) {
                assertThat(names(plan(routes, null, "x".repeat(characters))))
                        .hasSize(4)
                        .doesNotContain("voyage-3");
            }
        }

        @Test
        void shouldRefuseATaskThatThereIsNot() {
            TestingRoutes routes = TestingRoutes.of(SELECTION);
            routes.wishes = new Wishes(null, "code_reveiw", null, null);
            GantryException refusal = catchThrowableOfType(GantryException.class, () -> routes.plan("auto"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(refusal).hasMessageContaining("did you mean 'code_review'");
        }
    }
}
