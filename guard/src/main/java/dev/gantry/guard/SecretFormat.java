package dev.gantry.guard;

import java.util.List;

/**
 * How the secrets of one service look: a beginning that says whose they are, and a body of so many characters. Written
 * from the services' own documentation; what a service calls its keys is its own.
 *
 * @param id of the kind
 * @param prefix the beginning; upper and lower case are different
 * @param alphabet what the body consists of
 * @param bodyMin characters of the body at least
 * @param bodyMax characters of the body at most
 * @param confidence in percent
 */
record SecretFormat(String id, String prefix, Alphabet alphabet, int bodyMin, int bodyMax, int confidence) {
    /** Characters of a body. */
    enum Alphabet {
        /** Letters and digits. */
        ALPHANUMERIC(""),
        /** Digits and the letters a to f. */
        HEX(""),
        /** Capital letters and digits. */
        UPPER(""),
        /** Letters, digits, hyphens and low lines. */
        BASE64URL("-_"),
        /** The same with full stops between parts. */
        DOTTED("-_."),
        /** Letters, digits, hyphens and low lines, and a check behind an equals sign. */
        CHECKED("-_="),
        /** Letters, digits, and the signs of base64. */
        BASE64("+/=");

        private final String signs;

        Alphabet(String signs) {
            this.signs = signs;
        }

        boolean contains(int value) {
            return switch (this) {
                case HEX -> Bytes.isHex(value);
                case UPPER -> Bytes.isUpper(value) || Bytes.isDigit(value);
                default -> Bytes.isAlphanumeric(value) || (value > 0 && signs.indexOf(value) >= 0);
            };
        }

        /** Returns whether a body may end where this character follows. */
        boolean endsBefore(int value) {
            return !Bytes.isAlphanumeric(value) && (this == ALPHANUMERIC || value != '_');
        }
    }

