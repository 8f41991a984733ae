package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.Locale;

/** Who sees an asset besides its owners and the user whose namespace it lies in. */
public enum Visibility {
    /** Nobody else. */
    PRIVATE,
    /** The members of one team. */
    TEAM,
    /** Everybody in the organization. */
    ORGANIZATION;

    /** Returns the name in requests and replies, such as {@code team}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a name.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if there is none such
     */
    public static Visibility parse(String written) {
        for (Visibility visibility : values()) {
            if (visibility.id().equals(written)) {
                return visibility;
            }
        }
        throw new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + Text.shorten(written, 40) + "' is no visibility; there are private, team and organization");
    }
}
