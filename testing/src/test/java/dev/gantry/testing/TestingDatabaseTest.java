package dev.gantry.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class TestingDatabaseTest {
    @Test
    void shouldSeeOnlyTheOrganizationOfTheTransaction() {
        UUID organization = TestingDatabase.newOrganization();
        try (TestingDatabase testing = TestingDatabase.open()) {
            UUID inside = testing.database()
                    .inOrganization(
                            organization,
                            handle -> handle.createQuery("SELECT gantry_organization()")
                                    .mapTo(UUID.class)
                                    .one());
            Boolean outside = testing.database()
                    .unscoped(handle -> handle.createQuery("SELECT gantry_organization() IS NULL")
                            .mapTo(Boolean.class)
                            .one());

            assertThat(inside).isEqualTo(organization);
            assertThat(outside).isTrue();
        }
    }

    @Test
    void shouldKeepWhatATransactionWrote() {
        UUID organization = TestingDatabase.newOrganization();
        try (TestingDatabase testing = TestingDatabase.open()) {
            testing.asOwner("CREATE TABLE things (name text)");

            testing.database()
                    .inOrganization(organization, handle -> handle.execute("INSERT INTO things VALUES ('kept')"));

            String found = testing.database()
                    .unscoped(handle -> handle.createQuery("SELECT name FROM things")
                            .mapTo(String.class)
                            .one());
            assertThat(found).isEqualTo("kept");
        }
    }
}
