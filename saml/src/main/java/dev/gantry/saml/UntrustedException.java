package dev.gantry.saml;

import dev.gantry.kernel.Text;

/** A message that is not believed, and why, for the log; whoever sent it is not told. */
final class UntrustedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int QUOTED_MAX = 200;

    UntrustedException(String why) {
        super(why);
    }

    UntrustedException(String why, Throwable cause) {
        super(why, cause);
    }

    /** Returns somebody else's text as it can stand in a reason. */
    static String quote(String text) {
        return "'" + Text.shorten(text.replaceAll("\\p{Cntrl}", " "), QUOTED_MAX) + "'";
    }
}
