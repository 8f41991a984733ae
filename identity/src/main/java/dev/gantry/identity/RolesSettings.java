package dev.gantry.identity;

import dev.gantry.config.ConfigCheck;
import dev.gantry.config.Setting;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sections {@code roles} and {@code role_assignments}, as the Fabric guide prints them in {@code rbac.yaml}.
 *
 * @param roles by name, over the built-in ones
 * @param roleAssignments who has which role, in every organization of the installation
 */
public record RolesSettings(
        @Setting("Roles by name; one that has the name of a built-in role replaces it.")
        Map<String, RoleSettings> roles,

        @Setting("Who has which role, beside what is assigned through the API.")
        List<RoleAssignmentSettings> roleAssignments) {
    /** Copies the sections. */
    public RolesSettings {
        roles = Map.copyOf(roles);
        roleAssignments = List.copyOf(roleAssignments);
    }

    /** Reports role names that cannot be, and assignments of roles that do not exist. */
    public void complain(ConfigCheck.Complaints complaints) {
        for (String name : new TreeSet<>(roles.keySet())) {
            if (name.equals(RoleBook.OWNER)) {
                complaints.add(key(name), "'owner' is built in and cannot be redefined; choose another name");
                continue;
            }
            Validation validation = new Validation();
            if (!validation.slug("", "a role", name).equals(name)) {
                validation.error("", "the name of a role is written in lower case, without spaces around it");
            }
            try {
                validation.finish();
            } catch (GantryException malformed) {
                complaints.add(key(name), malformed.errors().getFirst().message());
            }
        }
        Set<String> known = new TreeSet<>(RoleBook.builtInNames());
        known.addAll(roles.keySet());
        for (int index = 0; index < roleAssignments.size(); index++) {
            String role = roleAssignments.get(index).role();
            if (!known.contains(role)) {
                complaints.add(
                        "role_assignments[" + index + "].role",
                        "there is no role '" + Text.shorten(role, 60) + "'" + Text.didYouMean(role, known));
            }
        }
    }

    /** The key as the configuration names it: in quotes unless it is a plain word. */
    private static String key(String role) {
        return "roles." + (role.matches("[A-Za-z0-9_@/*-]+") ? role : '"' + role + '"');
    }
}
