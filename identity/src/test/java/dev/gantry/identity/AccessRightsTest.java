package dev.gantry.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AccessRightsTest {
    private static AccessRights rights(String... patterns) {
        return AccessRights.of(
                Arrays.stream(patterns).map(PermissionPattern::parse).toList());
    }

    private static Permission execute(String namespace, String name) {
        return Permission.of("patterns", "execute", namespace, name);
    }

    @Nested
    class Allowing {
        @Test
        void shouldDenyByDefault() {
            assertThat(AccessRights.NONE.allow(Permission.of("patterns", "read")))
                    .isFalse();
            assertThat(rights("patterns:read").allow(Permission.of("patterns", "execute")))
                    .isFalse();
            assertThat(rights("patterns:read").allow(Permission.of("workflows", "read")))
                    .isFalse();
        }

        @Test
        void shouldGrantAllNamesWithoutAName() {
            assertThat(rights("patterns:execute").allow(execute("shared", "anything/at/all")))
                    .isTrue();
        }

        @Test
        void shouldGrantOneNameOnly() {
            AccessRights rights = rights("patterns:execute:summarize");
            assertThat(rights.allow(execute("shared", "summarize"))).isTrue();
            assertThat(rights.allow(execute("team-a", "summarize"))).isTrue();
            assertThat(rights.allow(execute("shared", "summarize2"))).isFalse();
            assertThat(rights.allow(execute("shared", "evil/summarize"))).isFalse();
            assertThat(rights.allow(Permission.of("patterns", "execute"))).isFalse();
        }

        @Test
        void shouldMatchStarsAcrossSlashes() {
            AccessRights rights = rights("patterns:execute:analysis/*", "patterns:execute:extract_*");
            assertThat(rights.allow(execute("shared", "analysis/deep/er"))).isTrue();
            assertThat(rights.allow(execute("shared", "extract_ideas"))).isTrue();
            assertThat(rights.allow(execute("shared", "extract_"))).isTrue();
            assertThat(rights.allow(execute("shared", "extract"))).isFalse();
            assertThat(rights.allow(execute("shared", "analysis"))).isFalse();
            assertThat(rights.allow(execute("shared", "x/analysis/y"))).isFalse();
        }

        @Test
        void shouldNarrowToANamespaceByAQualifiedName() {
            AccessRights rights = rights("patterns:execute:shared/*");
            assertThat(rights.allow(execute("shared", "x"))).isTrue();
            assertThat(rights.allow(execute("team-a", "x"))).isFalse();
        }

        @Test
        void shouldGrantEveryActionOfAResource() {
            AccessRights rights = rights("stitches:*");
            assertThat(rights.allow(Permission.of("workflows", "delete", "shared", "x")))
                    .isTrue();
            assertThat(rights.allow(Permission.of("patterns", "delete", "shared", "x")))
                    .isFalse();
        }

        @Test
        void shouldLetCreatorsCreateCustomAssets() {
            assertThat(rights("patterns:create").allow(Permission.of("patterns", "create_custom", "~a", "x")))
                    .isTrue();
            assertThat(rights("patterns:create_custom").allow(Permission.of("patterns", "create", "shared", "x")))
                    .isFalse();
        }

        @Test
        void shouldKnowWhetherThereMayBeSomethingToShow() {
            assertThat(rights("patterns:execute:x").allowSome("patterns", "execute"))
                    .isTrue();
            assertThat(rights("patterns:execute:x").allowSome("patterns", "read"))
                    .isFalse();
        }

        @Test
        void shouldIntersectWhenNarrowed() {
            AccessRights narrowed = rights("patterns:*", "models:execute:gpt-*")
                    .narrowedTo(List.of(
                            PermissionPattern.parse("models:execute"), PermissionPattern.parse("patterns:read")));
            assertThat(narrowed.allow(Permission.of("models", "execute", "openai", "gpt-x")))
                    .isTrue();
            assertThat(narrowed.allow(Permission.of("models", "execute", "openai", "o9")))
                    .isFalse();
            assertThat(narrowed.allow(Permission.of("patterns", "read", "shared", "x")))
                    .isTrue();
            assertThat(narrowed.allow(Permission.of("patterns", "delete", "shared", "x")))
                    .isFalse();
            assertThat(narrowed.allowSome("patterns", "delete")).isFalse();
        }

        @Test
        void shouldNameTheMissingPermission() {
            Caller caller = new Caller(
                    UUID.randomUUID(),
                    UUID.randomUUID(),
                    "a@example.com",
                    PrincipalKind.USER,
                    null,
                    List.of(),
                    null,
                    null,
                    rights("patterns:read"));
            assertThat(caller.may(Permission.of("patterns", "read"))).isTrue();
            assertThatThrownBy(() -> caller.require(execute("shared", "x")))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
                    .hasMessageContaining("patterns:execute:shared/x");
        }
    }

    @Nested
    class Covering {
        private void covered(AccessRights held, String pattern, boolean expected) {
            assertThat(held.cover(PermissionPattern.parse(pattern))).as(pattern).isEqualTo(expected);
        }

        @Test
        void shouldCompareWholeSetsOfNames() {
            AccessRights held = rights("patterns:execute:a*", "patterns:execute:*z", "patterns:read");
            covered(held, "patterns:execute:ab*", true);
            covered(held, "patterns:execute:a*z", true);
            covered(held, "patterns:execute:*yz", true);
            covered(held, "patterns:execute:b*", false);
            covered(held, "patterns:execute:*", false);
            covered(held, "patterns:execute", false);
            covered(held, "patterns:read:anything*", true);
            covered(held, "patterns:*", false);
            covered(held, "*", false);
        }

        @Test
        void shouldNotTakeTodaysActionsForTheWholeResource() {
            AccessRights held = rights(
                    "patterns:read",
                    "patterns:execute",
                    "patterns:create",
                    "patterns:create_custom",
                    "patterns:update",
                    "patterns:delete");
            covered(held, "patterns:*", false);
            covered(rights("patterns:*"), "patterns:*", true);
            covered(rights("patterns:*"), "patterns:create_custom", true);
        }

        @Test
        void shouldCoverOnlyWhatEveryLayerCovers() {
            AccessRights held = AccessRights.EVERYTHING.narrowedTo(List.of(PermissionPattern.parse("patterns:*")));
            covered(held, "patterns:delete", true);
            covered(held, "users:create", false);
            assertThat(held.everything()).isFalse();
            assertThat(AccessRights.EVERYTHING.everything()).isTrue();
        }
    }

    /** The rules, written down as plainly as possible, against the compiled ones. */
    @Nested
    class AgainstPlainRules {
        private static final List<String> PIECES = List.of("a", "b", "ab", "/", "_", "*", "*", "ä", "a/", "shared");

        private final Random random = new Random(42);

        private String word(int piecesMax, boolean stars) {
            StringBuilder word = new StringBuilder();
            int count = 1 + random.nextInt(piecesMax);
            for (int piece = 0; piece < count; piece++) {
                word.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            String text = stars ? word.toString() : word.toString().replace("*", "b");
            return text.isEmpty() ? "a" : text;
        }

        private static boolean naive(String glob, String text) {
            if (glob.isEmpty()) {
                return text.isEmpty();
            }
            if (glob.charAt(0) == '*') {
                return IntStream.rangeClosed(0, text.length())
                        .anyMatch(start -> naive(glob.substring(1), text.substring(start)));
            }
            return !text.isEmpty() && text.charAt(0) == glob.charAt(0) && naive(glob.substring(1), text.substring(1));
        }

        @Test
        void shouldMatchLikeTheNaiveMatcher() {
            int matches = 0;
            for (int round = 0; round < 4_000; round++) {
                List<String> globs = Stream.generate(() -> word(5, true))
                        .limit(1 + random.nextInt(8))
                        .toList();
                AccessRights rights = AccessRights.of(globs.stream()
                        .map(glob -> new PermissionPattern("patterns", "execute", glob))
                        .toList());
                for (int probe = 0; probe < 10; probe++) {
                    String name = word(6, false);
                    String namespace = random.nextBoolean() ? "" : "shared";
                    boolean expected = globs.stream()
                            .anyMatch(glob ->
                                    naive(glob, name) || (!namespace.isEmpty() && naive(glob, namespace + "/" + name)));
                    matches += expected ? 1 : 0;
                    assertThat(rights.allow(execute(namespace, name)))
                            .as("%s on '%s' '%s'", globs, namespace, name)
                            .isEqualTo(expected);
                }
            }
            assertThat(matches).isBetween(4_000, 36_000);
        }

        @Test
        void shouldNeverCoverAPatternThatReachesFurther() {
            int covers = 0;
            for (int round = 0; round < 20_000; round++) {
                String held = word(4, true);
                String wanted = word(4, true);
                if (!AccessRights.of(List.of(new PermissionPattern("patterns", "execute", held)))
                        .cover(new PermissionPattern("patterns", "execute", wanted))) {
                    continue;
                }
                covers++;
                String instance = wanted.chars()
                        .mapToObj(letter -> letter == '*' ? word(3, false) : String.valueOf((char) letter))
                        .reduce("", String::concat);
                assertThat(naive(held, instance))
                        .as("%s covers %s, so it matches %s", held, wanted, instance)
                        .isTrue();
            }
            assertThat(covers).isGreaterThan(500);
        }
    }

    @Test
    void shouldDecideRightlyAmongTenThousandGrants() {
        List<PermissionPattern> patterns = new ArrayList<>();
        for (int index = 0; index < 10_000; index++) {
            String glob = switch (index % 4) {
                case 0 -> "exact/" + index;
                case 1 -> "prefix" + index + "/*";
                case 2 -> "*/suffix" + index;
                default -> "a" + index + "*b";
            };
            patterns.add(new PermissionPattern("patterns", "execute", glob));
        }
        AccessRights rights = AccessRights.of(patterns);
        assertThat(rights.allow(execute("shared", "exact/5000"))).isTrue();
        assertThat(rights.allow(execute("shared", "exact/5001"))).isFalse();
        assertThat(rights.allow(execute("shared", "prefix5001/x"))).isTrue();
        assertThat(rights.allow(execute("shared", "prefix5000/x"))).isFalse();
        assertThat(rights.allow(execute("shared", "x/suffix5002"))).isTrue();
        assertThat(rights.allow(execute("shared", "a5003-b"))).isTrue();
        assertThat(rights.allow(execute("shared", "a5003-c"))).isFalse();
    }
}
