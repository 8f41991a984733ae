package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.Set;

/** The shortest names by which a caller reaches assets, for clients that know no namespaces. */
public final class ShortNames {
    private ShortNames() {}

    /**
     * Returns the name of an asset without its namespace where that means this asset to the caller, else the whole name.
     *
     * @param all the names of all assets of its kind that the caller sees
     */
    public static String of(Caller caller, AssetName name, Set<AssetName> all) {
        return Namespaces.candidates(caller, name.path()).stream()
                        .filter(all::contains)
                        .findFirst()
                        .filter(name::equals)
                        .isPresent()
                ? name.path()
                : name.toString();
    }
}
