package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;

/**
 * What a role or a key grants. The grammar, as in the Fabric guide:
 *
 * <pre>
 * pattern  := "*" | resource ":" action [ ":" glob ]
 * resource := one of the known resources, or the alias "stitches" for "workflows"
 * action   := "*" | one of the resource's actions
 * glob     := characters without white space; "*" stands for any characters, none and "/" included
 * </pre>
 *
 * <p>Without a glob a pattern grants the action on every object. With one, it grants the objects whose name inside of its
 * namespace matches, <em>or</em> whose qualified name {@code namespace/name} matches: {@code patterns:execute:analysis/*}
 * is {@code analysis/x} in every namespace that the caller sees, and {@code patterns:execute:shared/*} everything in
 * {@code shared}. A grant never makes a namespace visible. Matching is case-sensitive. The glob may contain colons, as
 * the names of some models do ({@code models:execute:llama3:8b}).
 *
 * @param resource canonical name, or {@code *}
 * @param action an action of the resource, or {@code *}
 * @param glob what names it applies to, never two stars in a row; {@code *} for all
 */
public record PermissionPattern(String resource, String action, String glob) {
    /** Longest glob that is accepted, in characters. */
    public static final int GLOB_LENGTH_MAX = 256;

    /** The right to everything. */
    public static final PermissionPattern EVERYTHING =
            new PermissionPattern(Resources.ANY, Resources.ANY, Resources.ANY);

    /**
     * Checks the parts and brings them into their canonical form.
     *
     * @throws IllegalArgumentException with what is wrong and the nearest known name
     */
    public PermissionPattern {
        if (resource.equals(Resources.ANY)) {
            if (!action.equals(Resources.ANY) || !glob.equals(Resources.ANY)) {
                throw new IllegalArgumentException("'*' as a resource stands alone; name the resource to narrow it");
            }
        } else {
            resource = Resources.canonical(resource);
            if (!action.equals(Resources.ANY)) {
                Resources.requireAction(resource, action);
            }
        }
        if (glob.isEmpty()) {
            throw new IllegalArgumentException("the name after the second colon is empty; leave the colon out for all");
        }
        if (glob.length() > GLOB_LENGTH_MAX) {
            throw new IllegalArgumentException("the name is longer than " + GLOB_LENGTH_MAX + " characters");
        }
        if (glob.codePoints().anyMatch(letter -> Character.isWhitespace(letter) || Character.isISOControl(letter))) {
            throw new IllegalArgumentException("the name contains white space");
        }
        glob = glob.replaceAll("\\*{2,}", "*");
    }

    /**
     * Reads a pattern as it is written in {@code rbac.yaml} or a request.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with what is wrong and the nearest known name
     */
    public static PermissionPattern parse(String text) {
        try {
            if (text.equals(Resources.ANY)) {
                return EVERYTHING;
            }
            int first = text.indexOf(':');
            if (first < 0) {
                throw new IllegalArgumentException("write it as resource:action[:name], resource:* or *");
            }
            int second = text.indexOf(':', first + 1);
            String resource = text.substring(0, first);
            return second < 0
                    ? new PermissionPattern(resource, text.substring(first + 1), Resources.ANY)
                    : new PermissionPattern(resource, text.substring(first + 1, second), text.substring(second + 1));
        } catch (IllegalArgumentException malformed) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(text, 100) + "' is not a permission: " + malformed.getMessage(),
                    malformed);
        }
    }

    /** Returns the shortest text that {@link #parse} reads as this pattern. */
    @Override
    public String toString() {
        if (resource.equals(Resources.ANY)) {
            return Resources.ANY;
        }
        return glob.equals(Resources.ANY) ? resource + ":" + action : resource + ":" + action + ":" + glob;
    }
}
