package dev.gantry.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowLevelSecurityCheckTest {
    private TestingDatabase testing;

    @BeforeEach
    void open() {
        testing = TestingDatabase.open();
    }

    @AfterEach
    void close() {
        testing.close();
    }

    @Test
    void shouldAcceptATableThatIsSealedOff() {
        testing.asOwner("""
                CREATE TABLE parents (id uuid PRIMARY KEY, organization_id uuid NOT NULL);
                CREATE TABLE things (
                    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    organization_id uuid NOT NULL,
                    parent uuid NOT NULL REFERENCES parents,
                    name text NOT NULL CHECK (name <> '')
                );
                """);
        seal("parents", "organization_id = gantry_organization()");
        seal("things", "organization_id = gantry_organization()");

        assertThat(check().verify()).containsExactly("parents", "things");
    }

    @Test
    void shouldFindATableWithoutRowLevelSecurity() {
        testing.asOwner("CREATE TABLE open_things (organization_id uuid NOT NULL)");

        assertThatThrownBy(() -> check().verify())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("open_things: row-level security is not both enabled and forced")
                .hasMessageContaining("open_things: another organization sees the row")
                .hasMessageContaining("open_things: no organization can add a row to it");
    }

    @Test
    void shouldFindAPolicyThatLetsWritesThrough() {
        testing.asOwner("CREATE TABLE half (organization_id uuid NOT NULL)");
        seal("half", "organization_id = gantry_organization()");
        testing.asOwner("CREATE POLICY gap ON half FOR INSERT WITH CHECK (true)");

        assertThatThrownBy(() -> check().verify())
                .hasMessageContaining("half: another organization can add a row to it")
                .hasMessageNotContaining("sees");
    }

    @Test
    void shouldFindAPolicyThatHoldsOnlyWithinAnOrganization() {
        testing.asOwner("CREATE TABLE leaky (organization_id uuid NOT NULL)");
        seal("leaky", "organization_id = gantry_organization() OR gantry_organization() IS NULL");

        assertThatThrownBy(() -> check().verify())
                .hasMessageContaining("leaky: no organization sees the row")
                .hasMessageNotContaining("another organization");
    }

    @Test
    void shouldFindATableThatEveryoneMayEmpty() {
        testing.asOwner("CREATE TABLE fragile (organization_id uuid NOT NULL)");
        seal("fragile", "organization_id = gantry_organization()");
        testing.asOwner("GRANT TRUNCATE ON fragile TO gantry_app");

        assertThatThrownBy(() -> check().verify()).hasMessageContaining("fragile: another organization can empty");
    }

    @Test
    void shouldAskForATableToBeListedThatBelongsToNobody() {
        testing.asOwner("CREATE TABLE shared_facts (fact text)");

        assertThatThrownBy(() -> check().verify()).hasMessageContaining("shared_facts: has no organization_id");
        assertThat(new RowLevelSecurityCheck(testing.superuserJdbcUrl(), Set.of("shared_facts")).verify())
                .isEmpty();
    }

    private RowLevelSecurityCheck check() {
        return new RowLevelSecurityCheck(testing.superuserJdbcUrl(), Set.of());
    }

    private void seal(String table, String rule) {
        testing.asOwner("""
                ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY;
                ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;
                CREATE POLICY rule ON %1$s USING (%2$s) WITH CHECK (%2$s);
                """.formatted(table, rule));
    }
}
