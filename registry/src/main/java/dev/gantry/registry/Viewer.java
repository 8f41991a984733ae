package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * What a caller sees of an organization's assets, as a condition of statements: what is seen by no condition is never
 * fetched, counted or ranked.
 *
 * @param own their namespace
 * @param owners the names under which they own assets: their own, and those of their teams
 * @param audiences of whom they are one: everybody, and their teams
 * @param everything whether they reach every namespace
 */
record Viewer(String own, List<String> owners, List<String> audiences, boolean everything) {
    /** Everybody in the organization. */
    static final String EVERYBODY = "*";

    /** The condition, on the table {@code assets} under the name {@code a}. */
    static final String SEES = """
            (a.audience = ANY(:audiences::text[]) OR a.namespace = :own OR a.owners && :ownerNames::text[] OR :everything)
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
        List<String> teams = new ArrayList<>(caller.teams());
        if (caller.team() != null && !teams.contains(caller.team())) {
            teams.add(caller.team());
        }
        return new Viewer(Namespaces.own(caller), with(teams, caller.principal()), with(teams, EVERYBODY), everything);
    }

    private static List<String> with(List<String> teams, String another) {
        List<String> all = new ArrayList<>(teams);
        all.add(another);
        return List.copyOf(all);
    }

    /** The same condition for an asset that was read already. */
    boolean sees(String namespace, String audience, List<String> ownedBy) {
        return everything
                || audiences.contains(audience)
                || namespace.equals(own)
                || !Collections.disjoint(ownedBy, owners);
    }

    <S extends SqlStatement<S>> S bind(S statement) {
        return statement
                .bindArray("audiences", String.class, audiences)
                .bind("own", own)
                .bindArray("ownerNames", String.class, owners)
                .bind("everything", everything);
    }
}
