package dev.gantry.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.GuideKeys;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolesSettingsTest {
    /** Word for word what the Fabric guide prints. */
    private static final String GUIDE = """
            # config/rbac.yaml
            roles:
              admin:
                permissions:
                  - patterns:*
                  - stitches:*
                  - users:*
                  - config:*

              developer:
                permissions:
                  - patterns:read
                  - patterns:execute
                  - stitches:read
                  - stitches:execute
                  - patterns:create_custom

              analyst:
                permissions:
                  - patterns:read
                  - patterns:execute:analysis/*
                  - stitches:execute:research/*

              viewer:
                permissions:
                  - patterns:read
                  - patterns:execute:summarize
                  - patterns:execute:extract_*

            role_assignments:
              - user: admin@company.com
                role: admin
              - group: engineering
                role: developer
              - group: research
                role: analyst
            """;

    private static Configuration load(String text) {
        ConfigSchema.Builder schema = ConfigSchema.builder()
                .topLevel(RolesSettings.class)
                .check((configuration, complaints) ->
                        configuration.get(RolesSettings.class).complain(complaints));
        return ConfigLoader.loadText("rbac.yaml", text, schema.build());
    }

    private static RoleBook book(String text) {
        return new RoleBook(load(text).get(RolesSettings.class));
    }

    private static AccessRights rights(RoleBook book, String role) {
        return AccessRights.of(book.find(role).orElseThrow().permissions().stream()
                .map(PermissionPattern::parse)
                .toList());
    }

    @Test
    void shouldTakeTheGuidesFileAsPrinted() {
        RoleBook book = book(GUIDE);
        assertThat(book.assigned("admin@company.com", List.of())).containsExactly("admin");
        assertThat(book.assigned("x@company.com", List.of("research", "engineering", "other")))
                .containsExactlyInAnyOrder("analyst", "developer");
        assertThat(book.assigned("x@company.com", List.of())).isEmpty();
        assertThat(book.assignments()).hasSize(3);

        AccessRights admin = rights(book, "admin");
        assertThat(admin.allow(Permission.of("workflows", "delete", "shared", "x")))
                .isTrue();
        assertThat(admin.allow(Permission.of("keys", "create")))
                .as("exactly what is written")
                .isFalse();
    }

    @Test
    void shouldGrantAsTheGuideDescribesWithoutAnyFile() {
        RoleBook book = RoleBook.builtInOnly();
        AccessRights analyst = rights(book, "analyst");
        assertThat(analyst.allow(Permission.of("patterns", "execute", "shared", "analysis/risk")))
                .isTrue();
        assertThat(analyst.allow(Permission.of("patterns", "execute", "shared", "summarize")))
                .isFalse();
        assertThat(analyst.allow(Permission.of("workflows", "execute", "shared", "research/x")))
                .isTrue();
        AccessRights viewer = rights(book, "viewer");
        assertThat(viewer.allow(Permission.of("patterns", "execute", "shared", "summarize")))
                .isTrue();
        assertThat(viewer.allow(Permission.of("patterns", "execute", "shared", "extract_ideas")))
                .isTrue();
        assertThat(viewer.allow(Permission.of("patterns", "create_custom", "~x", "y")))
                .isFalse();
        assertThat(viewer.allow(Permission.of("models", "execute", "openai", "gpt")))
                .isFalse();
        AccessRights developer = rights(book, "developer");
        assertThat(developer.allow(Permission.of("patterns", "create_custom", "~x", "y")))
                .isTrue();
        assertThat(developer.allow(Permission.of("patterns", "create", "shared", "y")))
                .isFalse();
        assertThat(developer.allow(Permission.of("models", "execute", "openai", "gpt")))
                .isTrue();
        assertThat(rights(book, "admin").everything()).isTrue();
        assertThat(rights(book, "owner").everything()).isTrue();
    }

    @Test
    void shouldCompareConfiguredUsersWithoutCase() {
        assertThat(book("role_assignments: [{user: Admin@Company.com, role: viewer}]")
                        .assigned("admin@company.com", List.of()))
                .isEqualTo(Set.of("viewer"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    roles: {qa: {permissions: [paterns:read]}}           | did you mean 'patterns'?
                    roles: {owner: {permissions: [patterns:read]}}       | cannot be redefined
                    roles: {Qa: {permissions: [patterns:read]}}          | lower case
                    roles: {"q a": {permissions: [patterns:read]}}       | cannot be the name of a role
                    role_assignments: [{user: a@b.c, role: viewr}]       | did you mean 'viewer'?
                    role_assignments: [{role: viewer}]                   | either a user or a group
                    role_assignments: [{user: a, group: b, role: admin}] | either a user or a group
                    """)
    void shouldSayWhereTheFileIsWrong(String text, String expected) {
        assertThatThrownBy(() -> load(text))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("rbac.yaml:1")
                .hasMessageContaining(expected);
    }

    @Test
    void shouldNotContradictTheKeysThatComeLater() {
        ConfigSchema.Builder schema = ConfigSchema.builder().topLevel(RolesSettings.class);
        GuideKeys.declare(schema);
        assertThat(schema.build().reference()).isNotEmpty();
    }
}
