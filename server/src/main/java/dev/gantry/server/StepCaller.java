package dev.gantry.server;

import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.runs.Starter;
import dev.gantry.runs.StepCall;
import java.util.List;

/** On whose permissions a step is done: those that its starter has now, narrowed to what its workflow and those around may do. */
final class StepCaller {
    private StepCaller() {}

    /** Returns who started a run, as they are now, in the team that pays for it and within the workflows around it. */
    static Caller of(Identity identity, Starter starter) {
        Caller now = identity.onBehalf(starter.organization(), starter.principal(), starter.key());
        String team = starter.team();
        if (team != null && !now.teams().contains(team)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    starter.name() + ", who started this, is not in the team " + team + " any more");
        }
        AccessRights rights = now.rights();
        for (List<String> most : starter.bounds()) {
            rights = rights.narrowedTo(
                    most.stream().map(PermissionPattern::parse).toList());
        }
        return with(now, starter, rights);
    }

    static Caller of(Identity identity, StepCall call) {
        return of(identity, call.starter().within(call.workflow().permissions()));
    }

    private static Caller with(Caller caller, Starter starter, AccessRights rights) {
        return new Caller(
                caller.organization(),
                caller.principalId(),
                caller.principal(),
                caller.kind(),
                null,
                caller.teams(),
                starter.team(),
                starter.project(),
                rights);
    }
}
