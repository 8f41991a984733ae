package dev.gantry.accounts;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Section {@code accounts}: passwords and second factors that this installation keeps itself.
 *
 * @param password rules of passwords
 * @param mfa rules of second factors
 * @param passkeys where passkeys are good for
 */
public record AccountSettings(
        @Setting("Passwords: their rules, and what guessing them meets.")
        Passwords password,

        @Setting("Second factors after a password.") Mfa mfa,

        @Setting("Passkeys (WebAuthn), as second factor and as the only one.")
        Passkeys passkeys) {

    /**
     * Section {@code accounts.password}.
     *
     * @param minLength in characters
     * @param maxLength in characters; longer ones are refused, never cut
     * @param require kinds of characters that must occur
     * @param forbiddenWords words of which a password may not mainly consist
     * @param attemptsMax wrong attempts for one account from one address before these two are locked
     * @param accountAttemptsMax wrong attempts for one account from all addresses
     * @param addressAttemptsMax wrong attempts from one address for all accounts; 0 for no bound
     * @param lockout how long a lock lasts
     * @param memory of one computation of a hash
     * @param passes over that memory
     * @param parallelHashes computations at a time; 0 for one on each two processors
     * @param resetLifetime how long a token for choosing a password is good
     */
    public record Passwords(
            @Setting(value = "Shortest password", unit = "characters", defaultValue = "12", min = 8, max = 64)
            int minLength,

            @Setting(
                    value = "Longest password; longer ones are refused, never cut",
                    unit = "characters",
                    defaultValue = "256",
                    min = 64,
                    max = 1024)
            int maxLength,

            @Setting(
                    "Kinds of characters that must occur: lower, upper, digit, symbol. None is needed by default, as length"
                            + " and the list of common passwords protect better.")
            List<CharacterKind> require,

            @Setting(
                    "Words of which no password may mainly consist, such as the names of the company and its products.")
            List<String> forbiddenWords,

            @Setting(
                    value =
                            "Wrong attempts for one account from one address, after which that address is locked out of it.",
                    defaultValue = "5",
                    min = 1,
                    max = 100)
            int attemptsMax,

            @Setting(
                    value =
                            "Wrong attempts for one account from all addresses, after which only addresses from which it was"
                                    + " used within 30 days may try.",
                    defaultValue = "50",
                    min = 1,
                    max = 10_000)
            int accountAttemptsMax,

            @Setting(
                    value =
                            "Wrong attempts from one address for all accounts of an organization, after which it is locked"
                                    + " out; 0 for no bound, where all come from one proxy.",
                    defaultValue = "100",
                    min = 0,
                    max = 100_000)
            int addressAttemptsMax,

            @Setting(value = "How long a lock lasts.", defaultValue = "15m", min = 1000, max = 86_400_000)
            Duration lockout,

            @Setting(
                    value =
                            "Memory of one computation of a hash (Argon2id). Hashes of lower cost are made anew at the next"
                                    + " sign-in.",
                    defaultValue = "19Mi",
                    min = 7_340_032,
                    max = 1_073_741_824)
            DataSize memory,

            @Setting(value = "Passes of one computation over its memory.", defaultValue = "2", min = 1, max = 20)
            int passes,

            @Setting(
                    value = "Hashes computed at a time; others wait. 0 for one on each two processors.",
                    defaultValue = "0",
                    min = 0,
                    max = 256)
            int parallelHashes,

            @Setting(
                    value = "How long a token is good with which somebody chooses a password.",
                    defaultValue = "24h",
                    min = 60_000,
                    max = 604_800_000)
            Duration resetLifetime) {
        /** Copies the lists and refuses impossible lengths. */
        public Passwords {
            require = List.copyOf(require);
            forbiddenWords = forbiddenWords.stream()
                    .map(word -> word.strip().toLowerCase(Locale.ROOT))
                    .toList();
            if (forbiddenWords.stream().anyMatch(word -> word.length() < 3)) {
                throw new IllegalArgumentException("forbidden_words have at least three letters each");
            }
            if (minLength > maxLength) {
                throw new IllegalArgumentException("min_length is above max_length");
            }
        }

        /** Returns the same with other bounds, which another section says. */
        public Passwords with(int lengthMin, int attempts) {
            return new Passwords(
                    lengthMin,
                    Math.max(lengthMin, maxLength),
                    require,
                    forbiddenWords,
                    attempts,
                    Math.max(attempts, accountAttemptsMax),
                    addressAttemptsMax,
                    lockout,
                    memory,
                    passes,
                    parallelHashes,
                    resetLifetime);
        }
    }

    /** A kind of character that an operator may require. */
    public enum CharacterKind {
        /** A small letter. */
        LOWER,
        /** A capital letter. */
        UPPER,
        /** A digit. */
        DIGIT,
        /** Anything that is neither letter nor digit. */
        SYMBOL
    }

    /**
     * Section {@code accounts.mfa}.
     *
     * @param required whether a password alone does not suffice
     * @param issuer what authenticator applications show
     */
    public record Mfa(
            @Setting(
                    value =
                            "Whether everybody who signs in with a password needs a second factor as well; who has none sets"
                                    + " one up on the way. API keys and identity providers are not asked.",
                    defaultValue = "true")
            boolean required,

            @Setting(value = "The name that authenticator applications show.", defaultValue = "Gantry")
            String issuer) {
        /** Refuses names that the address of an enrolment cannot carry. */
        public Mfa {
            if (issuer.isBlank() || issuer.length() > 64 || issuer.indexOf(':') >= 0) {
                throw new IllegalArgumentException("issuer has 1 to 64 characters, none of them a colon");
            }
        }
    }

    /**
     * Section {@code accounts.passkeys}.
     *
     * @param relyingParty the domain for which passkeys are made
     * @param origins where the console is opened
     */
    public record Passkeys(
            @Setting(
                    value =
                            "The domain that passkeys are made for: that of the console, or one above it. Passkeys of another"
                                    + " domain do not work.",
                    defaultValue = "localhost")
            String relyingParty,

            @Setting(
                    "Where the console is opened, such as https://gantry.example.com. With none, https:// and the domain;"
                            + " for localhost any port of this machine.")
            List<String> origins) {
        private static final Set<String> SCHEMES = Set.of("https", "http");

        /** Refuses what is no origin. */
        public Passkeys {
            origins = List.copyOf(origins);
            for (String origin : origins) {
                int end = origin.indexOf("://");
                boolean usable = end > 0
                        && SCHEMES.contains(origin.substring(0, end))
                        && origin.indexOf('/', end + 3) < 0
                        && origin.length() > end + 3;
                if (!usable) {
                    throw new IllegalArgumentException("'" + origin
                            + "' is not an origin; write scheme, host and port, such as https://example.com");
                }
            }
        }
    }

    /** Returns the same with what another section says. */
    public AccountSettings with(Passwords passwords, boolean mfaRequired) {
        return new AccountSettings(passwords, new Mfa(mfaRequired, mfa.issuer()), passkeys);
    }
}
