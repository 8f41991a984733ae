package dev.gantry.corpus;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Keys and tokens in the forms that services document, and passwords as people make them. */
final class SecretValues {
    /** By kind; several forms of one kind have a number behind the name. */
    private static final Map<String, Function<Draw, String>> FORMS = forms();

    private static final List<String> NAMES = List.copyOf(FORMS.keySet());
    private static final List<String> WORDS = List.of(
            "Summer", "dragon", "Tiger", "monkey", "Welcome", "qwerty", "Berlin", "sunshine", "Falcon", "coffee");

    private SecretValues() {}

    /** A token that tells by itself what it is. */
    static Value token(Draw draw) {
        return token(draw.of(NAMES), draw);
    }

    /** Returns the forms of tokens, each of which is to be found. */
    static List<String> names() {
        return NAMES;
    }

    static Value token(String name, Draw draw) {
        Function<Draw, String> form = Objects.requireNonNull(FORMS.get(name), name);
        return new Value(name.replaceAll("[0-9]+$", ""), form.apply(draw));
    }

    private static Map<String, Function<Draw, String>> forms() {
        Map<String, Function<Draw, String>> forms = new LinkedHashMap<>();
        forms.put("aws_access_key1", draw -> "AKIA" + draw.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16));
        forms.put("aws_access_key2", draw -> "ASIA" + draw.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16));
        forms.put("google_api_key", draw -> "AIzaSy" + draw.some(Draw.BASE64URL, 33));
        forms.put("google_oauth_token", draw -> "ya29.a0A" + draw.some(Draw.BASE64URL, 160));
        forms.put("google_oauth_secret", draw -> "GOCSPX-" + draw.some(Draw.BASE64URL, 28));
        forms.put("digitalocean_token", draw -> "dop_v1_" + draw.some(Draw.HEX, 64));
        forms.put("heroku_key", draw -> "HRKU-" + draw.like("hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"));
        forms.put("databricks_token", draw -> "dapi" + draw.some(Draw.HEX, 32));
        forms.put("anthropic_key", draw -> "sk-ant-api03-" + draw.some(Draw.BASE64URL, 93) + "AA");
        forms.put(
                "openai_key1",
                draw -> "sk-proj-" + draw.some(Draw.BASE64URL, 74) + "T3BlbkFJ" + draw.some(Draw.BASE64URL, 73) + "A");
        forms.put(
                "openai_key2",
                draw -> "sk-" + draw.some(Draw.ALPHANUMERIC, 20) + "T3BlbkFJ" + draw.some(Draw.ALPHANUMERIC, 20));
        forms.put("openai_key3", draw -> "sk-svcacct-" + draw.some(Draw.BASE64URL, 100) + "A");
        forms.put("openrouter_key", draw -> "sk-or-v1-" + draw.some(Draw.HEX, 64));
        forms.put("huggingface_token", draw -> "hf_" + draw.some(Draw.UPPER + Draw.LOWER, 34));
        forms.put("groq_key", draw -> "gsk_" + draw.some(Draw.ALPHANUMERIC, 52));
        forms.put("perplexity_key", draw -> "pplx-" + draw.some(Draw.ALPHANUMERIC, 48));
        forms.put("replicate_token", draw -> "r8_" + draw.some(Draw.ALPHANUMERIC, 37));
        forms.put("xai_key", draw -> "xai-" + draw.some(Draw.ALPHANUMERIC, 80));
        forms.put("nvidia_key", draw -> "nvapi-" + draw.some(Draw.BASE64URL, 63) + "x");
        forms.put("github_token1", draw -> "ghp_" + draw.some(Draw.ALPHANUMERIC, 36));
        forms.put("github_token2", draw -> "gho_" + draw.some(Draw.ALPHANUMERIC, 36));
        forms.put("github_token3", draw -> "ghs_" + draw.some(Draw.ALPHANUMERIC, 36));
        forms.put(
                "github_token4",
                draw -> "github_pat_" + draw.some(Draw.ALPHANUMERIC, 22) + "_" + draw.some(Draw.ALPHANUMERIC, 59));
        forms.put("gitlab_token1", draw -> "glpat-" + draw.some(Draw.BASE64URL, 19) + "7");
        forms.put("gitlab_token2", draw -> "glptt-" + draw.some(Draw.HEX, 40));
        forms.put(
                "atlassian_token",
                draw -> "ATATT3xFfGF0" + draw.some(Draw.BASE64URL, 170) + "=" + draw.some("0123456789ABCDEF", 8));
        forms.put(
                "bitbucket_token",
                draw -> "ATBB" + draw.some(Draw.ALPHANUMERIC, 24) + draw.some("0123456789ABCDEF", 8));
        forms.put("npm_token", draw -> "npm_" + draw.some(Draw.ALPHANUMERIC, 36));
        forms.put("pypi_token", draw -> "pypi-AgEIcHlwaS5vcmc" + draw.some(Draw.BASE64URL, 139) + "w");
        forms.put("rubygems_key", draw -> "rubygems_" + draw.some(Draw.HEX, 48));
        forms.put("docker_token", draw -> "dckr_pat_" + draw.some(Draw.BASE64URL, 26) + "w");
        forms.put(
                "terraform_token",
                draw -> draw.some(Draw.ALPHANUMERIC, 14) + ".atlasv1." + draw.some(Draw.ALPHANUMERIC, 67));
        forms.put("vault_token", draw -> "hvs." + draw.some(Draw.ALPHANUMERIC, 24));
        forms.put("pulumi_token", draw -> "pul-" + draw.some(Draw.HEX, 40));
        forms.put("postman_key", draw -> "PMAK-" + draw.some(Draw.HEX, 24) + "-" + draw.some(Draw.HEX, 34));
        forms.put("doppler_token", draw -> "dp.pt." + draw.some(Draw.ALPHANUMERIC, 43));
        forms.put(
                "slack_token1",
                draw -> "xoxb-" + draw.digits(12) + "-" + draw.digits(13) + "-" + draw.some(Draw.ALPHANUMERIC, 24));
        forms.put(
                "slack_token2",
                draw -> "xoxp-" + draw.digits(11) + "-" + draw.digits(11) + "-" + draw.digits(13) + "-"
                        + draw.some(Draw.HEX, 32));
        forms.put(
                "slack_token3",
                draw -> "xapp-1-" + draw.like("AXXXXXXXXXX") + "-" + draw.digits(13) + "-" + draw.some(Draw.HEX, 64));
        forms.put(
                "sendgrid_key",
                draw -> "SG." + draw.some(Draw.BASE64URL, 21) + "x." + draw.some(Draw.BASE64URL, 42) + "y");
        forms.put("mailgun_key", draw -> "key-" + draw.some(Draw.HEX, 32));
        forms.put("mailchimp_key", draw -> draw.some(Draw.HEX, 32) + "-us" + draw.number(1, 21));
        forms.put(
                "sendinblue_key",
                draw -> "xkeysib-" + draw.some(Draw.HEX, 64) + "-" + draw.some(Draw.ALPHANUMERIC, 16));
        forms.put("stripe_key1", draw -> "sk_live_" + draw.some(Draw.ALPHANUMERIC, 24));
        forms.put("stripe_key2", draw -> "sk_test_51" + draw.some(Draw.ALPHANUMERIC, 97));
        forms.put("stripe_key3", draw -> "rk_live_" + draw.some(Draw.ALPHANUMERIC, 24));
        forms.put("webhook_secret", draw -> "whsec_" + draw.some(Draw.ALPHANUMERIC, 32));
        forms.put("square_token", draw -> "EAAA" + draw.some(Draw.BASE64URL, 59) + "x");
        forms.put("shopify_token", draw -> "shpat_" + draw.some(Draw.HEX, 32));
        forms.put("grafana_token", draw -> "glsa_" + draw.some(Draw.ALPHANUMERIC, 32) + "_" + draw.some(Draw.HEX, 8));
        forms.put("newrelic_key", draw -> "NRAK-" + draw.some(Draw.UPPER + Draw.DIGITS, 27));
        forms.put(
                "dynatrace_token",
                draw -> "dt0c01." + draw.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 24) + "."
                        + draw.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 64));
        forms.put("linear_key", draw -> "lin_api_" + draw.some(Draw.ALPHANUMERIC, 40));
        forms.put("notion_token", draw -> "ntn_" + draw.digits(11) + draw.some(Draw.ALPHANUMERIC, 35));
        forms.put("figma_token", draw -> "figd_" + draw.some(Draw.BASE64URL, 39) + "x");
        forms.put("airtable_token", draw -> "pat" + draw.some(Draw.ALPHANUMERIC, 14) + "." + draw.some(Draw.HEX, 64));
        forms.put("hubspot_token", draw -> "pat-na1-" + draw.like("hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"));
        forms.put("planetscale_token", draw -> "pscale_tkn_" + draw.some(Draw.BASE64URL, 42) + "x");
        forms.put("supabase_token", draw -> "sbp_" + draw.some(Draw.HEX, 40));
        forms.put("typeform_token", draw -> "tfp_" + draw.some(Draw.BASE64URL, 43) + "x");
        forms.put(
                "tailscale_key",
                draw -> "tskey-auth-k" + draw.some(Draw.ALPHANUMERIC, 11) + "CNTRL-"
                        + draw.some(Draw.ALPHANUMERIC, 32));
        forms.put("netlify_token", draw -> "nfp_" + draw.some(Draw.ALPHANUMERIC, 36));
        forms.put("sonar_token", draw -> "squ_" + draw.some(Draw.HEX, 40));
        forms.put(
                "resend_key", draw -> "re_" + draw.some(Draw.ALPHANUMERIC, 8) + "_" + draw.some(Draw.ALPHANUMERIC, 24));
        forms.put("artifactory_key", draw -> "AKCp" + draw.some(Draw.ALPHANUMERIC, 69));
        forms.put("dropbox_token", draw -> "sl." + draw.some(Draw.BASE64URL, 135) + "x");
        forms.put(
                "pinecone_key",
                draw -> "pcsk_" + draw.some(Draw.ALPHANUMERIC, 6) + "_" + draw.some(Draw.ALPHANUMERIC, 63));
        forms.put("discord_token", draw -> discordToken(draw));
        forms.put(
                "azure_client_secret",
                draw -> draw.some(Draw.ALPHANUMERIC, 3) + draw.digits(1) + "Q~" + draw.some(Draw.BASE64URL, 33) + "x");
        forms.put("jwt", SecretValues::jwt);
        forms.put("bot_token", draw -> draw.digits(10) + ":AA" + draw.some(Draw.BASE64URL, 33));
        forms.put(
                "webhook_url1",
                draw -> "https://hooks.slack.com/services/" + draw.like("TXXXXXXXX") + "/" + draw.like("BXXXXXXXXXX")
                        + "/" + draw.some(Draw.ALPHANUMERIC, 24));
        forms.put(
                "webhook_url2",
                draw -> "https://discord.com/api/webhooks/" + draw.digits(18) + "/" + draw.some(Draw.BASE64URL, 67)
                        + "x");
        forms.put("private_key1", draw -> privateKey("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEA", draw));
        forms.put("private_key2", draw -> privateKey("PRIVATE KEY", "MIIEvQIBADANBgkq", draw));
        forms.put("private_key3", draw -> privateKey("OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXkt", draw));
        forms.put("private_key4", draw -> privateKey("EC PRIVATE KEY", "MHcCAQEEI", draw));
        return forms;
    }

    private static String discordToken(Draw draw) {
        String id = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(draw.like("1#################").getBytes(StandardCharsets.US_ASCII));
        return id + "." + draw.some(Draw.ALPHANUMERIC, 6) + "." + draw.some(Draw.BASE64URL, 37) + "x";
    }

    private static String jwt(Draw draw) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String head = "{\"alg\":\"" + draw.of("HS256", "RS256", "ES256") + "\",\"typ\":\"JWT\"}";
        String claims = "{\"sub\":\"" + draw.digits(10) + "\",\"iat\":17" + draw.digits(8) + "}";
        return encoder.encodeToString(head.getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + "." + draw.some(Draw.BASE64URL, 42)
                + "x";
    }

    private static String privateKey(String name, String begin, Draw draw) {
        List<String> lines = new ArrayList<>();
        lines.add("-----BEGIN " + name + "-----");
        lines.add(begin + draw.some(Draw.BASE64, 64 - begin.length()));
        for (int line = draw.number(2, 8); line > 0; line--) {
            lines.add(draw.some(Draw.BASE64, 64));
        }
        lines.add(draw.some(Draw.BASE64, 30) + "==");
        lines.add("-----END " + name + "-----");
        return String.join("\n", lines);
    }

    /** A password of a person's own making, with a digit and often a sign. */
    static String password(Draw draw) {
        return switch (draw.number(0, 5)) {
            case 0, 1 -> draw.of(WORDS) + draw.number(1, 2029) + draw.of("!", "#", "", "$", "?!");
            case 2 -> draw.some(Draw.ALPHANUMERIC, 11) + draw.digits(1);
            case 3 -> draw.of(WORDS).replace('o', '0').replace('e', '3').replace('a', '@') + draw.digits(2);
            case 4 -> draw.some(Draw.ALPHANUMERIC + "!#%*-_+", 14) + "7k";
            default -> draw.of(WORDS) + "-" + draw.of(WORDS) + "-" + draw.digits(3);
        };
    }

    /** A key of no service's own form: drawn at random, hexadecimal, base64 or plain. */
    static String randomKey(Draw draw) {
        return switch (draw.number(0, 4)) {
            case 0 -> draw.some(Draw.HEX, draw.of(32, 40, 64));
            case 1 -> draw.some(Draw.BASE64, 43) + "=";
            case 2 -> draw.some(Draw.BASE64, 40);
            case 3 -> draw.some(Draw.LOWER + Draw.DIGITS, 32);
            default -> draw.some(Draw.ALPHANUMERIC, draw.number(24, 48));
        };
    }
}
