package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a browser goes after signing in: a path on this server, whatever a link says. Thread-safe. */
public final class ReturnPath {
    static final String DEFAULT = "/console/";

    /** No second slash, backslash or space, in which browsers see another host, and nothing that is not plain ASCII. */
    private static final Pattern PATH = Pattern.compile(
            "/(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]++/?)*(?:\\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?(?:#[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?");

    private static final int LENGTH_MAX = 1_000;

    private ReturnPath() {}

    /**
     * Returns the path if it is one.
     *
     * @param path as the link gives it; null for the console
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it leads elsewhere
     */
    public static String check(@Nullable String path) {
        if (path == null) {
            return DEFAULT;
        }
        if (path.length() > LENGTH_MAX || !PATH.matcher(path).matches()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "return_to must be a path on this server, such as /console/");
        }
        return path;
    }
}
