package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetSettingsTest {
    private static final String FABRIC = """
            # config/budgets.yaml
            budgets:
              organization:
                monthly_limit: 10000
                alert_threshold: 0.8

              teams:
                engineering:
                  monthly_limit: 5000
                research:
                  monthly_limit: 3000

              users:
                default_daily_limit: 50
                default_monthly_limit: 500
            """;
    private static final String GORGON = """
            TEAM_BUDGETS: {
                "team-a": {
                    "daily_limit": 100000,
                    "monthly_limit": 2000000,
                    "alert_threshold": 0.8,
                },
                "team-b": {
                    "daily_limit": 50000,
                    "monthly_limit": 1000000,
                    "alert_threshold": 0.8,
                },
            }
            """;

    private static Configuration load(String text) {
        ConfigSchema schema = ConfigSchema.builder()
                .section("budgets", BudgetSettings.class, "Budgets")
                .topLevel(BudgetTokenSettings.class)
                .spelling("TEAM_BUDGETS", "team_budgets")
                .check((configuration, complaints) -> configuration
                        .get("budgets", BudgetSettings.class)
                        .complain(configuration.get(BudgetTokenSettings.class), complaints))
                .build();
        return ConfigLoader.loadText("budgets.yaml", text, schema);
    }

    private static Long limit(Configuration configuration, BudgetKey key) {
        return new BudgetRules(
                        configuration.get("budgets", BudgetSettings.class),
                        configuration.get(BudgetTokenSettings.class))
                .find(key)
                .map(BudgetRule::limit)
                .orElse(-1L);
    }

    @Test
    void shouldReadTheFabricGuideAsPrinted() {
        Configuration read = load(FABRIC);

        assertThat(limit(read, new BudgetKey(BudgetLevel.ORGANIZATION, "", BudgetPeriod.MONTH, BudgetUnit.MICRO_USD)))
                .isEqualTo(10_000_000_000L);
        assertThat(limit(read, new BudgetKey(BudgetLevel.TEAM, "research", BudgetPeriod.MONTH, BudgetUnit.MICRO_USD)))
                .isEqualTo(3_000_000_000L);
        assertThat(limit(read, new BudgetKey(BudgetLevel.USER, "anyone", BudgetPeriod.DAY, BudgetUnit.MICRO_USD)))
                .isEqualTo(50_000_000L);
        assertThat(limit(read, new BudgetKey(BudgetLevel.TEAM, "other", BudgetPeriod.MONTH, BudgetUnit.MICRO_USD)))
                .isEqualTo(-1);
    }

    @Test
    void shouldReadTheTokenBudgetsOfTheGorgonGuideAsPrinted() {
        Configuration read = load(GORGON);

        assertThat(limit(read, new BudgetKey(BudgetLevel.TEAM, "team-a", BudgetPeriod.DAY, BudgetUnit.TOKENS)))
                .isEqualTo(100_000);
        assertThat(limit(read, new BudgetKey(BudgetLevel.TEAM, "team-b", BudgetPeriod.MONTH, BudgetUnit.TOKENS)))
                .isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "monthly_limit: -1 | budgets.yaml:3: budgets.organization.monthly_limit",
                "monthly_limit: .nan | budgets.yaml:3: budgets.organization.monthly_limit",
                "monthly_limit: .inf | budgets.yaml:3: budgets.organization.monthly_limit",
                "monthly_limit: 1e99 | budgets.yaml:3: budgets.organization.monthly_limit",
                "monthly_limit: ten | budgets.yaml:3: budgets.organization.monthly_limit",
                "monthly_limit: 0.0000001 | finer than a millionth of a dollar",
                "monthly_token_limit: 1.5 | budgets.yaml:3: budgets.organization.monthly_token_limit",
                "alert_threshold: 0 | alert_threshold must be above 0 and at most 1",
                "alert_threshold: 1.2 | alert_threshold must be above 0 and at most 1",
                "montly_limit: 1 | did you mean 'monthly_limit'"
            })
    void shouldRefuseImpossibleLimitsWithFileAndLine(String line, String expected) {
        assertThatThrownBy(() -> load("budgets:\n  organization:\n    " + line + "\n"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("budgets.yaml:")
                .hasMessageContaining(expected);
    }

    @Test
    void shouldRefuseWhatCanBeNoTeam() {
        assertThatThrownBy(() -> load("budgets:\n  teams:\n    \"Research & Co\":\n      monthly_limit: 1\n"))
                .hasMessageContaining("budgets.yaml:3:")
                .hasMessageContaining("is no name of a team");
        assertThatThrownBy(() -> load("team_budgets:\n  Team-A:\n    daily_limit: 1\n"))
                .hasMessageContaining("budgets.yaml:2:");
    }

    @Test
    void shouldRefuseTwoBoundsOnTheTokensOfATeam() {
        String twice = """
                budgets:
                  teams:
                    a1:
                      daily_token_limit: 1
                team_budgets:
                  a1:
                    daily_limit: 2
                """;
        assertThatThrownBy(() -> load(twice))
                .hasMessageContaining("budgets.yaml:6:")
                .hasMessageContaining("keep one of the two");
    }

    @Test
    void shouldRefuseUnknownZonesAndWebhooksWithoutASecretThatHolds() {
        assertThatThrownBy(() -> load("budgets:\n  time_zone: Europe/Atlantis\n"))
                .hasMessageContaining("is no time zone");
        Secret secret = Secret.of("0123456789abcdef");
        Duration timeout = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new BudgetWebhookSettings("https://example.com/", Secret.of("tiny-012"), timeout))
                .hasMessageContaining("at least 16 characters")
                .hasMessageNotContaining("tiny");
        assertThatThrownBy(() -> new BudgetWebhookSettings("ftp://example.com/", secret, timeout))
                .hasMessageContaining("http or https");
    }
}
