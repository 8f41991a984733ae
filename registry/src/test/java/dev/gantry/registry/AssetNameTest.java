package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "summarize",
                "analysis/threat-model",
                "summarize_pull-requests",
                "prepare_7s_strategy",
                "a/b/c/d/e/f/g/h",
                "v1.2_notes",
                "7s"
            })
    void shouldAcceptUsualPaths(String path) {
        assertThat(AssetName.pathProblem(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../etc/passwd",
                "a/../b",
                "a/./b",
                "a//b",
                "/a",
                "a/",
                "a..b",
                ".hidden",
                "-x",
                "a.",
                "Summarize",
                "übersicht",
                "a b",
                "a\\b",
                "a%2fb",
                "a\nb",
                "a\0b",
                "a@1",
                "a:b",
                "a*",
                "a/b/c/d/e/f/g/h/i",
                "x/versions",
                "x/versions/3",
                "import",
                "search",
                "раttern"
            })
    void shouldRefusePathsThatClimbOrConfuse(String path) {
        assertThat(AssetName.pathProblem(path)).isNotNull();
    }

    @Test
    void shouldBoundTheLengthOfPathsAndTheirParts() {
        assertThat(AssetName.pathProblem("a".repeat(64))).isNull();
        assertThat(AssetName.pathProblem("a".repeat(65))).contains("64");
        assertThat(AssetName.pathProblem(("a".repeat(60) + "/").repeat(3) + "b".repeat(20)))
                .contains("200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "Team", "a/b", "~a/b", "~a b", "te am"})
    void shouldRefuseNamespacesThatNobodyCanHave(String namespace) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> new AssetName(namespace, "x"), "namespace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "team-a", "~ana@example.com", "~ci_bot", "~o'hara+x@example.com"})
    void shouldAcceptNamespacesOfTeamsAndPrincipals(String namespace) {
        assertThat(new AssetName(namespace, "x")).hasToString(namespace + "/x");
    }
}
