package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * What a caller sees of an organization's assets, as a condition of statements: what is seen by no condition is never
 * fetched, counted or ranked.
 *
 * @param own their namespace
 * @param principal their name, under which they may own assets
 * @param audiences of whom they are one: everybody, and their teams
 * @param everything whether they reach every namespace
 */
record Viewer(String own, String principal, List<String> audiences, boolean everything) {
    /** Everybody in the organization. */
    static final String EVERYBODY = "*";

    /** The condition, on the table {@code assets} under the name {@code a}. */
    static final String SEES = """
            (a.audience = ANY(:audiences::text[]) OR a.namespace = :own OR a.owners @> ARRAY[:principal]::text[] OR :everything)
            """;

    /** Returns what a caller sees by its name: administrators every asset. */
    static Viewer of(Caller caller) {
        return of(caller, Namespaces.isAdministrator(caller));
    }

    /** Returns what a caller sees in lists of all namespaces: administrators what concerns themselves. */
    static Viewer inLists(Caller caller) {
        return of(caller, false);
    }

    private static Viewer of(Caller caller, boolean everything) {
        List<String> audiences = new ArrayList<>(caller.teams());
        if (caller.team() != null && !audiences.contains(caller.team())) {
            audiences.add(caller.team());
        }
        audiences.add(EVERYBODY);
        return new Viewer(Namespaces.own(caller), caller.principal(), List.copyOf(audiences), everything);
    }

    /** The same condition for an asset that was read already. */
    boolean sees(String namespace, String audience, List<String> owners) {
        return everything || audiences.contains(audience) || namespace.equals(own) || owners.contains(principal);
    }

    <S extends SqlStatement<S>> S bind(S statement) {
        return statement
                .bindArray("audiences", String.class, audiences)
                .bind("own", own)
                .bind("principal", principal)
                .bind("everything", everything);
    }
}
