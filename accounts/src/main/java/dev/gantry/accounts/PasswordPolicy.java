package dev.gantry.accounts;

import dev.gantry.accounts.AccountSettings.CharacterKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which passwords may be chosen: long ones that are not common. A password is common when it is on the list of common
 * ones, or when little else remains of it once figures and signs at its ends, usual substitutions ({@code 0} for
 * {@code o}) and repetitions are taken away; {@code Password-2026!} is as easy to guess as {@code password}. Immutable.
 */
final class PasswordPolicy {
    /** Fewer different characters than that are a pattern and not a password. */
    private static final int DIFFERENT_MIN = 5;

    private static final int CONTEXT_LENGTH_MIN = 4;

    /** How much must be left of a password without a word that is easily guessed. */
    private static final int LEFT_MIN = 8;

    private static final Map<Character, Character> SUBSTITUTES =
            Map.of('0', 'o', '1', 'i', '3', 'e', '4', 'a', '5', 's', '7', 't', '@', 'a', '$', 's', '!', 'i', '|', 'l');
    private static final List<String> ROWS = List.of(
            "abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm");
    private static final String PRODUCT = "gantry";

    private final AccountSettings.Passwords settings;

    PasswordPolicy(AccountSettings.Passwords settings) {
        this.settings = settings;
    }

    /**
     * Refuses a password that must not be chosen, saying everything that is wrong with it at once.
     *
     * @param field JSON pointer to it
     * @param account the user's name, of which the password must not mainly consist
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, never quoting the password
     */
    void require(String field, String password, String account) {
        List<FieldError> errors = new ArrayList<>();
        for (String problem : problems(password, account)) {
            errors.add(new FieldError(field, problem));
        }
        if (!errors.isEmpty()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "The password cannot be used: it "
                            + String.join(
                                    "; it ",
                                    errors.stream().map(FieldError::message).toList()),
                    errors,
                    null,
                    null);
        }
    }

    List<String> problems(String password, String account) {
        int length = password.codePointCount(0, password.length());
        if (length < settings.minLength() || length > settings.maxLength()) {
            return List.of("must have " + settings.minLength() + " to " + settings.maxLength() + " characters");
        }
        List<String> problems = new ArrayList<>();
        for (CharacterKind kind : settings.require()) {
            if (password.codePoints().noneMatch(letter -> is(kind, letter))) {
                problems.add("needs a character of kind " + kind.name().toLowerCase(Locale.ROOT));
            }
        }
        String lower = password.toLowerCase(Locale.ROOT);
        if (lower.codePoints().distinct().count() < DIFFERENT_MIN) {
            problems.add("needs at least " + DIFFERENT_MIN + " different characters");
        } else if (isPredictable(lower, account)) {
            problems.add("is among the first that somebody would guess; a few unrelated words make a good one");
        }
        return problems;
    }

    private static boolean is(CharacterKind kind, int letter) {
        return switch (kind) {
            case LOWER -> Character.isLowerCase(letter);
            case UPPER -> Character.isUpperCase(letter);
            case DIGIT -> Character.isDigit(letter);
            case SYMBOL -> !Character.isLetterOrDigit(letter);
        };
    }

    private boolean isPredictable(String lower, String account) {
        Set<String> forms = forms(lower);
        if (mainlyOf(forms, contextWords(account)) || forms.stream().anyMatch(PasswordPolicy::isRow)) {
            return true;
        }
        return !CommonPasswords.among(forms).isEmpty();
    }

    /** Returns the ways to read a password that a guessing program tries first. */
    private static Set<String> forms(String lower) {
        Set<String> forms = new HashSet<>();
        for (String text : List.of(lower, substituted(lower), withoutEnds(lower), substituted(withoutEnds(lower)))) {
            forms.add(text);
            forms.add(withoutEnds(text));
            forms.add(unit(text));
            forms.add(unit(withoutEnds(text)));
        }
        forms.removeIf(form -> form.length() < CONTEXT_LENGTH_MIN);
        return forms;
    }

    private static String substituted(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int index = 0; index < text.length(); index++) {
            plain.append(SUBSTITUTES.getOrDefault(text.charAt(index), text.charAt(index)));
        }
        return plain.toString();
    }

    /** Takes away what is no letter at both ends. */
    private static String withoutEnds(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && !Character.isLetter(text.charAt(from))) {
            from++;
        }
        while (to > from && !Character.isLetter(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Returns the part that a text repeats, or the text itself. */
    private static String unit(String text) {
        // A text is a repetition exactly when it occurs within itself doubled, before its end.
        int period = text.isEmpty() ? 0 : (text + text).indexOf(text, 1);
        return text.substring(0, period);
    }

    private static boolean isRow(String text) {
        String back = new StringBuilder(text).reverse().toString();
        return ROWS.stream().anyMatch(row -> (row + row).contains(text) || (row + row).contains(back));
    }

    private Set<String> contextWords(String account) {
        Set<String> words = new HashSet<>(settings.forbiddenWords());
        words.add(PRODUCT);
        String lower = account.toLowerCase(Locale.ROOT);
        words.add(lower);
        for (String word : lower.split("[@._+-]", -1)) {
            if (word.length() >= CONTEXT_LENGTH_MIN) {
                words.add(word);
            }
        }
        int at = lower.indexOf('@');
        if (at >= CONTEXT_LENGTH_MIN) {
            words.add(lower.substring(0, at));
        }
        return words;
    }

    /** Returns whether little is left of one of the forms without one of some words. */
    private static boolean mainlyOf(Set<String> forms, Set<String> words) {
        return forms.stream()
                .anyMatch(form -> words.stream()
                        .anyMatch(word ->
                                form.contains(word) && form.replace(word, "").length() < LEFT_MIN));
    }
}