    /** All of them. */
    static final List<SecretFormat> ALL = List.of(
            // Clouds
            exact("aws_access_key", "AKIA", Alphabet.UPPER, 16),
            exact("aws_access_key", "ASIA", Alphabet.UPPER, 16),
            exact("aws_access_key", "ABIA", Alphabet.UPPER, 16),
            exact("aws_access_key", "ACCA", Alphabet.UPPER, 16),
            of("aws_bedrock_key", "ABSK", Alphabet.BASE64, 100, 300),
            of("google_api_key", "AIza", Alphabet.BASE64URL, 35, 36),
            of("google_oauth_token", "ya29.", Alphabet.DOTTED, 20, 400),
            of("google_oauth_secret", "GOCSPX-", Alphabet.BASE64URL, 24, 40),
            of("alibaba_access_key", "LTAI", Alphabet.ALPHANUMERIC, 12, 26),
            of("tencent_secret_id", "AKID", Alphabet.ALPHANUMERIC, 28, 36),
            of("digitalocean_token", "dop_v1_", Alphabet.HEX, 64, 64),
            of("digitalocean_token", "doo_v1_", Alphabet.HEX, 64, 64),
            of("digitalocean_token", "dor_v1_", Alphabet.HEX, 64, 64),
            of("heroku_key", "HRKU-", Alphabet.BASE64URL, 36, 80),
            of("flyio_token", "fo1_", Alphabet.BASE64URL, 30, 100),
            of("databricks_token", "dapi", Alphabet.HEX, 32, 34),
            of("planetscale_token", "pscale_tkn_", Alphabet.DOTTED, 30, 80),
            of("supabase_token", "sbp_", Alphabet.HEX, 40, 48),
            of("supabase_token", "sb_secret_", Alphabet.BASE64URL, 20, 60),
            // Models
            of("anthropic_key", "sk-ant-", Alphabet.BASE64URL, 24, 200),
            of("openai_key", "sk-proj-", Alphabet.BASE64URL, 24, 200),
            of("openai_key", "sk-svcacct-", Alphabet.BASE64URL, 24, 200),
            of("openai_key", "sk-admin-", Alphabet.BASE64URL, 24, 200),
            of("openrouter_key", "sk-or-", Alphabet.BASE64URL, 24, 100),
            of("openai_key", "sk-", Alphabet.ALPHANUMERIC, 20, 64),
            of("huggingface_token", "hf_", Alphabet.ALPHANUMERIC, 30, 48),
            of("groq_key", "gsk_", Alphabet.ALPHANUMERIC, 40, 64),
            of("xai_key", "xai-", Alphabet.ALPHANUMERIC, 60, 100),
            of("perplexity_key", "pplx-", Alphabet.ALPHANUMERIC, 40, 64),
            of("replicate_token", "r8_", Alphabet.ALPHANUMERIC, 36, 42),
            of("nvidia_key", "nvapi-", Alphabet.BASE64URL, 50, 80),
            of("langsmith_key", "lsv2_", Alphabet.BASE64URL, 40, 80),
            of("gantry_key", "gk_", Alphabet.BASE64URL, 30, 100),
            // Code
            of("github_token", "ghp_", Alphabet.ALPHANUMERIC, 36, 255),
            of("github_token", "gho_", Alphabet.ALPHANUMERIC, 36, 255),
            of("github_token", "ghu_", Alphabet.ALPHANUMERIC, 36, 255),
            of("github_token", "ghs_", Alphabet.ALPHANUMERIC, 36, 255),
            of("github_token", "ghr_", Alphabet.ALPHANUMERIC, 36, 255),
            of("github_token", "github_pat_", Alphabet.BASE64URL, 40, 255),
            of("gitlab_token", "glpat-", Alphabet.DOTTED, 20, 300),
            of("gitlab_token", "gldt-", Alphabet.DOTTED, 20, 80),
            of("gitlab_token", "glrt-", Alphabet.DOTTED, 20, 80),
            of("gitlab_token", "glptt-", Alphabet.HEX, 40, 40),
            of("atlassian_token", "ATATT3", Alphabet.CHECKED, 60, 400),
            of("npm_token", "npm_", Alphabet.ALPHANUMERIC, 36, 40),
            of("pypi_token", "pypi-", Alphabet.BASE64URL, 50, 300),
            of("rubygems_key", "rubygems_", Alphabet.HEX, 48, 48),
            of("crates_token", "cio", Alphabet.ALPHANUMERIC, 32, 32),
            of("docker_token", "dckr_pat_", Alphabet.BASE64URL, 24, 60),
            of("docker_token", "dckr_oat_", Alphabet.BASE64URL, 24, 60),
            of("terraform_token", "atlasv1.", Alphabet.BASE64URL, 50, 80),
            of("vault_token", "hvs.", Alphabet.BASE64URL, 20, 200),
            of("vault_token", "hvb.", Alphabet.BASE64URL, 80, 250),
            of("pulumi_token", "pul-", Alphabet.HEX, 40, 40),
            of("sourcegraph_token", "sgp_", Alphabet.BASE64URL, 40, 64),
            of("postman_key", "PMAK-", Alphabet.BASE64URL, 50, 70),
            of("doppler_token", "dp.pt.", Alphabet.ALPHANUMERIC, 40, 48),
            of("doppler_token", "dp.st.", Alphabet.DOTTED, 40, 64),
            of("onepassword_token", "ops_", Alphabet.BASE64URL, 200, 480),
            of("age_secret_key", "AGE-SECRET-KEY-1", Alphabet.UPPER, 58, 58),
            // Messages and mail
            of("slack_token", "xoxb-", Alphabet.BASE64URL, 20, 120),
            of("slack_token", "xoxp-", Alphabet.BASE64URL, 20, 120),
            of("slack_token", "xoxa-", Alphabet.BASE64URL, 20, 120),
            of("slack_token", "xoxs-", Alphabet.BASE64URL, 20, 120),
            of("slack_token", "xoxr-", Alphabet.BASE64URL, 20, 120),
            of("slack_token", "xapp-", Alphabet.BASE64URL, 20, 120),
            of("sendgrid_key", "SG.", Alphabet.DOTTED, 40, 80),
            of("mailgun_key", "key-", Alphabet.HEX, 32, 32),
            of("mailchimp_key", "md-", Alphabet.ALPHANUMERIC, 22, 22),
            of("sendinblue_key", "xkeysib-", Alphabet.BASE64URL, 70, 100),
            of("telnyx_key", "KEY0", Alphabet.BASE64URL, 50, 60),
            // Payments and shops
            of("stripe_key", "sk_live_", Alphabet.ALPHANUMERIC, 16, 250),
            of("stripe_key", "sk_test_", Alphabet.ALPHANUMERIC, 16, 250),
            of("stripe_key", "rk_live_", Alphabet.ALPHANUMERIC, 16, 250),
            of("stripe_key", "rk_test_", Alphabet.ALPHANUMERIC, 16, 250),
            of("webhook_secret", "whsec_", Alphabet.BASE64, 24, 80),
            of("square_token", "sq0atp-", Alphabet.BASE64URL, 22, 64),
            of("square_token", "sq0csp-", Alphabet.BASE64URL, 43, 64),
            of("square_token", "EAAA", Alphabet.BASE64URL, 58, 64),
            of("shopify_token", "shpat_", Alphabet.HEX, 32, 32),
            of("shopify_token", "shpca_", Alphabet.HEX, 32, 32),
            of("shopify_token", "shppa_", Alphabet.HEX, 32, 32),
            of("shopify_token", "shpss_", Alphabet.HEX, 32, 32),
            of("razorpay_key", "rzp_live_", Alphabet.ALPHANUMERIC, 14, 20),
            of("flutterwave_key", "FLWSECK", Alphabet.BASE64URL, 12, 60),
            of("easypost_key", "EZAK", Alphabet.ALPHANUMERIC, 54, 54),
            // Operations and tools
            of("grafana_token", "glsa_", Alphabet.BASE64URL, 40, 48),
            of("grafana_token", "glc_", Alphabet.BASE64, 32, 400),
            of("sentry_token", "sntrys_", Alphabet.BASE64, 60, 400),
            of("sentry_token", "sntryu_", Alphabet.HEX, 64, 64),
            of("newrelic_key", "NRAK-", Alphabet.ALPHANUMERIC, 27, 27),
            of("newrelic_key", "NRII-", Alphabet.BASE64URL, 32, 32),
            of("dynatrace_token", "dt0c01.", Alphabet.DOTTED, 80, 100),
            of("linear_key", "lin_api_", Alphabet.ALPHANUMERIC, 40, 48),
            of("notion_token", "ntn_", Alphabet.ALPHANUMERIC, 40, 50),
            of("figma_token", "figd_", Alphabet.BASE64URL, 40, 48),
            of("airtable_token", "pat", Alphabet.DOTTED, 79, 79),
            of("hubspot_token", "pat-na1-", Alphabet.BASE64URL, 36, 36),
            of("hubspot_token", "pat-eu1-", Alphabet.BASE64URL, 36, 36),
            of("contentful_token", "CFPAT-", Alphabet.BASE64URL, 43, 43),
            of("typeform_token", "tfp_", Alphabet.DOTTED, 44, 64),
            of("facebook_token", "EAACEdEose0cBA", Alphabet.ALPHANUMERIC, 20, 300),
            of("mapbox_token", "sk.eyJ", Alphabet.DOTTED, 60, 250),
            of("bitbucket_token", "ATBB", Alphabet.ALPHANUMERIC, 28, 40),
            of("atlassian_token", "ATCTT3", Alphabet.CHECKED, 60, 400),
            of("tailscale_key", "tskey-", Alphabet.BASE64URL, 24, 80),
            of("netlify_token", "nfp_", Alphabet.ALPHANUMERIC, 36, 44),
            of("sonar_token", "squ_", Alphabet.HEX, 40, 40),
            of("sonar_token", "sqp_", Alphabet.HEX, 40, 40),
            of("sonar_token", "sqa_", Alphabet.HEX, 40, 40),
            of("resend_key", "re_", Alphabet.BASE64URL, 32, 40),
            of("artifactory_key", "AKCp", Alphabet.ALPHANUMERIC, 60, 80),
            of("artifactory_token", "cmVmd", Alphabet.ALPHANUMERIC, 59, 59),
            of("dropbox_token", "sl.", Alphabet.BASE64URL, 130, 2_000),
            of("pinecone_key", "pcsk_", Alphabet.BASE64URL, 60, 80),
            of("render_key", "rnd_", Alphabet.ALPHANUMERIC, 28, 40),
            of("elevenlabs_key", "sk_", Alphabet.HEX, 48, 48),
            of("fireworks_key", "fw_", Alphabet.ALPHANUMERIC, 22, 40),
            of("tavily_key", "tvly-", Alphabet.BASE64URL, 28, 60),
            of("langfuse_key", "sk-lf-", Alphabet.BASE64URL, 36, 36),
            of("deepinfra_key", "csk-", Alphabet.ALPHANUMERIC, 40, 60),
            of("circleci_token", "CCIPAT_", Alphabet.BASE64URL, 50, 90),
            of("circleci_token", "CCIPRJ_", Alphabet.BASE64URL, 50, 90),
            of("buildkite_token", "bkua_", Alphabet.HEX, 40, 40),
            of("prefect_token", "pnu_", Alphabet.ALPHANUMERIC, 36, 36),
            of("readme_key", "rdme_", Alphabet.ALPHANUMERIC, 60, 80),
            of("clojars_token", "CLOJARS_", Alphabet.ALPHANUMERIC, 60, 60),
            of("adafruit_key", "aio_", Alphabet.ALPHANUMERIC, 28, 28),
            of("shippo_token", "shippo_live_", Alphabet.HEX, 40, 40),
            of("plaid_token", "access-production-", Alphabet.BASE64URL, 36, 36),
            of("plaid_token", "access-sandbox-", Alphabet.BASE64URL, 36, 36),
            of("duffel_token", "duffel_live_", Alphabet.BASE64URL, 43, 43),
            of("openshift_token", "sha256~", Alphabet.BASE64URL, 43, 43),
            of("azure_devops_token", "AZDO", Alphabet.ALPHANUMERIC, 70, 84),
            of("gitlab_token", "glsoat-", Alphabet.DOTTED, 20, 80),
            of("gitlab_token", "gloas-", Alphabet.HEX, 64, 64),
            of("gitlab_token", "glft-", Alphabet.DOTTED, 20, 80),
            of("gitlab_token", "glcbt-", Alphabet.DOTTED, 20, 80),
            of("vault_token", "hvr.", Alphabet.BASE64URL, 80, 250),
            of("doppler_token", "dp.ct.", Alphabet.DOTTED, 40, 64),
            of("doppler_token", "dp.sa.", Alphabet.DOTTED, 40, 64),
            of("slack_token", "xoxe.xox", Alphabet.BASE64URL, 60, 250),
            of("slack_token", "xoxe-", Alphabet.BASE64URL, 60, 250),
            of("slack_token", "xoxc-", Alphabet.BASE64URL, 40, 120),
            of("stripe_key", "sk_org_", Alphabet.ALPHANUMERIC, 16, 250),
            of("jwt", "eyJ", Alphabet.DOTTED, 30, 8_000));

    private static SecretFormat of(String id, String prefix, Alphabet alphabet, int bodyMin, int bodyMax) {
        return new SecretFormat(id, prefix, alphabet, bodyMin, bodyMax, 97);
    }

    private static SecretFormat exact(String id, String prefix, Alphabet alphabet, int body) {
        return of(id, prefix, alphabet, body, body);
    }
}
