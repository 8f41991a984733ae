package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.List;
import java.util.Optional;

/**
 * How strongly people have to prove to a provider who they are.
 *
 * @param acr classes of the authentication context of which one has to be named; none is required when empty
 * @param amr means of which one has to have been used; none is required when empty
 */
record RequiredAssurance(List<String> acr, List<String> amr) {
    private static final int VALUES_MAX = 20;

    /** Copies the lists. */
    RequiredAssurance {
        acr = List.copyOf(acr);
        amr = List.copyOf(amr);
    }

    /**
     * Refuses what no provider could be asked for.
     *
     * @throws IllegalArgumentException if a value could never be named, or there are more than twenty
     */
    static void check(String name, List<String> values) {
        // They are asked for in a list that spaces divide.
        if (values.size() > VALUES_MAX || values.stream().anyMatch(value -> !value.matches("[\\x21-\\x7e]{1,255}"))) {
            throw new IllegalArgumentException(
                    name + " has at most " + VALUES_MAX + " values, each of 1 to 255 visible ASCII characters");
        }
    }

    /** Returns what a request asks for, divided by spaces; empty for nothing. Providers may do less, and say so. */
    Optional<String> acrValues() {
        return acr.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", acr));
    }

    /**
     * Refuses who did not prove who they are as strongly as that.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED}, with a message for them
     */
    void require(Assurance given) {
        String said = given.acr();
        if (!acr.isEmpty() && (said == null || !acr.contains(said))) {
            throw tooWeak("acr " + String.join(" or ", acr) + ", and it says " + (said == null ? "none" : said));
        }
        if (!amr.isEmpty() && given.amr().stream().noneMatch(amr::contains)) {
            throw tooWeak("amr " + String.join(" or ", amr) + ", and it says "
                    + (given.amr().isEmpty() ? "none" : String.join(", ", given.amr())));
        }
    }

    private static GantryException tooWeak(String expected) {
        return new GantryException(
                ErrorCode.UNAUTHENTICATED,
                "Signing in here takes a stronger proof of who you are, such as a second factor: the identity provider has to"
                        + " say " + expected
                        + ". Begin again and prove it there, or ask an administrator to have the provider"
                        + " require it");
    }
}
