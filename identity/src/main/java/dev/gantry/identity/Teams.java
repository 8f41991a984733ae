package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The organization's teams and who is in them. Teams are named by name or id. Being in a team makes its namespace visible
 * and lets one spend on its account; it gives no permission. Thread-safe; every method blocks and may throw
 * {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Teams {
    private final Administration administration;

    Teams(Administration administration) {
        this.administration = administration;
    }

    /**
     * Makes a team without members.
     *
     * @param name lower-case letters, digits and {@code - _ .}; it names the team's namespace and can never be changed
     * @throws GantryException {@link ErrorCode#CONFLICT} if the name is taken, even by an inactive team
     */
    public Team create(Caller caller, String name, String description) {
        Validation validation = new Validation();
        String checked = validation.team("/name", name);
        String text = validation.text("/description", description, 0, 500);
        validation.finish();
        return administration.change(caller, handle -> {
            Team team = new Team(Ids.next(), checked, text, true, administration.now());
            if (!TeamStore.insert(handle, team)) {
                throw Administration.taken("team", checked);
            }
            return team;
        });
    }

    /** Lists all teams, the inactive ones included. */
    public Page<Team> list(Caller caller, PageRequest page) {
        return administration.read(caller, handle -> Page.of(TeamStore.list(handle, page), page, Team::id));
    }

    /**
     * Shows a team.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Team show(Caller caller, String nameOrId) {
        return administration.read(caller, handle -> administration.team(handle, nameOrId));
    }

    /** Returns whether there is a team of this name, active or not. */
    public boolean exists(Caller caller, String name) {
        return administration.read(
                caller,
                handle -> TeamStore.find(handle, name)
                        .filter(team -> team.name().equals(name))
                        .isPresent());
    }

    /**
     * Changes a team. Keys that are bound to an inactive team do not work; its namespace is kept.
     *
     * @param description null leaves it
     * @param active null leaves it
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#RECENT_SIGN_IN_REQUIRED},
     *     {@link ErrorCode#PERMISSION_DENIED} if an inactive team, whose keys work again, becomes active
     */
    public Team update(Caller caller, String nameOrId, @Nullable String description, @Nullable Boolean active) {
        return administration.change(caller, handle -> {
            Team old = administration.team(handle, nameOrId);
            Validation validation = new Validation();
            String text =
                    description == null ? old.description() : validation.text("/description", description, 0, 500);
            validation.finish();
            boolean isActive = Optional.ofNullable(active).orElse(old.active());
            administration.requireMayReturn(caller, old.active(), isActive, "team " + old.name());
            Team changed = new Team(old.id(), old.name(), text, isActive, old.createdAt());
            TeamStore.update(handle, changed);
            return changed;
        });
    }

    /** Makes a team inactive; {@link #update} brings it back. */
    public Team deactivate(Caller caller, String nameOrId) {
        return update(caller, nameOrId, null, false);
    }

    /** Lists who is in a team. */
    public Page<Principal> members(Caller caller, String nameOrId, PageRequest page) {
        return administration.read(caller, handle -> {
            Team team = administration.team(handle, nameOrId);
            return Page.of(
                    PrincipalStore.members(handle, "memberships", "team_id", team.id(), page), page, Principal::id);
        });
    }

    /**
     * Puts somebody into a team.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if they are in it already
     */
    public void addMember(Caller caller, String nameOrId, String principal) {
        administration.<Boolean>change(caller, handle -> {
            Team team = administration.team(handle, nameOrId);
            Principal member = administration.principal(handle, principal);
            if (!TeamStore.addMember(handle, team.id(), member.id(), administration.now())) {
                throw new GantryException(
                        ErrorCode.CONFLICT, member.name() + " is in team " + team.name() + " already");
            }
            return true;
        });
    }

    /**
     * Takes somebody out of a team. Keys of theirs that are bound to the team stop working.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}, also if they are not in the team
     */
    public void removeMember(Caller caller, String nameOrId, String principal) {
        administration.<Boolean>change(caller, handle -> {
            Team team = administration.team(handle, nameOrId);
            Principal member = administration.principal(handle, principal);
            if (!TeamStore.removeMember(handle, team.id(), member.id())) {
                throw new GantryException(ErrorCode.NOT_FOUND, member.name() + " is not in team " + team.name());
            }
            return true;
        });
    }
}
