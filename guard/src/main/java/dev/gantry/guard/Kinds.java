package dev.gantry.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The built-in kinds. A new detector adds its kind here; everything else follows from this table. */
final class Kinds {
    private static final String PII = "pii";
    private static final String FINANCIAL = "financial";
    private static final String HEALTH = "health";
    private static final String NETWORK = "network";
    private static final String GOVERNMENT = "government_id";
    /** The group that the guides call {@code api_keys}: every kind of secret. */
    static final String API_KEYS = "api_keys";
    /** Another name for the same group. */
    static final String SECRETS = "secrets";

    private static final List<Kind> ALL = new ArrayList<>();

    static final Kind CREDIT_CARD = kind("credit_card", PII, FINANCIAL);
    static final Kind SSN = kind("ssn", PII, GOVERNMENT);
    static final Kind ITIN = kind("itin", PII, GOVERNMENT);
    static final Kind IBAN = kind("iban", PII, FINANCIAL);
    static final Kind PHONE = kind("phone", PII);
    static final Kind EMAIL = kind("email", PII);
    static final Kind IP_ADDRESS = kind("ip_address", PII, NETWORK);
    static final Kind MAC_ADDRESS = kind("mac_address", PII, NETWORK);
    static final Kind URL_CREDENTIALS = kind("url_credentials", API_KEYS, SECRETS);
    static final Kind DATE_OF_BIRTH = kind("date_of_birth", PII);
    static final Kind MEDICAL_RECORD = kind("medical_record", PII, HEALTH);
    static final Kind NPI = kind("npi", PII, HEALTH);
    static final Kind MBI = kind("mbi", PII, HEALTH);
    static final Kind INSURANCE_ID = kind("insurance_id", PII, HEALTH);
    static final Kind PASSPORT = kind("passport", PII, GOVERNMENT);
    static final Kind DRIVER_LICENSE = kind("driver_license", PII, GOVERNMENT);
    static final Kind CRYPTO_ADDRESS = kind("crypto_address", PII, FINANCIAL);
    static final Kind PERSON = kind("person", PII);
    static final Kind ADDRESS = kind("address", PII);

    static final Kind PRIVATE_KEY = kind("private_key", API_KEYS, SECRETS);
    static final Kind SECRET_ASSIGNMENT = kind("secret_assignment", API_KEYS, SECRETS);
    static final Kind WEBHOOK_URL = kind("webhook_url", API_KEYS, SECRETS);
    static final Kind BOT_TOKEN = kind("bot_token", API_KEYS, SECRETS);

    /** One for each service in {@link SecretFormat}. */
    private static final Map<String, Kind> SECRET_FORMATS = secretFormats();

    // Found in input rather than about people; not part of any group.
    static final Kind CONTROL_CHARACTERS = kind("control_characters");
    static final Kind BIDI_OVERRIDES = kind("bidi_overrides");
    static final Kind ZERO_WIDTH = kind("zero_width");

    /** Words that try to turn a model against its instructions; by rules of their own. */
    static final Kind PROMPT_INJECTION = kind("prompt_injection");

    /**
     * What looks like something else and is nothing of interest: a UUID, a timestamp, a hash. A detector that is sure of
     * it claims the text, so that no other kind is seen in it. Never acted upon.
     */
    static final Kind HARMLESS = kind("harmless");

    private Kinds() {}

    /** Returns all of them; a kind's place is its index. */
    static List<Kind> all() {
        return List.copyOf(ALL);
    }

    /** Returns the kind of a {@link SecretFormat}. */
    static Kind secret(String id) {
        return Objects.requireNonNull(SECRET_FORMATS.get(id), id);
    }

    private static Map<String, Kind> secretFormats() {
        Map<String, Kind> kinds = new HashMap<>();
        for (SecretFormat format : SecretFormat.ALL) {
            kinds.computeIfAbsent(format.id(), id -> kind(id, API_KEYS, SECRETS));
        }
        for (String id : List.of("azure_client_secret", "discord_token")) {
            kinds.computeIfAbsent(id, name -> kind(name, API_KEYS, SECRETS));
        }
        return kinds;
    }

    private static Kind kind(String id, String... groups) {
        Kind kind = new Kind(ALL.size(), id, id.toUpperCase(Locale.ROOT), List.of(groups));
        ALL.add(kind);
        return kind;
    }
}
